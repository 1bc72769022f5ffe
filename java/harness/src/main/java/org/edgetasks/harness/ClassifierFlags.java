package org.edgetasks.harness;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;
import org.edgetasks.vision.imageclassifier.ApplySoftmax;
import org.edgetasks.vision.imageclassifier.ColorOrder;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.edgetasks.vision.imageclassifier.InputLayout;
import org.edgetasks.vision.imageclassifier.ResizeFilter;
import org.edgetasks.vision.imageclassifier.ResizeMode;

/** The options of a classifier on the command line, with the names of `edgetasks classify`. */
final class ClassifierFlags {
  static final String USAGE =
      "  --max-results N      The best so many classes (5)\n"
          + "  --score-threshold S  Leave out classes with a lower score\n"
          + "  --allow LABEL, --deny LABEL\n"
          + "                       Tell only of these classes, or not of these\n"
          + "  --locale LOCALE      The locale of the display names (en)\n"
          + "  --labels FILE        One label a line, instead of the model's own\n"
          + "  --label TEXT         The same, one after the other\n"
          + "  --mean N,.. --std N,..\n"
          + "                       Pixels minus the one by the other: a number, or one a channel\n"
          + "  --resize-mode MODE   stretch, letterbox or center-crop (stretch)\n"
          + "  --resize-filter NAME bilinear, area or bicubic (bilinear)\n"
          + "  --color-order ORDER  rgb or bgr (rgb)\n"
          + "  --input-layout NAME  auto, nhwc or nchw (auto)\n"
          + "  --softmax WHEN       never, always or auto (never)\n"
          + "  --region L,T,R,B     The part to look at, in fractions of the sides\n"
          + "  --rotation DEGREES   Turn it clockwise, a multiple of 90 (0)\n"
          + "  --threads N          Threads (0: the processors there are)";

  static final Set<String> WITH_VALUE =
      new HashSet<>(
          Arrays.asList(
              "--max-results",
              "--score-threshold",
              "--allow",
              "--deny",
              "--locale",
              "--labels",
              "--label",
              "--mean",
              "--std",
              "--resize-mode",
              "--resize-filter",
              "--color-order",
              "--input-layout",
              "--softmax",
              "--region",
              "--rotation",
              "--threads"));

  private ClassifierFlags() {}

  /** Returns a builder, to which a running mode and listeners can be added. */
  static ImageClassifierOptions.Builder parse(CommandLine line, String model)
      throws CommandLine.WrongUsage {
    ImageClassifierOptions.Builder options =
        ImageClassifierOptions.builder()
            .setBaseOptions(
                BaseOptions.builder()
                    .setModelAssetPath(model)
                    .setNumThreads(line.number("--threads", 0))
                    .build())
            .setMaxResults(line.number("--max-results", 5))
            .setCategoryAllowlist(line.texts("--allow"))
            .setCategoryDenylist(line.texts("--deny"))
            .setLabels(line.texts("--label"))
            .setLabelsPath(line.text("--labels", ""))
            .setMean(line.decimals("--mean"))
            .setStd(line.decimals("--std"))
            .setResizeMode(line.choice("--resize-mode", ResizeMode.STRETCH))
            .setResizeFilter(line.choice("--resize-filter", ResizeFilter.BILINEAR))
            .setColorOrder(line.choice("--color-order", ColorOrder.RGB))
            .setInputLayout(line.choice("--input-layout", InputLayout.AUTO))
            .setApplySoftmax(line.choice("--softmax", ApplySoftmax.NEVER));
    if (line.has("--locale")) {
      options.setDisplayNamesLocale(line.text("--locale", ""));
    }
    if (line.has("--score-threshold")) {
      options.setScoreThreshold(line.decimal("--score-threshold", 0));
    }
    return options;
  }

  static ImageProcessingOptions parseProcessing(CommandLine line) throws CommandLine.WrongUsage {
    ImageProcessingOptions.Builder options =
        ImageProcessingOptions.builder().setRotationDegrees(line.number("--rotation", 0));
    float[] sides = line.decimals("--region");
    if (sides.length == 4) {
      options.setRegionOfInterest(new RectF(sides[0], sides[1], sides[2], sides[3]));
    } else if (sides.length != 0) {
      throw new CommandLine.WrongUsage("--region has " + sides.length + " numbers; it needs 4");
    }
    return options.build();
  }
}
