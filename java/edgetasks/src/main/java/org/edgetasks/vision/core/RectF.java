package org.edgetasks.vision.core;

/** A rectangle in fractions of a picture's width and height. Immutable. */
public final class RectF {
  /** The left edge as a fraction of the width. */
  public final float left;

  /** The top edge as a fraction of the height. */
  public final float top;

  /** The right edge as a fraction of the width. */
  public final float right;

  /** The bottom edge as a fraction of the height. */
  public final float bottom;

  /**
   * Creates a rectangle. The method that takes it says what it must be.
   *
   * @param left the left edge as a fraction of the width
   * @param top the top edge as a fraction of the height
   * @param right the right edge as a fraction of the width
   * @param bottom the bottom edge as a fraction of the height
   */
  public RectF(float left, float top, float right, float bottom) {
    this.left = left;
    this.top = top;
    this.right = right;
    this.bottom = bottom;
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof RectF)) {
      return false;
    }
    RectF that = (RectF) other;
    return Float.compare(left, that.left) == 0
        && Float.compare(top, that.top) == 0
        && Float.compare(right, that.right) == 0
        && Float.compare(bottom, that.bottom) == 0;
  }

  @Override
  public int hashCode() {
    int hash = Float.floatToIntBits(left);
    hash = 31 * hash + Float.floatToIntBits(top);
    hash = 31 * hash + Float.floatToIntBits(right);
    return 31 * hash + Float.floatToIntBits(bottom);
  }

  @Override
  public String toString() {
    return "RectF(" + left + ", " + top + ", " + right + ", " + bottom + ")";
  }
}
