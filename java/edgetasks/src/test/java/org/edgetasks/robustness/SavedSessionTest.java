package org.edgetasks.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.testing.Files;
import org.edgetasks.testing.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A conversation goes on in another process after the first one was killed. */
@Timeout(300)
class SavedSessionTest {
  private static final LlmInferenceSessionOptions BOLD =
      LlmInferenceSessionOptions.builder()
          .setTemperature(1.2f)
          .setRandomSeed(11)
          .setMaxOutputTokens(20)
          .build();

  private static LlmInference open() {
    return LlmInference.createFromOptions(
        LlmInferenceOptions.builder().setModelPath(Files.story()).setMaxTokens(256).build());
  }

  @Test
  void saveKillLoadGoOnIsTheSameAsToGoOn(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("story.session");
    List<String> uninterrupted = new ArrayList<>();
    try (LlmInference llm = open();
        LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, BOLD)) {
      session.addQueryChunk("Once upon a time");
      uninterrupted.add(session.generateResponse());
      session.addQueryChunk(" Then");
      uninterrupted.add(session.generateResponse());
    }
    assertEquals(uninterrupted.get(0), beginAndBeKilled(file));
    Programs.Outcome second = Programs.runJava(properties(), Second.class, file.toString());
    assertEquals(0, second.status(), second.err());
    assertEquals(escape(uninterrupted.get(1)), second.out().trim());
  }

  private static List<String> properties() {
    return List.of("-Dedgetasks.checkout=" + Files.checkout());
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n");
  }

  /** Runs the first program, kills it in the middle of a save, and returns what it said. */
  private static String beginAndBeKilled(Path file) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(properties());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), First.class.getName()));
    command.add(file.toString());
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String text = out.readLine();
      assertTrue(text != null, "the first program says nothing");
      assertEquals("saved", out.readLine());
      Thread.sleep(50); // it saves over and over
      assertTrue(process.isAlive());
      return text.replace("\\n", "\n").replace("\\\\", "\\");
    } finally {
      process.destroyForcibly();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    }
  }

  static final class First {
    private First() {}

    public static void main(String[] arguments) {
      try (LlmInference llm = open();
          LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, BOLD)) {
        session.addQueryChunk("Once upon a time");
        System.out.println(escape(session.generateResponse()));
        session.addQueryChunk(" Then");
        session.save(arguments[0]);
        System.out.println("saved");
        while (true) {
          session.save(arguments[0]);
        }
      }
    }
  }

  static final class Second {
    private Second() {}

    public static void main(String[] arguments) {
      try (LlmInference llm = open();
          LlmInferenceSession session = llm.loadSession(arguments[0], BOLD)) {
        System.out.println(escape(session.generateResponse()));
      }
    }
  }
}
