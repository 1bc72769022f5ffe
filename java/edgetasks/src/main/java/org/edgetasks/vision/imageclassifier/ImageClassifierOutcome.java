package org.edgetasks.vision.imageclassifier;

import java.util.Optional;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.internal.Check;

/** What is in one of many pictures, or why it cannot be told. Immutable. */
public final class ImageClassifierOutcome {
  private final ImageClassifierResult result;
  private final EdgeTasksException failure;

  private ImageClassifierOutcome(ImageClassifierResult result, EdgeTasksException failure) {
    this.result = result;
    this.failure = failure;
  }

  /**
   * Creates the outcome of a picture that was classified.
   *
   * @param result what is in it
   * @return the outcome
   */
  public static ImageClassifierOutcome of(ImageClassifierResult result) {
    return new ImageClassifierOutcome(Check.notNull(result, "result"), null);
  }

  /**
   * Creates the outcome of a picture that could not be classified.
   *
   * @param failure why
   * @return the outcome
   */
  public static ImageClassifierOutcome of(EdgeTasksException failure) {
    return new ImageClassifierOutcome(null, Check.notNull(failure, "failure"));
  }

  /** {@return what is in the picture; empty if it failed} */
  public Optional<ImageClassifierResult> result() {
    return Optional.ofNullable(result);
  }

  /** {@return why the picture failed; empty if it did not} */
  public Optional<EdgeTasksException> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Returns the result.
   *
   * @return what is in the picture
   * @throws EdgeTasksException if it failed
   */
  public ImageClassifierResult get() {
    if (failure != null) {
      throw failure;
    }
    return result;
  }

  @Override
  public String toString() {
    return failure == null ? result.toString() : failure.toString();
  }
}
