package org.edgetasks.vision.imageclassifier;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.edgetasks.internal.Check;

/**
 * The setters of {@link ImageClassifier.ImageClassifierOptions.Builder} that MediaPipe does not
 * have.
 *
 * @param <BuilderT> the builder itself
 */
abstract class ClassifierOptionsBuilder<BuilderT> {
  final ClassifierOptionValues values;

  ClassifierOptionsBuilder(ClassifierOptionValues values) {
    this.values = values;
  }

  abstract BuilderT self();

  /**
   * Sets the labels of the classes, in order, instead of those in the model's metadata. Every head
   * must have as many classes. Default empty: the model's.
   *
   * @param labels one a class
   * @return this builder
   */
  public BuilderT setLabels(List<String> labels) {
    values.labels = copyOf(labels, "list of labels");
    return self();
  }

  /**
   * Sets a text file with one label a line, in place of {@link #setLabels}. Default "".
   *
   * @param labelsPath a path in the file system
   * @return this builder
   */
  public BuilderT setLabelsPath(String labelsPath) {
    values.labelsPath = Check.notNull(labelsPath, "labels path");
    return self();
  }

  /**
   * Sets how the model's authors scaled pixels: (value - mean) / std, value in [0, 255]. Set both
   * or neither. Default: the metadata's; if it has none, mean and std 127.5 for a float32 input,
   * and value - 128 for an int8 input. A uint8 input takes the pixels as they are unless these are
   * set.
   *
   * @param mean one number, or one for each channel of the model's input
   * @return this builder
   */
  public BuilderT setMean(float... mean) {
    values.mean = Check.notNull(mean, "mean").clone();
    return self();
  }

  /**
   * Sets the other half of {@link #setMean}.
   *
   * @param std one number, or one for each channel of the model's input; not 0
   * @return this builder
   */
  public BuilderT setStd(float... std) {
    values.std = Check.notNull(std, "std").clone();
    return self();
  }

  /**
   * Sets how a picture whose shape is not the model input's is brought to it: as the model was
   * trained. Default {@link ResizeMode#STRETCH}, as MediaPipe.
   *
   * @param resizeMode the mode
   * @return this builder
   */
  public BuilderT setResizeMode(ResizeMode resizeMode) {
    values.resizeMode = Check.notNull(resizeMode, "resize mode");
    return self();
  }

  /**
   * Sets how a pixel of the model's input is made. Default {@link ResizeFilter#BILINEAR}, as
   * MediaPipe.
   *
   * @param resizeFilter the filter
   * @return this builder
   */
  public BuilderT setResizeFilter(ResizeFilter resizeFilter) {
    values.resizeFilter = Check.notNull(resizeFilter, "resize filter");
    return self();
  }

  /**
   * Sets the order of the channels, of models with 3 or 4 of them; mean and std are in this order.
   * Default {@link ColorOrder#RGB}.
   *
   * @param colorOrder the order
   * @return this builder
   */
  public BuilderT setColorOrder(ColorOrder colorOrder) {
    values.colorOrder = Check.notNull(colorOrder, "color order");
    return self();
  }

  /**
   * Sets the order of the axes. One that the model's input does not fit is refused when the
   * classifier is created. Default {@link InputLayout#AUTO}.
   *
   * @param inputLayout the order
   * @return this builder
   */
  public BuilderT setInputLayout(InputLayout inputLayout) {
    values.inputLayout = Check.notNull(inputLayout, "input layout");
    return self();
  }

  /**
   * Sets whether the model's numbers are logits, to be made probabilities. Default {@link
   * ApplySoftmax#NEVER}, as MediaPipe.
   *
   * @param applySoftmax never, always, or as the model looks
   * @return this builder
   */
  public BuilderT setApplySoftmax(ApplySoftmax applySoftmax) {
    values.applySoftmax = Check.notNull(applySoftmax, "apply softmax");
    return self();
  }

  static List<String> copyOf(List<String> list, String what) {
    List<String> copy = new ArrayList<>(Check.notNull(list, what));
    for (String element : copy) {
      Check.notNull(element, "element of the " + what);
    }
    return Collections.unmodifiableList(copy);
  }
}
