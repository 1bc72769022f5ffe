package org.edgetasks.vision.imageclassifier;

import java.util.List;
import java.util.Optional;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.ErrorListener;
import org.edgetasks.core.OutputHandler.ResultListener;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.vision.core.RunningMode;

/** What {@link ImageClassifier.ImageClassifierOptions} tell. */
abstract class ClassifierOptions {
  private final ClassifierOptionValues values;

  ClassifierOptions(ClassifierOptionValues values) {
    this.values = values.copy();
  }

  /** Not to be changed. */
  ClassifierOptionValues values() {
    return values;
  }

  /** {@return where the model comes from, and the threads} */
  public BaseOptions baseOptions() {
    return values.baseOptions;
  }

  /** {@return how the classifier is fed} */
  public RunningMode runningMode() {
    return values.runningMode;
  }

  /** {@return the locale of the display names; empty: "en"} */
  public Optional<String> displayNamesLocale() {
    return Optional.ofNullable(values.displayNamesLocale);
  }

  /** {@return the most categories a head; empty: all} */
  public Optional<Integer> maxResults() {
    return Optional.ofNullable(values.maxResults);
  }

  /** {@return the score below which categories are left out; empty: the model's own, or none} */
  public Optional<Float> scoreThreshold() {
    return Optional.ofNullable(values.scoreThreshold);
  }

  /** {@return the only labels to report; empty: all} */
  public List<String> categoryAllowlist() {
    return values.categoryAllowlist;
  }

  /** {@return the labels not to report} */
  public List<String> categoryDenylist() {
    return values.categoryDenylist;
  }

  /** {@return the labels instead of the model's own; empty: those} */
  public List<String> labels() {
    return values.labels;
  }

  /** {@return the file of labels instead of the model's own; "": those} */
  public String labelsPath() {
    return values.labelsPath;
  }

  /** {@return what is subtracted from pixels, one number or one a channel; empty: the model's} */
  public float[] mean() {
    return values.mean.clone();
  }

  /** {@return what pixels are divided by, one number or one a channel; empty: the model's} */
  public float[] std() {
    return values.std.clone();
  }

  /** {@return how a picture is brought to the shape of the model's input} */
  public ResizeMode resizeMode() {
    return values.resizeMode;
  }

  /** {@return how a pixel of the model's input is made} */
  public ResizeFilter resizeFilter() {
    return values.resizeFilter;
  }

  /** {@return the order of the channels of the model's input} */
  public ColorOrder colorOrder() {
    return values.colorOrder;
  }

  /** {@return the order of the axes of the model's input} */
  public InputLayout inputLayout() {
    return values.inputLayout;
  }

  /** {@return whether softmax is applied to what the model says} */
  public ApplySoftmax applySoftmax() {
    return values.applySoftmax;
  }

  /** {@return who gets the results of a live stream} */
  public Optional<ResultListener<ImageClassifierResult, MPImage>> resultListener() {
    return Optional.ofNullable(values.resultListener);
  }

  /** {@return who is told of the failures of a live stream} */
  public Optional<ErrorListener> errorListener() {
    return Optional.ofNullable(values.errorListener);
  }
}
