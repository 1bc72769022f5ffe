package org.edgetasks.framework.image;

import java.nio.ByteBuffer;

/** Reads the pixels of an {@link MPImage}. */
public final class ByteBufferExtractor {
  private ByteBufferExtractor() {}

  /**
   * Returns the pixels in the format that the picture's properties name, row by row from the top,
   * plane after plane, without gaps. A view without copying where the picture was built from a
   * buffer that holds them so, in one plane.
   *
   * @param image the picture
   * @return a read-only buffer, the pixels from its position to its limit
   * @throws IllegalStateException if the picture is closed
   * @throws UnsupportedOperationException for {@link MPImage#IMAGE_FORMAT_YUV_420_888}, which has
   *     no such order; {@link PixelPlanesExtractor} gets its planes, and {@link #extract(MPImage,
   *     int)} its colours
   */
  public static ByteBuffer extract(MPImage image) {
    try (PixelPlanes planes = image.readPlanes()) {
      return PackedPixels.read(planes, image.getWidth(), image.getHeight()).asReadOnlyBuffer();
    }
  }

  /**
   * Returns the pixels in another format.
   *
   * @param image the picture
   * @param targetFormat the picture's own format, or {@link MPImage#IMAGE_FORMAT_RGB} or {@link
   *     MPImage#IMAGE_FORMAT_RGBA} for a picture of RGB, RGBA, BGRA or YUV (alpha is 255 where the
   *     picture has none). A pixel of YUV has the colours that a task sees there
   * @return a read-only buffer, the pixels from its position to its limit
   * @throws IllegalStateException if the picture is closed
   * @throws UnsupportedOperationException for other conversions
   */
  public static ByteBuffer extract(MPImage image, int targetFormat) {
    int format = image.getContainedImageProperties().get(0).getImageFormat();
    if (format == targetFormat) {
      return extract(image);
    }
    boolean coloured =
        format == MPImage.IMAGE_FORMAT_RGB
            || format == MPImage.IMAGE_FORMAT_RGBA
            || format == MPImage.IMAGE_FORMAT_BGRA
            || ImageFormats.isYuv(format);
    boolean toRgba = targetFormat == MPImage.IMAGE_FORMAT_RGBA;
    if (!coloured || (!toRgba && targetFormat != MPImage.IMAGE_FORMAT_RGB)) {
      throw new UnsupportedOperationException(
          "Pixels of image format "
              + format
              + " cannot be had in format "
              + targetFormat
              + "; only RGB, RGBA, BGRA and YUV are converted, and only to RGB and RGBA");
    }
    try (PixelPlanes planes = image.readPlanes()) {
      int width = image.getWidth();
      int height = image.getHeight();
      ByteBuffer pixels = PixelBuffers.allocate(width, height, toRgba ? 4 : 3);
      RowReader reader =
          ImageFormats.isYuv(format) ? new YuvRows(planes, width) : new ColourRows(planes, width);
      byte[] rgba = new byte[4 * width];
      for (int y = 0; y < height; y++) {
        reader.read(y, rgba);
        put(rgba, toRgba, pixels);
      }
      pixels.flip();
      return pixels.asReadOnlyBuffer();
    }
  }

  private static void put(byte[] rgba, boolean alpha, ByteBuffer pixels) {
    if (alpha) {
      pixels.put(rgba);
      return;
    }
    for (int i = 0; i < rgba.length; i += 4) {
      pixels.put(rgba, i, 3);
    }
  }
}
