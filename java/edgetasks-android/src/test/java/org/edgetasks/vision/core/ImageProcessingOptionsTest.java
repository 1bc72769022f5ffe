package org.edgetasks.vision.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageProcessingOptionsTest {
  @Test
  void takesARectangleOfAndroid() {
    android.graphics.RectF android = new android.graphics.RectF(0.1f, 0.2f, 0.3f, 0.4f);
    ImageProcessingOptions options =
        ImageProcessingOptions.builder()
            .setRegionOfInterest(android)
            .setRotationDegrees(90)
            .build();
    android.left = 0.9f;
    assertEquals(Optional.of(new RectF(0.1f, 0.2f, 0.3f, 0.4f)), options.regionOfInterest());
    assertEquals(90, options.rotationDegrees());
  }

  @Test
  void refusesARectangleOutsideThePicture() {
    ImageProcessingOptions.Builder builder =
        ImageProcessingOptions.builder()
            .setRegionOfInterest(new android.graphics.RectF(0.1f, 0.2f, 1.3f, 0.4f));
    assertThrows(IllegalArgumentException.class, builder::build);
    assertThrows(
        IllegalArgumentException.class,
        () -> ImageProcessingOptions.builder().setRegionOfInterest((android.graphics.RectF) null));
  }
}
