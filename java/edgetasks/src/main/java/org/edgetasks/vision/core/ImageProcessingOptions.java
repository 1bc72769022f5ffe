package org.edgetasks.vision.core;

import java.util.Optional;
import org.edgetasks.internal.Check;

/** What to do with a picture before a task looks at it. Immutable. */
public final class ImageProcessingOptions {
  private final Optional<RectF> regionOfInterest;
  private final int rotationDegrees;

  private ImageProcessingOptions(Builder builder) {
    regionOfInterest = Optional.ofNullable(builder.regionOfInterest);
    rotationDegrees = builder.rotationDegrees;
  }

  /** {@return a builder with all defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the part of the picture to look at; empty: all of it} */
  public Optional<RectF> regionOfInterest() {
    return regionOfInterest;
  }

  /** {@return the clockwise rotation that is applied to the picture or the region, in degrees} */
  public int rotationDegrees() {
    return rotationDegrees;
  }

  /** Collects options. Not thread safe. */
  public static final class Builder extends PlatformImageProcessingOptionsBuilder {
    private RectF regionOfInterest;
    private int rotationDegrees;

    private Builder() {}

    /**
     * Sets the part of the picture to look at, before it is rotated; it is stretched to the size
     * that the model takes. Default: all of it.
     *
     * @param regionOfInterest 0 &lt;= left &lt; right &lt;= 1 and 0 &lt;= top &lt; bottom &lt;= 1
     * @return this builder
     */
    @Override
    public Builder setRegionOfInterest(RectF regionOfInterest) {
      this.regionOfInterest = Check.notNull(regionOfInterest, "region of interest");
      return this;
    }

    /**
     * Sets the clockwise rotation that is applied to the picture or the region. Default 0.
     *
     * @param rotationDegrees a multiple of 90, of either sign
     * @return this builder
     */
    public Builder setRotationDegrees(int rotationDegrees) {
      this.rotationDegrees = rotationDegrees;
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     * @throws IllegalArgumentException if an option is out of its range
     */
    public ImageProcessingOptions build() {
      RectF r = regionOfInterest;
      if (r != null) {
        Check.argument(
            r.left < r.right && r.top < r.bottom,
            "The region of interest is %s; left must be less than right, and top less than bottom",
            r);
        Check.argument(
            r.left >= 0 && r.right <= 1 && r.top >= 0 && r.bottom <= 1,
            "The region of interest is %s; all of it must be in [0, 1], fractions of the picture",
            r);
      }
      Check.argument(
          rotationDegrees % 90 == 0,
          "rotationDegrees is %d; it must be a multiple of 90",
          rotationDegrees);
      return new ImageProcessingOptions(this);
    }
  }
}
