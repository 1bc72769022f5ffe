package org.edgetasks.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.internal.NativeHandle;
import org.edgetasks.testing.Files;
import org.edgetasks.testing.Programs;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.junit.jupiter.api.Test;

/** Native memory over many rounds: in a VM of its own, whose heap has a fixed size. */
class MemoryTest {
  private static final int WARM_UP = 100;
  private static final int ROUNDS = 1000;

  /** The models run in some of the rounds: it is creating and closing that is tested. */
  private static final int RUN_EVERY = 20;

  /** Language models take longest to open. */
  private static final int OPEN_EVERY = Boolean.getBoolean("edgetasks.strict") ? 1 : 10;

  @Test
  void isFlatOverAThousandRounds() throws Exception {
    Programs.Outcome outcome =
        Programs.runJava(
            List.of(
                "-Xms64m",
                "-Xmx64m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-Xint",
                "-Dedgetasks.checkout=" + Files.checkout(),
                "-Dedgetasks.strict=" + Boolean.getBoolean("edgetasks.strict")),
            Rounds.class);
    assertEquals(0, outcome.status(), outcome.err());
    String[] kib = outcome.out().trim().split(" ");
    double growth = Double.parseDouble(kib[1]) / Double.parseDouble(kib[0]) - 1;
    assertTrue(growth < 0.05, "Memory grew by " + growth + ": " + outcome.out());
  }

  /** What nobody closes is freed after it was collected. */
  @Test
  void unclosedObjectsAreCollected() throws Exception {
    int before = NativeHandle.countAlive();
    for (int i = 0; i < 8; i++) {
      LlmInference llm = open();
      LlmInferenceSession session =
          LlmInferenceSession.createFromOptions(llm, LlmInferenceSessionOptions.builder().build());
      session.addQueryChunk("Once");
      // The native thread that calls the listener must not keep the session reachable.
      assertFalse(session.generateResponseAsync((partial, done) -> {}).get().isEmpty());
      ImageClassifier.createFromFile(Files.emoji());
    }
    for (int i = 0; i < 100 && NativeHandle.countAlive() > before; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertTrue(NativeHandle.countAlive() <= before, NativeHandle.countAlive() + " are alive");
  }

  private static LlmInference open() {
    return LlmInference.createFromOptions(
        LlmInferenceOptions.builder().setModelPath(Files.story()).setMaxTokens(32).build());
  }

  static final class Rounds {
    private Rounds() {}

    public static void main(String[] arguments) throws Exception {
      run(WARM_UP);
      long before = residentKib();
      run(ROUNDS);
      System.out.println(before + " " + residentKib());
    }

    private static void run(int rounds) throws Exception {
      ByteBuffer pixels = ByteBuffer.allocateDirect(32 * 32 * 3);
      MPImage image = new ByteBufferImageBuilder(pixels, 32, 32, MPImage.IMAGE_FORMAT_RGB).build();
      LlmInferenceSessionOptions options =
          LlmInferenceSessionOptions.builder().setMaxOutputTokens(1).build();
      LlmInference llm = open();
      for (int i = 0; i < rounds; i++) {
        if (i % OPEN_EVERY == 0) {
          llm.close();
          llm = open();
        }
        try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, options)) {
          session.addQueryChunk("Once");
          if (i % RUN_EVERY == 0) {
            session.generateResponseAsync((partial, done) -> {}).get();
          }
        }
        try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
          if (i % RUN_EVERY == 0) {
            classifier.classify(image);
          }
        }
      }
      llm.close();
    }

    private static long residentKib() throws Exception {
      System.gc();
      for (String line : java.nio.file.Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      throw new IllegalStateException("No VmRSS in /proc/self/status");
    }
  }
}
