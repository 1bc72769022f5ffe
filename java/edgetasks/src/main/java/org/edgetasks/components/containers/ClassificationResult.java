package org.edgetasks.components.containers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What all heads of a classifier say. Immutable. */
public final class ClassificationResult {
  private final List<Classifications> classifications;
  private final Optional<Long> timestampMs;

  private ClassificationResult(List<Classifications> classifications, Optional<Long> timestampMs) {
    this.classifications = Collections.unmodifiableList(new ArrayList<>(classifications));
    this.timestampMs = timestampMs;
  }

  /**
   * Creates a result.
   *
   * @param classifications one for each head
   * @param timestampMs the time of the input in milliseconds, if it has one
   * @return the result
   */
  public static ClassificationResult create(
      List<Classifications> classifications, Optional<Long> timestampMs) {
    return new ClassificationResult(classifications, timestampMs);
  }

  /** {@return one for each head, in the order of the model's outputs} */
  public List<Classifications> classifications() {
    return classifications;
  }

  /** {@return the time of the classified frame in milliseconds; empty for single pictures} */
  public Optional<Long> timestampMs() {
    return timestampMs;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof ClassificationResult)) {
      return false;
    }
    ClassificationResult that = (ClassificationResult) other;
    return classifications.equals(that.classifications) && timestampMs.equals(that.timestampMs);
  }

  @Override
  public int hashCode() {
    return 31 * classifications.hashCode() + timestampMs.hashCode();
  }

  @Override
  public String toString() {
    return "ClassificationResult{"
        + timestampMs.map(ms -> "timestampMs=" + ms + ", ").orElse("")
        + "classifications="
        + classifications
        + "}";
  }
}
