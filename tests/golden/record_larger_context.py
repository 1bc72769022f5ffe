#!/usr/bin/env python3
"""Records what Hugging Face's Llama computes beyond the context that exported files hold.

The stories checkpoint says a text of its own (sampled, seeded) of 700 tokens, and tells the log-probability of each token
after those before it. Exported files of it hold 512 tokens: see tests/golden/larger_context_test.cc.

    pip install torch==2.8.0 transformers==4.57.1
    tests/golden/record_larger_context.py $EDGETASKS_TESTDATA/llm/stories260K/hf
"""

import json
import pathlib
import sys

import torch
import transformers

TOKENS = 700


def main():
    model = transformers.LlamaForCausalLM.from_pretrained(sys.argv[1], dtype=torch.float32).eval()
    generator = torch.Generator().manual_seed(7)
    ids = [1]
    with torch.no_grad():
        cache = None
        while len(ids) < TOKENS:
            step = model(torch.tensor([ids[-1:]]), past_key_values=cache, use_cache=True)
            cache, logits = step.past_key_values, step.logits[0, -1]
            logits[:3] = -torch.inf  # control tokens end a text
            ids.append(int(torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)))
        logprobs = torch.log_softmax(model(torch.tensor([ids])).logits[0], -1)
    said = [round(float(logprobs[i, ids[i + 1]]), 5) for i in range(TOKENS - 1)]
    path = pathlib.Path(__file__).parent / "data" / "larger_context.json"
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    path.write_text(json.dumps({"versions": versions, "ids": ids, "logprobs": said}) + "\n")


if __name__ == "__main__":
    main()
