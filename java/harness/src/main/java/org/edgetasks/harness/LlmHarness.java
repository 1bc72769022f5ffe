package org.edgetasks.harness;

import java.io.File;
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
          + "  --max-tokens N        Size of the context in tokens (0: what the model holds)\n"
          + "  --threads N           Threads (0: the processors there are)\n"
          + "  --tokenizer FILE      A SentencePiece model, for a .tflite without one\n"
          + "  --session FILE        Go on where this session was, and save it at the end\n"
          + "  --stats               Print counts and times to stderr\n"
          + SessionFlags.USAGE;
  private static final Set<String> SWITCHES = new HashSet<>(Arrays.asList("--stats", "--json"));
  private static final Set<String> WITH_VALUE = new HashSet<>(SessionFlags.WITH_VALUE);

  static {
    Collections.addAll(
        WITH_VALUE, "--prompt", "--max-tokens", "--threads", "--tokenizer", "--session");
  }

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
    CommandLine line = new CommandLine(arguments, WITH_VALUE, SWITCHES);
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
    LlmInferenceSessionOptions sampling = SessionFlags.parse(line);
    try (LlmInference llm = LlmInference.createFromOptions(options);
        LlmInferenceSession session = open(llm, line.text("--session", ""), sampling)) {
      session.addQueryChunk(line.text("--prompt", ""));
      LlmResponseFuture future =
          session.generateResponseStream(
              event -> {
                out.print(event.text());
                out.flush();
              });
      LlmResponse response = future.response().get();
      out.println();
      response.tokens().forEach(token -> err.println(token));
      if (line.has("--stats")) {
        printStats(response, err);
      }
      if (line.has("--session")) {
        session.save(line.text("--session", ""));
      }
    }
    return DONE;
  }

  private static LlmInferenceSession open(
      LlmInference llm, String path, LlmInferenceSessionOptions options) {
    return !path.isEmpty() && new File(path).exists()
        ? llm.loadSession(path, options)
        : LlmInferenceSession.createFromOptions(llm, options);
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
