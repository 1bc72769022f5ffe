package org.edgetasks.harness;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmResponse;
import org.edgetasks.genai.llminference.LlmResponseFuture;

/** Continues a prompt with a language model, streaming. */
public final class LlmHarness extends Program {
  private static final String USAGE =
      "Continue a prompt with a language model\n"
          + "Usage: LlmHarness MODEL --prompt TEXT [OPTIONS]\n\n"
          + "  MODEL                 A .task, .litertlm or .tflite file\n"
          + "  --prompt TEXT         The prompt\n"
          + "  --top-k N             Choose among the N most probable tokens (40)\n"
          + "  --top-p P             ... that together reach this probability (1)\n"
          + "  --temperature T       0 always takes the most probable token (0.8)\n"
          + "  --seed N              The same seed gives the same text (0)\n"
          + "  --max-output-tokens N Stop after so many tokens (0: no such limit)\n"
          + "  --max-tokens N        Size of the context in tokens (0: what the model holds)\n"
          + "  --threads N           Threads (0: the processors there are)\n"
          + "  --tokenizer FILE      A SentencePiece model, for a .tflite without one\n"
          + "  --stats               Print counts and times to stderr";
  private static final Set<String> WITH_VALUE =
      new HashSet<>(
          Arrays.asList(
              "--prompt",
              "--top-k",
              "--top-p",
              "--temperature",
              "--seed",
              "--max-output-tokens",
              "--max-tokens",
              "--threads",
              "--tokenizer"));

  LlmHarness() {
    super("LlmHarness", USAGE);
  }

  /**
   * Runs the program.
   *
   * @param arguments see --help
   */
  public static void main(String[] arguments) {
    exitAfter(new LlmHarness(), arguments);
  }

  @Override
  int run(String[] arguments, PrintStream out, PrintStream err) throws Exception {
    CommandLine line = new CommandLine(arguments, WITH_VALUE, Collections.singleton("--stats"));
    if (line.rest().size() != 1 || !line.has("--prompt")) {
      throw new CommandLine.WrongUsage("One MODEL and --prompt are needed");
    }
    LlmInferenceOptions options =
        LlmInferenceOptions.builder()
            .setBaseOptions(
                BaseOptions.builder()
                    .setModelAssetPath(line.rest().get(0))
                    .setNumThreads(line.number("--threads", 0))
                    .build())
            .setMaxTokens(line.number("--max-tokens", 0))
            .setTokenizerPath(line.text("--tokenizer", ""))
            .build();
    LlmInferenceSessionOptions sampling =
        LlmInferenceSessionOptions.builder()
            .setTopK(line.number("--top-k", 40))
            .setTopP(line.decimal("--top-p", 1))
            .setTemperature(line.decimal("--temperature", 0.8f))
            .setRandomSeed(line.number("--seed", 0))
            .setMaxOutputTokens(line.number("--max-output-tokens", 0))
            .build();
    try (LlmInference llm = LlmInference.createFromOptions(options);
        LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, sampling)) {
      session.addQueryChunk(line.text("--prompt", ""));
      LlmResponseFuture future =
          session.generateResponseAsync(
              (partial, done) -> {
                out.print(partial);
                out.flush();
              });
      LlmResponse response = future.response().get();
      out.println();
      if (line.has("--stats")) {
        printStats(response, err);
      }
    }
    return DONE;
  }

  private static void printStats(LlmResponse response, PrintStream err) {
    err.printf(
        "prompt %d tokens in %.3f s; %d tokens in %.3f s, first after %.1f ms; ended by: %s%n",
        response.promptTokens(),
        response.prefillMs() / 1000,
        response.outputTokens(),
        response.decodeMs() / 1000,
        response.firstTokenMs(),
        response.finishReason());
  }
}
