package org.edgetasks.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs other programs. */
public final class Programs {
  private static final int TIMEOUT_MINUTES = 10;

  private Programs() {}

  /** What a program did. */
  public record Outcome(int status, String out, String err) {}

  public static Outcome run(List<String> command) throws IOException, InterruptedException {
    Path out = java.nio.file.Files.createTempFile("out", ".txt");
    Path err = java.nio.file.Files.createTempFile("err", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("Still running after " + TIMEOUT_MINUTES + " minutes: " + command);
      }
      return new Outcome(process.exitValue(), read(out), read(err));
    } finally {
      java.nio.file.Files.delete(out);
      java.nio.file.Files.delete(err);
    }
  }

  /** Runs a main class of the tests in a VM of its own. */
  public static Outcome runJava(List<String> vmOptions, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(vmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(arguments));
    return run(command);
  }

  private static String read(Path path) throws IOException {
    return new String(java.nio.file.Files.readAllBytes(path), StandardCharsets.UTF_8);
  }
}
