package org.edgetasks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HarnessTest {
  private static final Path MODELS =
      Path.of(System.getProperty("edgetasks.checkout", "../.."), "models");
  private static final String STORY = MODELS.resolve("story/story.task").toString();
  private static final String EMOJI = MODELS.resolve("emoji/emoji_int8.tflite").toString();
  private static final String OWL = MODELS.resolve("emoji/samples/owl.png").toString();

  private record Outcome(int status, String out, String err) {}

  private static Outcome run(Program program, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        program.main(
            arguments,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void continuesAStory() {
    Outcome outcome =
        run(
            new LlmHarness(),
            STORY,
            "--prompt",
            "Once upon a time",
            "--temperature",
            "0",
            "--max-output-tokens",
            "16",
            "--stats");
    assertEquals(0, outcome.status, outcome.err);
    assertTrue(outcome.out.startsWith(", there was a little girl named Lily."), outcome.out);
    assertTrue(outcome.err.contains("ended by: MAX_OUTPUT_TOKENS"), outcome.err);
  }

  @Test
  void showsWhatASessionCanDo(@TempDir Path folder) {
    String[] common = {
      STORY, "--temperature", "0", "--session", folder.resolve("story.session").toString()
    };
    Outcome stopped =
        run(
            new LlmHarness(),
            with(common, "--prompt", "Once upon a time", "--stop", "🦉", "--stop", "girl na"));
    assertEquals(", there was a little \n", stopped.out, stopped.err);
    Outcome more =
        run(
            new LlmHarness(),
            with(common, "--prompt", "", "--max-output-tokens", "3", "--logprobs", "2"));
    assertEquals(0, more.status, more.err);
    assertEquals(3, more.err.lines().count(), more.err);
    assertTrue(more.err.lines().allMatch(line -> line.contains(" of [")), more.err);
    Outcome number =
        run(new LlmHarness(), with(common, "--prompt", " There were", "--regex", " [0-9]{2} cats"));
    assertTrue(number.out.matches(" [0-9]{2} cats\n"), number.out);
    assertEquals(2, run(new LlmHarness(), with(common, "--prompt", "", "--overflow", "?")).status);
    assertEquals(2, run(new LlmHarness(), with(common, "--prompt", "", "--suppress", "?")).status);
    assertEquals(
        2, run(new LlmHarness(), with(common, "--prompt", "", "--logit-bias", "3")).status);
  }

  private static String[] with(String[] common, String... more) {
    return Stream.concat(Stream.of(common), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void answersMessages(@TempDir Path folder) throws Exception {
    Path template = folder.resolve("template.jinja");
    Files.writeString(
        template,
        "{% for m in messages %}{{ m.content }} {% endfor %}"
            + "{% if add_generation_prompt %}The owl said{% endif %}");
    Outcome outcome =
        run(
            new LlmHarness(),
            STORY,
            "--temperature",
            "0",
            "--chat-template",
            template.toString(),
            "--system",
            "A story.",
            "--message",
            "Lily saw an owl.",
            "--message",
            "Lily was happy.",
            "--show-prompt",
            "--score",
            " hello",
            "--stop",
            ".");
    assertEquals(0, outcome.status, outcome.err);
    assertEquals(2, outcome.out.lines().count(), outcome.out);
    assertTrue(outcome.err.startsWith("A story. Lily saw an owl. The owl said\n"), outcome.err);
    assertTrue(outcome.err.contains("Lily was happy. The owl said\n"), outcome.err);
    assertEquals(
        2, outcome.err.lines().filter(l -> l.matches("log-probability -.* tokens")).count());
    assertEquals(2, run(new LlmHarness(), STORY, "--prompt", "a", "--message", "b").status);
  }

  @Test
  void namesAnOwlInEveryModeAndFormat() {
    String expected = OWL + "\n  0.9531  owl\n";
    for (String[] more :
        new String[][] {
          {"--mode", "video"},
          {"--mode", "live-stream"},
          {"--batch"},
          {"--as", "rgba"},
          {"--as", "bgra"},
          {"--resize-filter", "bilinear", "--softmax", "auto"}
        }) {
      String[] twice =
          Stream.concat(Stream.of(EMOJI, OWL, OWL, "--max-results", "1"), Stream.of(more))
              .toArray(String[]::new);
      Outcome outcome = run(new ClassifierHarness(), twice);
      assertEquals(0, outcome.status, outcome.err);
      assertEquals(expected + expected, outcome.out);
    }
    for (String format : new String[] {"nv12", "nv21"}) {
      Outcome outcome =
          run(new ClassifierHarness(), EMOJI, OWL, "--as", format, "--max-results", "1");
      assertTrue(outcome.out.matches(OWL + "\n  0\\.9\\d+  owl\n"), outcome.out);
    }
    Outcome described = run(new ClassifierHarness(), EMOJI, OWL, "--describe");
    assertTrue(described.err.startsWith("labels: [cat, dog, mouse,"), described.err);
    assertEquals(2, run(new ClassifierHarness(), EMOJI, OWL, "--batch", "--mode", "video").status);
    assertEquals(2, run(new ClassifierHarness(), EMOJI, OWL, "--region", "0,1").status);
    assertEquals(2, run(new ClassifierHarness(), EMOJI, OWL, "--mean", "a").status);
  }

  @Test
  void namesAnOwl() {
    Outcome outcome = run(new ClassifierHarness(), EMOJI, OWL, "--max-results", "1");
    assertEquals(0, outcome.status, outcome.err);
    assertEquals(OWL + "\n  0.9531  owl\n", outcome.out);
  }

  @Test
  void aPictureThatIsNotThereDoesNotStopTheOthers() {
    Outcome outcome =
        run(new ClassifierHarness(), EMOJI, "/no/picture.png", OWL, "--max-results", "1");
    assertEquals(1, outcome.status);
    assertTrue(outcome.out.endsWith("owl\n"), outcome.out);
    assertTrue(outcome.err.contains("/no/picture.png"), outcome.err);
  }

  @Test
  void tellsUsageAndFailures() {
    for (Program program :
        new Program[] {
          new LlmHarness(), new ClassifierHarness(), new ConcurrencyHarness(), new OverheadHarness()
        }) {
      Outcome help = run(program, "--help");
      assertEquals(0, help.status);
      assertTrue(help.out.contains("Usage: "), help.out);
      assertEquals(2, run(program).status);
      assertEquals(2, run(program, STORY, "--no-such-option").status);
      assertEquals(2, run(program, STORY, "--threads").status);
      assertEquals(2, run(program, STORY, OWL, "--threads", "many", "--prompt").status);
    }
    Outcome missing = run(new LlmHarness(), "/no/model", "--prompt", "x");
    assertEquals(1, missing.status);
    assertTrue(missing.err.contains("/no/model"), missing.err);
  }

  /** CI runs it for 60 seconds: -Dedgetasks.concurrency.seconds=60. */
  @Test
  void manySessionsDoNotDisturbOneAnother() {
    Outcome outcome =
        run(
            new ConcurrencyHarness(),
            STORY,
            "--seconds",
            System.getProperty("edgetasks.concurrency.seconds", "8"));
    assertEquals(0, outcome.status, outcome.err);
    assertTrue(outcome.out.endsWith("; 0 failures\n"), outcome.out);
  }
}
