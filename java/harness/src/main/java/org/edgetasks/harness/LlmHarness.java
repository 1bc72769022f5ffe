package org.edgetasks.harness;

import java.io.File;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmMessage;
import org.edgetasks.genai.llminference.LlmResponse;
import org.edgetasks.genai.llminference.LlmResponseFuture;
import org.edgetasks.genai.llminference.LlmScore;

/** Continues a prompt with a language model, or answers messages, streaming. */
public final class LlmHarness extends Program {
  private static final String USAGE =
      "Continue a prompt with a language model, or answer messages\n"
          + "Usage: LlmHarness MODEL --prompt TEXT [OPTIONS]\n"
          + "       LlmHarness MODEL --message TEXT... [OPTIONS]\n\n"
          + "  MODEL                 A .task, .litertlm or .tflite file\n"
          + "  --prompt TEXT         The prompt\n"
          + "  --message TEXT        What the user says, and then, as often as wanted\n"
          + "  --system TEXT         What the system says before the messages\n"
          + "  --show-prompt         Print to stderr what the model is fed\n"
          + "  --score TEXT          Print to stderr how probable this would be next\n"
          + "  --session FILE        Go on where this session was, and save it at the end\n"
          + "  --stats               Print counts and times to stderr\n"
          + ModelFlags.USAGE
          + SessionFlags.USAGE;
  private static final Set<String> SWITCHES =
      new HashSet<>(Arrays.asList("--stats", "--json", "--show-prompt"));
  private static final Set<String> WITH_VALUE = new HashSet<>(SessionFlags.WITH_VALUE);

  static {
    WITH_VALUE.addAll(ModelFlags.WITH_VALUE);
    Collections.addAll(WITH_VALUE, "--prompt", "--message", "--system", "--score", "--session");
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
    if (line.rest().size() != 1 || line.has("--prompt") == line.has("--message")) {
      throw new CommandLine.WrongUsage("One MODEL, and either --prompt or --message are needed");
    }
    LlmInferenceOptions options = ModelFlags.parse(line, line.rest().get(0));
    LlmInferenceSessionOptions sampling = SessionFlags.parse(line);
    try (LlmInference llm = LlmInference.createFromOptions(options);
        LlmInferenceSession session = open(llm, line.text("--session", ""), sampling)) {
      if (line.has("--prompt")) {
        session.addQueryChunk(line.text("--prompt", ""));
        respond(session, line, out, err);
      } else if (line.has("--system")) {
        session.addMessage(LlmMessage.system(line.text("--system", "")));
      }
      for (String message : line.texts("--message")) {
        session.addMessage(LlmMessage.user(message));
        respond(session, line, out, err);
      }
      if (line.has("--session")) {
        session.save(line.text("--session", ""));
      }
    }
    return DONE;
  }

  private static void respond(
      LlmInferenceSession session, CommandLine line, PrintStream out, PrintStream err)
      throws Exception {
    if (line.has("--show-prompt")) {
      err.println(session.renderPrompt());
    }
    if (line.has("--score")) {
      LlmScore score = session.score(line.text("--score", ""));
      err.printf(
          Locale.ROOT,
          "log-probability %.4f of %d tokens%n",
          score.logprob(),
          score.tokens().size());
    }
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
