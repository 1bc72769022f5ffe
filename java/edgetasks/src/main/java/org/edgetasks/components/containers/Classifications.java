package org.edgetasks.components.containers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What one head (one output tensor) of the model says. Immutable. */
public final class Classifications {
  private final List<Category> categories;
  private final int headIndex;
  private final Optional<String> headName;

  private Classifications(List<Category> categories, int headIndex, Optional<String> headName) {
    this.categories = Collections.unmodifiableList(new ArrayList<>(categories));
    this.headIndex = headIndex;
    this.headName = headName;
  }

  /**
   * Creates what a head says.
   *
   * @param categories the classes, best first
   * @param headIndex the head's position among the model's outputs, from 0
   * @param headName the output's name in the model's metadata, if it has one
   * @return the classifications
   */
  public static Classifications create(
      List<Category> categories, int headIndex, Optional<String> headName) {
    return new Classifications(categories, headIndex, headName);
  }

  /** {@return the classes, sorted by falling score, equal scores by rising index} */
  public List<Category> categories() {
    return categories;
  }

  /** {@return the head's position among the model's outputs, from 0} */
  public int headIndex() {
    return headIndex;
  }

  /** {@return the output's name in the model's metadata, if it has one} */
  public Optional<String> headName() {
    return headName;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Classifications)) {
      return false;
    }
    Classifications that = (Classifications) other;
    return categories.equals(that.categories)
        && headIndex == that.headIndex
        && headName.equals(that.headName);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * categories.hashCode() + headIndex) + headName.hashCode();
  }

  @Override
  public String toString() {
    return "Classifications{headIndex="
        + headIndex
        + ", headName="
        + headName.orElse("")
        + ", categories="
        + categories
        + "}";
  }
}
