package org.edgetasks.harness;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.genai.llminference.KvCacheType;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.WeightMemory;

/** The options of a language model on the command line. */
final class ModelFlags {
  static final String USAGE =
      "  --max-tokens N        Size of the context in tokens (0: what the model holds)\n"
          + "  --threads N           Threads (0: the processors there are)\n"
          + "  --tokenizer FILE      A SentencePiece model, for a .tflite without one\n"
          + "  --kv-cache TYPE       float32, float16 or int8 (float32)\n"
          + "  --weights WHEN        In memory: read-ahead, on-touch or locked (read-ahead)\n"
          + "  --idle-contexts N     Contexts of ended sessions that are kept (1)\n";

  static final Set<String> WITH_VALUE =
      new HashSet<>(
          Arrays.asList(
              "--max-tokens",
              "--threads",
              "--tokenizer",
              "--kv-cache",
              "--weights",
              "--idle-contexts"));

  private ModelFlags() {}

  static LlmInferenceOptions parse(CommandLine line, String model) throws CommandLine.WrongUsage {
    LlmInferenceOptions.Builder options =
        LlmInferenceOptions.builder()
            .setBaseOptions(
                BaseOptions.builder()
                    .setModelAssetPath(model)
                    .setNumThreads(line.number("--threads", 0))
                    .build())
            .setMaxTokens(line.number("--max-tokens", 0))
            .setTokenizerPath(line.text("--tokenizer", ""))
            .setKvCacheType(line.choice("--kv-cache", KvCacheType.FLOAT32))
            .setWeightMemory(line.choice("--weights", WeightMemory.READ_AHEAD));
    if (line.has("--idle-contexts")) {
      options.setMaxIdleContexts(line.number("--idle-contexts", 0));
    }
    return options.build();
  }
}
