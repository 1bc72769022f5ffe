package org.edgetasks.framework.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import org.edgetasks.testing.Files;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YuvImageBuilderTest {
  private static final int WIDTH = 75;
  private static final int HEIGHT = 51;
  private static final int STRIDE = 81;

  private static ByteBuffer noise(int bytes) {
    byte[] noise = new byte[bytes];
    new Random(bytes).nextBytes(noise);
    return ByteBuffer.allocateDirect(bytes).put(noise).flip();
  }

  private static MPImage rgbOf(MPImage image) {
    return new ByteBufferImageBuilder(
            ByteBufferExtractor.extract(image, MPImage.IMAGE_FORMAT_RGB),
            image.getWidth(),
            image.getHeight(),
            MPImage.IMAGE_FORMAT_RGB)
        .build();
  }

  /** Java's colours of a picture are those that native code sees in it. */
  private static void assertSeenAs(MPImage expected, MPImage image) {
    ImageProcessingOptions turned =
        ImageProcessingOptions.builder().setRotationDegrees(270).build();
    try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
      assertEquals(classifier.classify(expected), classifier.classify(image));
      assertEquals(classifier.classify(expected, turned), classifier.classify(image, turned));
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        MPImage.IMAGE_FORMAT_NV12,
        MPImage.IMAGE_FORMAT_NV21,
        MPImage.IMAGE_FORMAT_YV12,
        MPImage.IMAGE_FORMAT_YV21
      })
  void buffersOfYuvAreSeenInColour(int format) {
    ByteBuffer pixels = noise(STRIDE * HEIGHT + 2 * 41 * 26);
    for (YuvMatrix matrix : YuvMatrix.values()) {
      for (YuvRange range : YuvRange.values()) {
        MPImage image =
            new ByteBufferImageBuilder(pixels, WIDTH, HEIGHT, format)
                .setRowStride(STRIDE)
                .setYuvEncoding(matrix, range)
                .build();
        assertSeenAs(rgbOf(image), image);
      }
    }
    MPImage gaps =
        new ByteBufferImageBuilder(pixels, WIDTH, HEIGHT, format).setRowStride(STRIDE).build();
    ByteBuffer packed = ByteBufferExtractor.extract(gaps);
    assertEquals(WIDTH * HEIGHT + 2 * 38 * 26, packed.remaining());
    assertSeenAs(gaps, new ByteBufferImageBuilder(packed, WIDTH, HEIGHT, format).build());
  }

  @Test
  void planesMayBeAnywhere() {
    ByteBuffer luma = noise(STRIDE * HEIGHT);
    ByteBuffer pairs = noise(90 * 26);
    ByteBuffer chromaV = pairs.duplicate().position(1);
    MPImage image =
        new YuvImageBuilder(WIDTH, HEIGHT)
            .setLuma(luma, STRIDE)
            .setChroma(pairs, chromaV, 90, 2)
            .setYuvEncoding(YuvMatrix.BT709, YuvRange.VIDEO)
            .build();
    assertSeenAs(rgbOf(image), image);
    PixelPlanes planes = PixelPlanesExtractor.extract(image);
    assertEquals(3, planes.planes().size());
    assertEquals(chromaV, planes.planes().get(2).buffer());
    assertTrue(planes.planes().get(2).buffer().isReadOnly());
    ByteBuffer heap = ByteBuffer.allocate(luma.remaining()).put(luma.duplicate()).flip();
    MPImage fromHeap =
        new YuvImageBuilder(WIDTH, HEIGHT)
            .setLuma(heap, STRIDE)
            .setChroma(pairs, chromaV, 90, 2)
            .setYuvEncoding(YuvMatrix.BT709, YuvRange.VIDEO)
            .build();
    assertSeenAs(fromHeap, image);
  }

  @Test
  void otherLayoutsOfColourAreSeenAlike() {
    ByteBuffer bgra = noise(4 * WIDTH * HEIGHT);
    MPImage image =
        new ByteBufferImageBuilder(bgra, WIDTH, HEIGHT, MPImage.IMAGE_FORMAT_BGRA).build();
    assertSeenAs(rgbOf(image), image);
    MPImage part =
        new ByteBufferImageBuilder(bgra, WIDTH / 2, HEIGHT, MPImage.IMAGE_FORMAT_RGBA)
            .setRowStride(4 * WIDTH)
            .build();
    assertSeenAs(rgbOf(part), part);
    assertEquals(4 * (WIDTH / 2) * HEIGHT, ByteBufferExtractor.extract(part).remaining());
  }

  @Test
  void planesThatAreTooSmallAreRefused() {
    ByteBuffer luma = noise(WIDTH * HEIGHT);
    ByteBuffer chroma = noise(38 * 26);
    YuvImageBuilder right =
        new YuvImageBuilder(WIDTH, HEIGHT).setLuma(luma, WIDTH).setChroma(chroma, chroma, 38, 1);
    assertEquals(HEIGHT, right.build().getHeight());
    ByteBuffer shorter = chroma.duplicate().limit(38 * 26 - 1);
    for (YuvImageBuilder wrong :
        new YuvImageBuilder[] {
          new YuvImageBuilder(WIDTH, HEIGHT + 2)
              .setLuma(luma, WIDTH)
              .setChroma(chroma, chroma, 38, 1),
          new YuvImageBuilder(WIDTH, HEIGHT)
              .setLuma(luma, WIDTH - 1)
              .setChroma(chroma, chroma, 38, 1),
          new YuvImageBuilder(WIDTH, HEIGHT).setLuma(luma, WIDTH).setChroma(chroma, shorter, 38, 1),
          new YuvImageBuilder(WIDTH, HEIGHT).setLuma(luma, WIDTH).setChroma(chroma, chroma, 38, 0),
          new YuvImageBuilder(WIDTH, HEIGHT).setLuma(luma, WIDTH).setChroma(chroma, chroma, 37, 1),
          new YuvImageBuilder(WIDTH, HEIGHT)
              .setLuma(luma, Integer.MAX_VALUE)
              .setChroma(chroma, chroma, Integer.MAX_VALUE, Integer.MAX_VALUE),
          new YuvImageBuilder(0, HEIGHT).setLuma(luma, WIDTH).setChroma(chroma, chroma, 38, 1),
        }) {
      assertThrows(IllegalArgumentException.class, wrong::build);
    }
    assertThrows(IllegalStateException.class, new YuvImageBuilder(1, 1)::build);
    ByteBuffer short12 = noise(STRIDE * HEIGHT + 2 * 41 * 26 - 1);
    for (int format : new int[] {MPImage.IMAGE_FORMAT_NV12, MPImage.IMAGE_FORMAT_YV21}) {
      ByteBuffer none = short12.duplicate().limit(WIDTH);
      assertThrows(
          IllegalArgumentException.class,
          new ByteBufferImageBuilder(none, WIDTH, HEIGHT, format)::build);
    }
  }
}
