package org.edgetasks.components.containers;

import org.edgetasks.internal.Check;

/** One class and how well it fits. Immutable. */
public final class Category {
  private static final float TOLERANCE = 1e-6f;

  private final float score;
  private final int index;
  private final String categoryName;
  private final String displayName;

  private Category(float score, int index, String categoryName, String displayName) {
    this.score = score;
    this.index = index;
    this.categoryName = Check.notNull(categoryName, "category name");
    this.displayName = Check.notNull(displayName, "display name");
  }

  /**
   * Creates a category.
   *
   * @param score how well it fits
   * @param index the class's position in the model's output, from 0
   * @param categoryName the class's label, or ""
   * @param displayName the label in the locale of the display names, or ""
   * @return the category
   */
  public static Category create(float score, int index, String categoryName, String displayName) {
    return new Category(score, index, categoryName, displayName);
  }

  /**
   * {@return what the model says of the class, after score calibration if the model has one} Most
   * models give a probability in [0, 1]; nothing enforces it.
   */
  public float score() {
    return score;
  }

  /** {@return the class's position in the model's output, from 0} */
  public int index() {
    return index;
  }

  /** {@return the class's label; "" if neither the model nor the options have labels} */
  public String categoryName() {
    return categoryName;
  }

  /** {@return the label in the locale of the display names; "" if the model has none in it} */
  public String displayName() {
    return displayName;
  }

  /**
   * Compares all fields, scores with a tolerance of 1e-6.
   *
   * @param other what to compare with
   * @return true if it is an equal category
   */
  @Override
  public boolean equals(Object other) {
    if (!(other instanceof Category)) {
      return false;
    }
    Category that = (Category) other;
    return Math.abs(score - that.score) <= TOLERANCE
        && index == that.index
        && categoryName.equals(that.categoryName)
        && displayName.equals(that.displayName);
  }

  /** {@return a hash of all fields but the score, which equals compares with a tolerance} */
  @Override
  public int hashCode() {
    return 31 * (31 * index + categoryName.hashCode()) + displayName.hashCode();
  }

  @Override
  public String toString() {
    return "<Category \""
        + categoryName
        + "\" (displayName="
        + displayName
        + " score="
        + score
        + " index="
        + index
        + ")>";
  }
}
