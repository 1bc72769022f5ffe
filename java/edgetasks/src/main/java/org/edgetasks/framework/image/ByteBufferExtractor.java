package org.edgetasks.framework.image;

import java.nio.ByteBuffer;

/** Reads the pixels of an {@link MPImage}. */
public final class ByteBufferExtractor {
  private ByteBufferExtractor() {}

  /**
   * Returns the pixels in the format that the picture's properties name, row by row from the top,
   * without gaps. A view without copying where the picture was built from a buffer.
   *
   * @param image the picture
   * @return a read-only buffer, the pixels from its position to its limit
   * @throws IllegalStateException if the picture is closed
   */
  public static ByteBuffer extract(MPImage image) {
    return image.container().pixels().asReadOnlyBuffer();
  }

  /**
   * Returns the pixels in another format.
   *
   * @param image the picture
   * @param targetFormat the picture's own format, or {@link MPImage#IMAGE_FORMAT_RGBA} for an RGB
   *     picture (alpha is 255), or {@link MPImage#IMAGE_FORMAT_RGB} for an RGBA picture
   * @return a read-only buffer, the pixels from its position to its limit
   * @throws IllegalStateException if the picture is closed
   * @throws UnsupportedOperationException for other conversions
   */
  public static ByteBuffer extract(MPImage image, int targetFormat) {
    int format = image.getContainedImageProperties().get(0).getImageFormat();
    if (format == targetFormat) {
      return extract(image);
    }
    boolean toRgba =
        format == MPImage.IMAGE_FORMAT_RGB && targetFormat == MPImage.IMAGE_FORMAT_RGBA;
    boolean toRgb = format == MPImage.IMAGE_FORMAT_RGBA && targetFormat == MPImage.IMAGE_FORMAT_RGB;
    if (!toRgba && !toRgb) {
      throw new UnsupportedOperationException(
          "Pixels of image format "
              + format
              + " cannot be had in format "
              + targetFormat
              + "; only RGB and RGBA are converted into each other");
    }
    ByteBuffer from = extract(image);
    int pixels = from.remaining() / ImageFormats.bytesPerPixel(format);
    ByteBuffer to = ByteBuffer.allocateDirect(pixels * ImageFormats.bytesPerPixel(targetFormat));
    for (int i = 0; i < pixels; i++) {
      to.put(from.get()).put(from.get()).put(from.get());
      if (toRgba) {
        to.put((byte) 255);
      } else {
        from.get();
      }
    }
    to.flip();
    return to.asReadOnlyBuffer();
  }
}
