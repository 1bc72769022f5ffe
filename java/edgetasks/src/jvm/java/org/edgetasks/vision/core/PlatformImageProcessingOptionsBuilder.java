package org.edgetasks.vision.core;

/** What the builder has on this platform only: nothing. */
abstract class PlatformImageProcessingOptionsBuilder {
  PlatformImageProcessingOptionsBuilder() {}

  abstract ImageProcessingOptions.Builder setRegionOfInterest(RectF regionOfInterest);
}
