package org.edgetasks.framework.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import android.graphics.ImageFormat;
import android.media.Image;
import java.nio.ByteBuffer;
import java.util.List;
import org.edgetasks.testing.FakeImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaImageBuilderTest {
  private static int u(int x, int y) {
    return 37 * x + 11 * y + 5;
  }

  private static int v(int x, int y) {
    return 200 - 23 * x + 51 * y;
  }

  private static int luma(int x, int y) {
    return 13 * x + 29 * y + 100;
  }

  /** ITU-T T.871 in floating point, on samples of 8 bits. */
  private static int[] rgb(int luma, int u, int v) {
    double y = luma & 255;
    double blue = (u & 255) - 128;
    double red = (v & 255) - 128;
    double[] exact = {y + 1.402 * red, y - 0.344136 * blue - 0.714136 * red, y + 1.772 * blue};
    int[] rounded = new int[exact.length];
    for (int i = 0; i < exact.length; i++) {
      rounded[i] = (int) Math.round(Math.max(0, Math.min(255, exact[i])));
    }
    return rounded;
  }

  @ParameterizedTest
  @CsvSource({"8, 6, 0, 1", "7, 5, 0, 1", "7, 5, 9, 2", "8, 6, 16, 2", "1, 1, 0, 2"})
  void convertsYuvOfAnyLayout(int width, int height, int gap, int chromaStride) {
    FakeImage camera =
        FakeImage.yuv(
            width,
            height,
            gap,
            chromaStride,
            MediaImageBuilderTest::luma,
            MediaImageBuilderTest::u,
            MediaImageBuilderTest::v);
    MPImage image = new MediaImageBuilder(camera).build();
    assertEquals(
        List.of(
            new MPImageProperties(
                MPImage.STORAGE_TYPE_MEDIA_IMAGE, MPImage.IMAGE_FORMAT_YUV_420_888)),
        image.getContainedImageProperties());
    ByteBuffer pixels = ByteBufferExtractor.extract(image, MPImage.IMAGE_FORMAT_RGB);
    assertTrue(pixels.isDirect());
    assertEquals(width * height * 3, pixels.remaining());
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int expected : rgb(luma(x, y), u(x / 2, y / 2), v(x / 2, y / 2))) {
          assertEquals(expected, pixels.get() & 255, 1, "at " + x + ", " + y);
        }
      }
    }
    // Reading moves nothing: a second task sees the same.
    assertEquals(ByteBufferExtractor.extract(image, MPImage.IMAGE_FORMAT_RGB), pixels.flip());
    assertThrows(UnsupportedOperationException.class, () -> ByteBufferExtractor.extract(image));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 128, 128, 0, 0, 0",
    "255, 128, 128, 255, 255, 255",
    "128, 128, 128, 128, 128, 128",
    "76, 85, 255, 254, 0, 0", // JFIF's red, green and blue
    "150, 44, 21, 0, 255, 1",
    "29, 255, 107, 0, 0, 254",
  })
  void convertsKnownColours(int luma, int u, int v, int red, int green, int blue) {
    FakeImage camera = FakeImage.yuv(1, 1, 0, 1, (x, y) -> luma, (x, y) -> u, (x, y) -> v);
    ByteBuffer pixels =
        ByteBufferExtractor.extract(
            new MediaImageBuilder(camera).build(), MPImage.IMAGE_FORMAT_RGB);
    assertEquals(red, pixels.get() & 255);
    assertEquals(green, pixels.get() & 255);
    assertEquals(blue, pixels.get() & 255);
  }

  /** What native code is given is what the camera's buffers hold. */
  @Test
  void planesAreTheCamerasOwn() {
    FakeImage camera =
        FakeImage.yuv(
            7,
            5,
            9,
            2,
            MediaImageBuilderTest::luma,
            MediaImageBuilderTest::u,
            MediaImageBuilderTest::v);
    MPImage image =
        new MediaImageBuilder(camera).setYuvEncoding(YuvMatrix.BT709, YuvRange.VIDEO).build();
    PixelPlanes planes = PixelPlanesExtractor.extract(image);
    assertEquals(YuvMatrix.BT709, planes.yuvMatrix());
    assertEquals(YuvRange.VIDEO, planes.yuvRange());
    assertEquals(3, planes.planes().size());
    for (int i = 0; i < 3; i++) {
      Image.Plane expected = camera.getPlanes()[i];
      PixelPlane plane = planes.planes().get(i);
      assertEquals(expected.getRowStride(), plane.rowStride());
      assertEquals(expected.getPixelStride(), plane.pixelStride());
      assertTrue(plane.buffer().isDirect());
      assertEquals(expected.getBuffer(), plane.buffer());
      ByteBuffer own = expected.getBuffer();
      own.put(own.position(), (byte) (i + 77)); // seen without a copy
      assertEquals(i + 77, plane.buffer().get());
    }
    image.close();
    assertFalse(camera.isClosed());
    PixelPlanes kept = planes.detach();
    assertTrue(camera.isClosed());
    assertEquals(77, kept.planes().get(0).buffer().get());
  }

  @ParameterizedTest
  @CsvSource({"4, 3, 0", "5, 3, 12"})
  void copiesRgbaRows(int width, int height, int gap) {
    FakeImage screen = FakeImage.rgba(width, height, gap, (x, y) -> 0x80102030 + x * 256 + y);
    MPImage image = new MediaImageBuilder(screen).build();
    assertEquals(
        List.of(new MPImageProperties(MPImage.STORAGE_TYPE_MEDIA_IMAGE, MPImage.IMAGE_FORMAT_RGBA)),
        image.getContainedImageProperties());
    ByteBuffer pixels = ByteBufferExtractor.extract(image);
    assertEquals(width * height * 4, pixels.remaining());
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int argb = 0x80102030 + x * 256 + y;
        assertEquals(argb << 8 | argb >>> 24, pixels.getInt(), "at " + x + ", " + y);
      }
    }
  }

  @Test
  void refusesOtherFormatsWithTheWayOut() {
    UnsupportedOperationException jpeg =
        assertThrows(
            UnsupportedOperationException.class,
            () -> new MediaImageBuilder(FakeImage.ofFormat(ImageFormat.JPEG)).build());
    assertTrue(jpeg.getMessage().contains("BitmapFactory.decodeByteArray"), jpeg.getMessage());
    UnsupportedOperationException raw =
        assertThrows(
            UnsupportedOperationException.class,
            () -> new MediaImageBuilder(FakeImage.ofFormat(ImageFormat.RAW_SENSOR)).build());
    assertTrue(raw.getMessage().contains("YUV_420_888"), raw.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new MediaImageBuilder(null));
  }

  @Test
  void closingThePictureClosesTheImage() {
    FakeImage screen = FakeImage.rgba(2, 2, 0, (x, y) -> -1);
    MPImage image = new MediaImageBuilder(screen).build();
    assertSame(screen, MediaImageExtractor.extract(image));
    assertFalse(screen.isClosed());
    image.close();
    assertTrue(screen.isClosed());
    assertThrows(IllegalStateException.class, () -> MediaImageExtractor.extract(image));
    assertThrows(IllegalStateException.class, () -> ByteBufferExtractor.extract(image));
    assertThrows(IllegalStateException.class, () -> new MediaImageBuilder(screen).build());
  }

  @Test
  void otherPicturesHaveNoMediaImage() {
    MPImage image =
        new ByteBufferImageBuilder(ByteBuffer.allocate(3), 1, 1, MPImage.IMAGE_FORMAT_RGB).build();
    assertThrows(IllegalArgumentException.class, () -> MediaImageExtractor.extract(image));
  }
}
