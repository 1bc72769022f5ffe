package org.edgetasks.vision.imageclassifier;

import org.edgetasks.components.containers.ClassificationResult;
import org.edgetasks.core.TaskResult;
import org.edgetasks.internal.Check;

/** What is in a picture. Immutable. */
public final class ImageClassifierResult implements TaskResult {
  private final ClassificationResult classificationResult;
  private final long timestampMs;

  private ImageClassifierResult(ClassificationResult classificationResult, long timestampMs) {
    this.classificationResult = Check.notNull(classificationResult, "classification result");
    this.timestampMs = timestampMs;
  }

  /**
   * Creates a result, for tests of programs that take one.
   *
   * @param classificationResult what the heads of the model say
   * @param timestampMs the time of the frame in milliseconds; -1 for single pictures
   * @return the result
   */
  public static ImageClassifierResult create(
      ClassificationResult classificationResult, long timestampMs) {
    return new ImageClassifierResult(classificationResult, timestampMs);
  }

  /** {@return what the heads of the model say} */
  public ClassificationResult classificationResult() {
    return classificationResult;
  }

  /** {@return the time of the frame in milliseconds; -1 for single pictures} */
  @Override
  public long timestampMs() {
    return timestampMs;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImageClassifierResult
        && timestampMs == ((ImageClassifierResult) other).timestampMs
        && classificationResult.equals(((ImageClassifierResult) other).classificationResult);
  }

  @Override
  public int hashCode() {
    return 31 * classificationResult.hashCode() + Long.hashCode(timestampMs);
  }

  @Override
  public String toString() {
    return "ImageClassifierResult{timestampMs=" + timestampMs + ", " + classificationResult + "}";
  }
}
