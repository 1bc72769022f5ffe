package org.edgetasks.harness;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import org.edgetasks.components.containers.Category;
import org.edgetasks.components.containers.Classifications;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.vision.core.RunningMode;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifierOutcome;
import org.edgetasks.vision.imageclassifier.ImageClassifierResult;

/** Names what is in pictures, one by one, all at once, or as the frames of a film. */
public final class ClassifierHarness extends Program {
  private static final String USAGE =
      "Name what is in pictures\n"
          + "Usage: ClassifierHarness MODEL PICTURE... [OPTIONS]\n\n"
          + "  MODEL                A .tflite classifier\n"
          + "  PICTURE              Files that ImageIO reads: PNG, JPEG, BMP, GIF\n"
          + "  --mode MODE          image, video or live-stream: frames 33 ms apart (image)\n"
          + "  --batch              All pictures in one call, with the threads across them\n"
          + "  --as FORMAT          Hand them over as rgb, rgba, bgra, nv12 or nv21 (rgb)\n"
          + "  --describe           Print labels and custom metadata of the model to stderr\n"
          + ClassifierFlags.USAGE;
  private static final Set<String> WITH_VALUE = new HashSet<>(ClassifierFlags.WITH_VALUE);
  private static final Set<String> SWITCHES = new HashSet<>(Arrays.asList("--batch", "--describe"));

  static {
    Collections.addAll(WITH_VALUE, "--mode", "--as");
  }

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
    CommandLine line = new CommandLine(arguments, WITH_VALUE, SWITCHES);
    if (line.rest().size() < 2) {
      throw new CommandLine.WrongUsage("A MODEL and a PICTURE are needed");
    }
    RunningMode mode = line.choice("--mode", RunningMode.IMAGE);
    if (line.has("--batch") && mode != RunningMode.IMAGE) {
      throw new CommandLine.WrongUsage("--batch is for --mode image");
    }
    FrameFormat format = line.choice("--as", FrameFormat.RGB);
    Films films = new Films(ClassifierFlags.parseProcessing(line));
    ImageClassifierOptions.Builder options =
        ClassifierFlags.parse(line, line.rest().get(0)).setRunningMode(mode);
    if (mode == RunningMode.LIVE_STREAM) {
      options.setResultListener(films::tell).setErrorListener(films::fail);
    }
    List<String> names = new ArrayList<>();
    List<MPImage> images = new ArrayList<>();
    int status = DONE;
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(options.build())) {
      describe(classifier, line.has("--describe"), err);
      for (String picture : line.rest().subList(1, line.rest().size())) {
        try {
          images.add(format.of(read(picture)));
          names.add(picture);
        } catch (IOException e) { // It does not stop the other pictures.
          err.println("ClassifierHarness: " + picture + ": " + e.getMessage());
          status = FAILED;
        }
      }
      List<ImageClassifierOutcome> outcomes =
          line.has("--batch")
              ? classifier.classifyAll(images, films.processing())
              : films.classify(classifier, mode, images);
      for (int i = 0; i < outcomes.size(); i++) {
        try {
          print(names.get(i), outcomes.get(i).get(), out);
        } catch (EdgeTasksException e) {
          err.println("ClassifierHarness: " + names.get(i) + ": " + e.getMessage());
          status = FAILED;
        }
      }
    }
    return status;
  }

  private static void describe(ImageClassifier classifier, boolean all, PrintStream err) {
    for (String assumption : classifier.assumptions()) {
      err.println("ClassifierHarness: note: " + assumption);
    }
    if (all) {
      err.println("labels: " + classifier.labels());
      err.println("custom metadata: " + classifier.customMetadata());
    }
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
