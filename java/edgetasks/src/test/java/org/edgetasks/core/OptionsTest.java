package org.edgetasks.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void exactlyOneModelSource() {
    assertThrows(IllegalArgumentException.class, BaseOptions.builder()::build);
    assertThrows(
        IllegalArgumentException.class,
        BaseOptions.builder().setModelAssetPath("a").setModelAssetFileDescriptor(3)::build);
    assertThrows(
        IllegalArgumentException.class,
        BaseOptions.builder()
                .setModelAssetPath("a")
                .setModelAssetBuffer(ByteBuffer.allocateDirect(1))
            ::build);
  }

  @Test
  void baseOptionsComeBackFromTheirBuilder() {
    BaseOptions options =
        BaseOptions.builder().setModelAssetFileDescriptor(3, 4, 5).setNumThreads(2).build();
    BaseOptions copy = options.toBuilder().build();
    assertEquals(Optional.of(3), copy.modelAssetFileDescriptor());
    assertEquals(4, copy.modelAssetOffset());
    assertEquals(5, copy.modelAssetLength());
    assertEquals(2, copy.numThreads());
    assertEquals(Delegate.CPU, copy.delegate());
  }

  @Test
  void theBufferIsTakenFromItsPosition() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(16);
    buffer.position(8);
    BaseOptions options = BaseOptions.builder().setModelAssetBuffer(buffer).build();
    buffer.position(0);
    assertEquals(8, options.modelAssetBuffer().get().remaining());
  }

  @Test
  void misuseOfBaseOptions() {
    BaseOptions.Builder builder = BaseOptions.builder();
    assertThrows(
        IllegalArgumentException.class, () -> builder.setModelAssetBuffer(ByteBuffer.allocate(1)));
    assertThrows(IllegalArgumentException.class, () -> builder.setModelAssetFileDescriptor(-1));
    assertThrows(
        IllegalArgumentException.class, () -> builder.setModelAssetFileDescriptor(1, -1, 0));
    assertThrows(IllegalArgumentException.class, () -> builder.setModelAssetPath(null));
    assertThrows(IllegalArgumentException.class, () -> builder.setNumThreads(1025));
    assertThrows(UnsupportedOperationException.class, () -> builder.setDelegate(Delegate.GPU));
  }

  @Test
  void imageProcessingOptions() {
    ImageProcessingOptions options =
        ImageProcessingOptions.builder()
            .setRegionOfInterest(new RectF(0, 0.25f, 0.5f, 1))
            .setRotationDegrees(-270)
            .build();
    assertEquals(Optional.of(new RectF(0, 0.25f, 0.5f, 1)), options.regionOfInterest());
    assertEquals(-270, options.rotationDegrees());
    float nan = Float.NaN;
    for (RectF wrong :
        new RectF[] {
          new RectF(0.5f, 0, 0.5f, 1), new RectF(0, 0.6f, 1, 0.5f), new RectF(-0.1f, 0, 1, 1),
          new RectF(0, 0, 1.1f, 1), new RectF(nan, 0, 1, 1), new RectF(0, 0, 1, nan)
        }) {
      assertThrows(
          IllegalArgumentException.class,
          ImageProcessingOptions.builder().setRegionOfInterest(wrong)::build);
    }
    assertThrows(
        IllegalArgumentException.class,
        ImageProcessingOptions.builder().setRotationDegrees(45)::build);
  }
}
