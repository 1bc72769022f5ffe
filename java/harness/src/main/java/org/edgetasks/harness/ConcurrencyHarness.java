package org.edgetasks.harness;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;

/**
 * Opens, runs, cancels and closes sessions of one model on many threads, and holds every text
 * against the one that a session alone gives.
 */
public final class ConcurrencyHarness extends Program {
  private static final String USAGE =
      "Open, run, cancel and close sessions of one model on many threads\n"
          + "Usage: ConcurrencyHarness MODEL [OPTIONS]\n\n"
          + "  MODEL        A .task, .litertlm or .tflite file with a tokenizer\n"
          + "  --threads N  Threads (8)\n"
          + "  --seconds N  How long (60)\n"
          + "  --seed N     The threads do the same things for the same seed (0)";

  ConcurrencyHarness() {
    super("ConcurrencyHarness", USAGE);
  }

  /**
   * Runs the program.
   *
   * @param arguments see --help
   */
  public static void main(String[] arguments) {
    exitAfter(new ConcurrencyHarness(), arguments);
  }

  @Override
  int run(String[] arguments, PrintStream out, PrintStream err) throws Exception {
    CommandLine line =
        new CommandLine(
            arguments,
            new HashSet<>(Arrays.asList("--threads", "--seconds", "--seed")),
            Collections.emptySet());
    if (line.rest().size() != 1) {
      throw new CommandLine.WrongUsage("One MODEL is needed");
    }
    SessionStress stress =
        new SessionStress(
            line.rest().get(0), line.number("--threads", 8), line.number("--seed", 0));
    SessionStress.Report report = stress.run(line.number("--seconds", 60) * 1000L);
    out.println(report);
    for (String failure : report.failures()) {
      err.println("ConcurrencyHarness: " + failure);
    }
    return report.failures().isEmpty() ? DONE : FAILED;
  }
}
