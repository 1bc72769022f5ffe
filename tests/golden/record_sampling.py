#!/usr/bin/env python3
"""Records how Hugging Face transformers would choose the next token of the stories260K checkpoint.

For each prompt and each set of options: the probabilities of all tokens that can be chosen, after the logits
processors that GenerationMixin itself would use. sampling_golden_test.cc draws with the same options and holds the
frequencies against them.

  python -m venv venv && venv/bin/pip install torch==2.8.0 transformers==4.57.1
  venv/bin/python tests/golden/record_sampling.py TESTDATA/llm/stories260K/hf > tests/golden/data/sampling_hf.json
"""
import json
import sys

import torch
import transformers

PROMPTS = [
    "Once upon a time",
    "Lily saw a big dog. The dog was big. Lily saw a big dog. The",
]
OPTIONS = [
    {},
    {"temperature": 0.7, "top_k": 10},
    {"top_p": 0.8},
    {"min_p": 0.1},
    {"typical_p": 0.6},
    {"typical_p": 0.2, "temperature": 1.5},
    {"temperature": 1.3, "top_k": 20, "top_p": 0.9, "min_p": 0.05},
    {"repetition_penalty": 1.8},
    {"repetition_penalty": 0.7, "top_k": 30},
    {"no_repeat_ngram_size": 2},
    {"no_repeat_ngram_size": 1, "temperature": 0.9},
    {"repetition_penalty": 1.3, "no_repeat_ngram_size": 3, "temperature": 0.9, "top_p": 0.95},
    {"suppress_tokens": [410, 411, 412, 413, 414, 415, 416, 417, 418, 419, 420]},
    {"sequence_bias": [[[410], 2.0], [[421], -3.0], [[300], 4.0]], "top_p": 0.9},
]


def main():
    folder = sys.argv[1]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, torch_dtype=torch.float32).eval()
    cases = []
    for prompt in PROMPTS:
        ids = [tokenizer.bos_token_id] + tokenizer(prompt, add_special_tokens=False)["input_ids"]
        inputs = torch.tensor([ids])
        with torch.no_grad():
            logits = model(inputs).logits[:, -1, :]
        for options in OPTIONS:
            config = transformers.GenerationConfig(do_sample=True, **{"top_k": 0, **options})
            processors = model._get_logits_processor(
                generation_config=config, input_ids_seq_length=len(ids), encoder_input_ids=inputs,
                prefix_allowed_tokens_fn=None, logits_processor=transformers.LogitsProcessorList(), device="cpu")
            scores = processors(inputs, logits.clone())
            probabilities = torch.softmax(scores.double(), -1)[0]
            kept = [[i, round(p, 9)] for i, p in enumerate(probabilities.tolist()) if p > 1e-9]
            cases.append({"prompt": prompt, "ids": ids, "options": options, "probabilities": kept})
    print(json.dumps({"transformers": transformers.__version__, "torch": torch.__version__, "cases": cases},
                     separators=(",", ":")).replace('{"prompt"', '\n{"prompt"'))


if __name__ == "__main__":
    main()
