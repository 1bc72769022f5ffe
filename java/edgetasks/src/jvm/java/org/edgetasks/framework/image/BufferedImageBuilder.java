package org.edgetasks.framework.image;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.nio.ByteBuffer;
import org.edgetasks.internal.Check;

/**
 * Makes a picture of a {@link BufferedImage}, as {@code ImageIO.read} returns it. On the JVM only.
 *
 * <p>The pixels are copied when the picture is built: gray where the image is 8-bit gray, RGB
 * otherwise. Alpha is dropped.
 *
 * <pre>{@code
 * MPImage image = new BufferedImageBuilder(ImageIO.read(new File("owl.png"))).build();
 * }</pre>
 */
public final class BufferedImageBuilder {
  private final BufferedImage image;

  /**
   * Takes the image.
   *
   * @param image of any type, each side at most 2^20 pixels
   */
  public BufferedImageBuilder(BufferedImage image) {
    this.image = Check.notNull(image, "buffered image");
  }

  /**
   * Copies the pixels and builds the picture.
   *
   * @return the picture
   * @throws IllegalArgumentException if the picture is larger than a buffer can be (2 GiB)
   */
  public MPImage build() {
    boolean gray = image.getType() == BufferedImage.TYPE_BYTE_GRAY;
    int width = image.getWidth();
    int height = image.getHeight();
    ImageFormats.checkSize(width, height);
    ByteBuffer pixels = PixelBuffers.allocate(width, height, gray ? 1 : 3);
    for (int y = 0; y < height; y++) {
      if (gray) {
        putGrayRow(pixels, y);
      } else {
        putRgbRow(pixels, y);
      }
    }
    pixels.flip();
    int format = gray ? MPImage.IMAGE_FORMAT_ALPHA : MPImage.IMAGE_FORMAT_RGB;
    return new MPImage(
        new ByteBufferContainer(PixelPlanes.packed(format, pixels, width)), width, height);
  }

  /** Takes the samples as they are: getRGB would convert them from a linear gray scale. */
  private void putGrayRow(ByteBuffer pixels, int y) {
    Raster raster = image.getRaster();
    int[] row = raster.getSamples(0, y, image.getWidth(), 1, 0, (int[]) null);
    for (int gray : row) {
      pixels.put((byte) gray);
    }
  }

  private void putRgbRow(ByteBuffer pixels, int y) {
    int[] row = image.getRGB(0, y, image.getWidth(), 1, null, 0, image.getWidth());
    for (int argb : row) {
      pixels.put((byte) (argb >> 16)).put((byte) (argb >> 8)).put((byte) argb);
    }
  }
}
