package org.edgetasks.harness;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import org.edgetasks.components.containers.Category;
import org.edgetasks.components.containers.Classifications;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.framework.image.BufferedImageBuilder;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifierResult;

/** Names what is in pictures. */
public final class ClassifierHarness extends Program {
  private static final String USAGE =
      "Name what is in pictures\n"
          + "Usage: ClassifierHarness MODEL PICTURE... [OPTIONS]\n\n"
          + "  MODEL                A .tflite classifier\n"
          + "  PICTURE              Files that ImageIO reads: PNG, JPEG, BMP, GIF\n"
          + "  --max-results N      The best so many classes (5)\n"
          + "  --score-threshold S  Leave out classes with a lower score\n"
          + "  --labels FILE        One label a line, instead of the model's own\n"
          + "  --threads N          Threads (0: the processors there are)";
  private static final Set<String> WITH_VALUE =
      new HashSet<>(Arrays.asList("--max-results", "--score-threshold", "--labels", "--threads"));

  ClassifierHarness() {
    super("ClassifierHarness", USAGE);
  }

  /**
   * Runs the program.
   *
   * @param arguments see --help
   */
  public static void main(String[] arguments) {
    exitAfter(new ClassifierHarness(), arguments);
  }

  @Override
  int run(String[] arguments, PrintStream out, PrintStream err) throws Exception {
    CommandLine line = new CommandLine(arguments, WITH_VALUE, Collections.emptySet());
    if (line.rest().size() < 2) {
      throw new CommandLine.WrongUsage("A MODEL and a PICTURE are needed");
    }
    ImageClassifierOptions.Builder options =
        ImageClassifierOptions.builder()
            .setBaseOptions(
                BaseOptions.builder()
                    .setModelAssetPath(line.rest().get(0))
                    .setNumThreads(line.number("--threads", 0))
                    .build())
            .setMaxResults(line.number("--max-results", 5))
            .setLabelsPath(line.text("--labels", ""));
    if (line.has("--score-threshold")) {
      options.setScoreThreshold(line.decimal("--score-threshold", 0));
    }
    int status = DONE;
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(options.build())) {
      for (String assumption : classifier.assumptions()) {
        err.println("ClassifierHarness: note: " + assumption);
      }
      for (String picture : line.rest().subList(1, line.rest().size())) {
        try {
          print(picture, classifier.classify(new BufferedImageBuilder(read(picture)).build()), out);
        } catch (IOException | EdgeTasksException e) { // It does not stop the other pictures.
          err.println("ClassifierHarness: " + picture + ": " + e.getMessage());
          status = FAILED;
        }
      }
    }
    return status;
  }

  private static BufferedImage read(String picture) throws IOException {
    BufferedImage image = ImageIO.read(new File(picture));
    if (image == null) {
      throw new IOException("no PNG, JPEG, BMP or GIF file");
    }
    return image;
  }

  private static void print(String picture, ImageClassifierResult result, PrintStream out) {
    out.println(picture);
    for (Classifications head : result.classificationResult().classifications()) {
      for (Category category : head.categories()) {
        String name =
            category.displayName().isEmpty() ? category.categoryName() : category.displayName();
        out.printf(
            Locale.ROOT,
            "  %.4f  %s%n",
            category.score(),
            name.isEmpty() ? "class " + category.index() : name);
      }
    }
  }
}
