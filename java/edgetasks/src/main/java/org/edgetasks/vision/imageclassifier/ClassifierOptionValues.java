package org.edgetasks.vision.imageclassifier;

import java.util.Collections;
import java.util.List;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.ErrorListener;
import org.edgetasks.core.OutputHandler.ResultListener;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.internal.Check;
import org.edgetasks.vision.core.RunningMode;

/** The values of a classifier's options, all defaults at first. Lists and arrays never change. */
final class ClassifierOptionValues implements Cloneable {
  BaseOptions baseOptions;
  RunningMode runningMode = RunningMode.IMAGE;
  // Null: C++'s default.
  String displayNamesLocale;
  Integer maxResults;
  Float scoreThreshold;
  List<String> categoryAllowlist = Collections.emptyList();
  List<String> categoryDenylist = Collections.emptyList();
  List<String> labels = Collections.emptyList();
  String labelsPath = "";
  float[] mean = {};
  float[] std = {};
  ResizeMode resizeMode = ResizeMode.STRETCH;
  ResizeFilter resizeFilter = ResizeFilter.BILINEAR;
  ColorOrder colorOrder = ColorOrder.RGB;
  InputLayout inputLayout = InputLayout.AUTO;
  ApplySoftmax applySoftmax = ApplySoftmax.NEVER;
  ResultListener<ImageClassifierResult, MPImage> resultListener;
  ErrorListener errorListener;

  ClassifierOptionValues copy() {
    try {
      return (ClassifierOptionValues) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e); // It is Cloneable.
    }
  }

  /** Throws IllegalStateException without a model, IllegalArgumentException for contradictions. */
  void check() {
    Check.state(baseOptions != null, "No base options are set; call setBaseOptions");
    boolean live = runningMode == RunningMode.LIVE_STREAM;
    Check.argument(
        !live || resultListener != null,
        "Running mode LIVE_STREAM needs a result listener; call setResultListener");
    Check.argument(
        live || resultListener == null,
        "A result listener is set, but running mode %s returns results; take it away, or set"
            + " LIVE_STREAM",
        runningMode);
    Check.argument(
        maxResults == null || maxResults > 0, "maxResults is %d; it must be > 0", maxResults);
    Check.argument(
        scoreThreshold == null || !scoreThreshold.isNaN(),
        "The score threshold is NaN; it must be a number");
    Check.argument(
        categoryAllowlist.isEmpty() || categoryDenylist.isEmpty(),
        "Both a category allowlist and a denylist are set; set at most one");
    Check.argument(
        labels.isEmpty() || labelsPath.isEmpty(),
        "Both labels and a labels path are set; set at most one");
    Check.argument(
        (mean.length == 0) == (std.length == 0),
        "Only one of mean and std is set; set both or neither");
  }
}
