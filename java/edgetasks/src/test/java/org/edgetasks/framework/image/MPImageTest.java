package org.edgetasks.framework.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class MPImageTest {
  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static String hex(ByteBuffer buffer) {
    return java.util.HexFormat.of().formatHex(bytes(buffer));
  }

  @Test
  void aBufferIsViewedFromItsPositionOn() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(10).put(3, (byte) 0x7f);
    buffer.position(3);
    MPImage image = new ByteBufferImageBuilder(buffer, 2, 1, MPImage.IMAGE_FORMAT_RGB).build();
    assertEquals(2, image.getWidth());
    assertEquals(1, image.getHeight());
    assertEquals(
        List.of(new MPImageProperties(MPImage.STORAGE_TYPE_BYTEBUFFER, MPImage.IMAGE_FORMAT_RGB)),
        image.getContainedImageProperties());
    assertEquals("7f0000000000", hex(ByteBufferExtractor.extract(image)));
    buffer.put(4, (byte) 1); // no copy
    assertEquals("7f0100000000", hex(ByteBufferExtractor.extract(image)));
    assertEquals(3, buffer.position());
    assertTrue(ByteBufferExtractor.extract(image).isReadOnly());
  }

  @Test
  void theSizeIsHeldAgainstTheBuffer() {
    ByteBuffer buffer = ByteBuffer.allocate(11);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                new ByteBufferImageBuilder(buffer, 2, 2, MPImage.IMAGE_FORMAT_RGB)::build)
            .getMessage();
    assertEquals("The buffer holds 11 bytes; 2 x 2 samples with these strides need 12", message);
    for (int[] size : new int[][] {{0, 1}, {1, 0}, {-1, -1}, {1 << 21, 1}}) {
      assertThrows(
          IllegalArgumentException.class,
          new ByteBufferImageBuilder(buffer, size[0], size[1], MPImage.IMAGE_FORMAT_RGB)::build);
    }
    // 2^40 pixels do not fit into an int, and not into the buffer.
    assertThrows(
        IllegalArgumentException.class,
        new ByteBufferImageBuilder(buffer, 1 << 20, 1 << 20, MPImage.IMAGE_FORMAT_RGBA)::build);
  }

  @Test
  void formatsThatNoTaskTakesAreRefused() {
    for (int format :
        new int[] {
          MPImage.IMAGE_FORMAT_UNKNOWN,
          MPImage.IMAGE_FORMAT_YUV_420_888,
          MPImage.IMAGE_FORMAT_JPEG,
          MPImage.IMAGE_FORMAT_VEC32F1,
          99,
          -1
        }) {
      assertThrows(
          UnsupportedOperationException.class,
          new ByteBufferImageBuilder(ByteBuffer.allocate(100), 1, 1, format)::build);
    }
  }

  @Test
  void rgbAndRgbaAreConverted() {
    ByteBuffer rgb = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6});
    MPImage image = new ByteBufferImageBuilder(rgb, 2, 1, MPImage.IMAGE_FORMAT_RGB).build();
    ByteBuffer rgba = ByteBufferExtractor.extract(image, MPImage.IMAGE_FORMAT_RGBA);
    assertEquals("010203ff040506ff", hex(rgba.duplicate()));
    MPImage back = new ByteBufferImageBuilder(rgba, 2, 1, MPImage.IMAGE_FORMAT_RGBA).build();
    assertEquals("010203040506", hex(ByteBufferExtractor.extract(back, MPImage.IMAGE_FORMAT_RGB)));
    assertEquals("010203040506", hex(ByteBufferExtractor.extract(image, MPImage.IMAGE_FORMAT_RGB)));
    assertThrows(
        UnsupportedOperationException.class,
        () -> ByteBufferExtractor.extract(image, MPImage.IMAGE_FORMAT_ALPHA));
  }

  @Test
  void bufferedImagesOfAllTypes() {
    BufferedImage colour = new BufferedImage(2, 1, BufferedImage.TYPE_3BYTE_BGR);
    colour.setRGB(0, 0, 0x102030);
    colour.setRGB(1, 0, 0xfffefd);
    MPImage image = new BufferedImageBuilder(colour).build();
    assertEquals("102030fffefd", hex(ByteBufferExtractor.extract(image)));
    assertTrue(ByteBufferExtractor.extract(image).isDirect());

    BufferedImage alpha = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
    alpha.setRGB(0, 0, 0x80112233);
    assertEquals(
        "112233", hex(ByteBufferExtractor.extract(new BufferedImageBuilder(alpha).build())));

    BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setSample(0, 0, 0, 100);
    gray.getRaster().setSample(1, 0, 0, 200);
    MPImage grayImage = new BufferedImageBuilder(gray).build();
    assertEquals("64c8", hex(ByteBufferExtractor.extract(grayImage)));
    assertEquals(
        MPImage.IMAGE_FORMAT_ALPHA,
        grayImage.getContainedImageProperties().get(0).getImageFormat());
  }

  @Test
  void aClosedImageIsRefused() {
    MPImage image =
        new ByteBufferImageBuilder(ByteBuffer.allocate(3), 1, 1, MPImage.IMAGE_FORMAT_RGB).build();
    image.close();
    image.close();
    assertThrows(IllegalStateException.class, () -> ByteBufferExtractor.extract(image));
    assertEquals(1, image.getWidth());
  }

  @Test
  void aPictureThatIsReadIsGivenUpAfterwards() {
    int[] closed = {0};
    ByteBuffer bytes = ByteBuffer.allocateDirect(1);
    PixelPlanes planes = PixelPlanes.packed(MPImage.IMAGE_FORMAT_ALPHA, bytes, 1);
    MPImage image =
        new MPImage(
            new MPImageContainer() {
              @Override
              public MPImageProperties properties() {
                return new MPImageProperties(
                    MPImage.STORAGE_TYPE_BYTEBUFFER, MPImage.IMAGE_FORMAT_ALPHA);
              }

              @Override
              public PixelPlanes planes() {
                return planes.asBorrowed();
              }

              @Override
              public void close() {
                closed[0]++;
              }
            },
            1,
            1);
    PixelPlanes first = PixelPlanesExtractor.extract(image);
    PixelPlanes second = PixelPlanesExtractor.extract(image);
    image.close();
    assertThrows(IllegalStateException.class, () -> PixelPlanesExtractor.extract(image));
    first.close();
    first.close();
    assertEquals(0, closed[0]);
    PixelPlanes kept = second.detach();
    assertEquals(1, closed[0]);
    bytes.put(0, (byte) 7);
    assertEquals("00", hex(kept.planes().get(0).buffer())); // a copy
    image.close();
    assertEquals(1, closed[0]);
  }
}
