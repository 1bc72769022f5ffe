package org.edgetasks.harness;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.UnsupportedEncodingException;

/**
 * What the programs share: results go to stdout and notes to stderr, both UTF-8; the exit status is
 * 0, 1 for failures, 2 for a wrong command line.
 */
abstract class Program {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  private final String name;
  private final String usage;

  Program(String name, String usage) {
    this.name = name;
    this.usage = usage;
  }

  /** Does the work; returns the exit status. */
  abstract int run(String[] arguments, PrintStream out, PrintStream err) throws Exception;

  /** Runs with the given streams; returns the exit status. */
  int main(String[] arguments, PrintStream out, PrintStream err) {
    for (String argument : arguments) {
      if (argument.equals("--help")) {
        out.println(usage);
        return DONE;
      }
    }
    try {
      return run(arguments, out, err);
    } catch (CommandLine.WrongUsage | IllegalArgumentException e) {
      err.println(name + ": " + e.getMessage() + " (--help shows the options)");
      return WRONG_USAGE;
    } catch (Exception | LinkageError e) {
      err.println(name + ": " + e.getMessage());
      return FAILED;
    }
  }

  static void exitAfter(Program program, String[] arguments) {
    try {
      PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
      PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, "UTF-8");
      System.exit(program.main(arguments, out, err));
    } catch (UnsupportedEncodingException e) {
      throw new IllegalStateException("Every Java has UTF-8", e);
    }
  }
}
