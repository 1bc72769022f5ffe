package org.edgetasks.vision.core;

import org.edgetasks.internal.Check;

/** What the builder has on Android beside what it has everywhere. */
abstract class PlatformImageProcessingOptionsBuilder {
  PlatformImageProcessingOptionsBuilder() {}

  abstract ImageProcessingOptions.Builder setRegionOfInterest(RectF regionOfInterest);

  /**
   * Sets the part of the picture to look at, before it is rotated; it is stretched to the size that
   * the model takes. Default: all of it.
   *
   * @param regionOfInterest 0 &lt;= left &lt; right &lt;= 1 and 0 &lt;= top &lt; bottom &lt;= 1,
   *     fractions of the picture's width and height; copied
   * @return this builder
   */
  public ImageProcessingOptions.Builder setRegionOfInterest(
      android.graphics.RectF regionOfInterest) {
    Check.notNull(regionOfInterest, "region of interest");
    return setRegionOfInterest(
        new RectF(
            regionOfInterest.left,
            regionOfInterest.top,
            regionOfInterest.right,
            regionOfInterest.bottom));
  }
}
