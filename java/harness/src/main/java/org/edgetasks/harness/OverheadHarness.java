package org.edgetasks.harness;

import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;

/**
 * Times one classification and one streamed token through Java. tests/bench/java_overhead.py
 * compares it with tests/bench/api_bench.cc, which does the same through C++.
 */
public final class OverheadHarness extends Program {
  private static final String USAGE =
      "Time one classification and one streamed token through Java\n"
          + "Usage: OverheadHarness STORY_MODEL CLASSIFIER_MODEL";
  // The same numbers as in api_bench.cc.
  private static final int SIDE = 64;
  private static final int WARM_UP = 200;
  private static final int RUNS = 1000;
  private static final int RESPONSES = 12;
  private static final int TOKENS = 200;
  private static final double NANOS_PER_MICRO = 1000;

  OverheadHarness() {
    super("OverheadHarness", USAGE);
  }

  /**
   * Runs the program.
   *
   * @param arguments see --help
   */
  public static void main(String[] arguments) {
    exitAfter(new OverheadHarness(), arguments);
  }

  @Override
  int run(String[] arguments, PrintStream out, PrintStream err) throws Exception {
    CommandLine line = new CommandLine(arguments, Collections.emptySet(), Collections.emptySet());
    if (line.rest().size() != 2) {
      throw new CommandLine.WrongUsage("A STORY_MODEL and a CLASSIFIER_MODEL are needed");
    }
    double token = tokenUs(base(line.rest().get(0)));
    double classify = classifyUs(base(line.rest().get(1)));
    out.printf(Locale.ROOT, "{\"classify_us\": %.2f, \"token_us\": %.2f}%n", classify, token);
    return DONE;
  }

  private static BaseOptions base(String model) {
    return BaseOptions.builder().setModelAssetPath(model).setNumThreads(1).build();
  }

  private static double classifyUs(BaseOptions base) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    for (int i = 0; i < pixels.capacity(); i++) {
      pixels.put(i, (byte) (i % 251));
    }
    MPImage image =
        new ByteBufferImageBuilder(pixels, SIDE, SIDE, MPImage.IMAGE_FORMAT_RGB).build();
    List<Double> times = new ArrayList<>();
    try (ImageClassifier classifier =
        ImageClassifier.createFromOptions(
            ImageClassifierOptions.builder().setBaseOptions(base).build())) {
      for (int i = 0; i < WARM_UP + RUNS; i++) {
        long start = System.nanoTime();
        classifier.classify(image);
        if (i >= WARM_UP) {
          times.add((System.nanoTime() - start) / NANOS_PER_MICRO);
        }
      }
    }
    return median(times);
  }

  private static double tokenUs(BaseOptions base) throws Exception {
    List<Double> times = new ArrayList<>();
    try (LlmInference llm =
        LlmInference.createFromOptions(
            LlmInferenceOptions.builder().setBaseOptions(base).build())) {
      for (int i = 0; i < RESPONSES; i++) {
        double time = responseUs(llm);
        if (i >= 2) {
          times.add(time);
        }
      }
    }
    return median(times);
  }

  /** From the first part to the last one, divided by the steps between them. */
  private static double responseUs(LlmInference llm) throws Exception {
    LlmInferenceSessionOptions options =
        LlmInferenceSessionOptions.builder().setTemperature(0).setMaxOutputTokens(TOKENS).build();
    List<Long> times = new ArrayList<>();
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, options)) {
      session.addQueryChunk("Once upon a time");
      session.generateResponseAsync((partial, done) -> times.add(System.nanoTime())).get();
    }
    return (times.get(times.size() - 1) - times.get(0)) / NANOS_PER_MICRO / (times.size() - 1);
  }

  private static double median(List<Double> values) {
    Collections.sort(values);
    return values.get(values.size() / 2);
  }
}
