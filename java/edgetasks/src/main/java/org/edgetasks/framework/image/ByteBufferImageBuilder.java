package org.edgetasks.framework.image;

import java.nio.ByteBuffer;
import org.edgetasks.internal.Check;

/**
 * Makes a picture of pixels in a {@link ByteBuffer}.
 *
 * <p>Tasks read a direct buffer where it is; the bytes of a heap buffer are copied for each call.
 *
 * <pre>{@code
 * MPImage image = new ByteBufferImageBuilder(pixels, 640, 480, MPImage.IMAGE_FORMAT_RGB).build();
 * }</pre>
 */
public final class ByteBufferImageBuilder {
  private final ByteBuffer buffer;
  private final int width;
  private final int height;
  private final int imageFormat;

  /**
   * Takes the pixels from the buffer's position on, row by row from the top, without gaps. The
   * buffer is not copied, and its position not moved.
   *
   * @param byteBuffer a direct or heap buffer, with width x height pixels or more
   * @param width in pixels, 1 to 2^20
   * @param height in pixels, 1 to 2^20
   * @param imageFormat {@link MPImage#IMAGE_FORMAT_RGBA}, {@link MPImage#IMAGE_FORMAT_RGB} or
   *     {@link MPImage#IMAGE_FORMAT_ALPHA} (gray)
   */
  public ByteBufferImageBuilder(ByteBuffer byteBuffer, int width, int height, int imageFormat) {
    this.buffer = Check.notNull(byteBuffer, "byte buffer");
    this.width = width;
    this.height = height;
    this.imageFormat = imageFormat;
  }

  /**
   * Builds the picture.
   *
   * @return the picture
   * @throws IllegalArgumentException if the size is out of its range, or the buffer too small
   * @throws UnsupportedOperationException for formats that no task takes
   */
  public MPImage build() {
    int pixelBytes = ImageFormats.bytesPerPixel(imageFormat);
    if (pixelBytes == 0) {
      throw new UnsupportedOperationException(
          "No task takes image format "
              + imageFormat
              + "; convert the picture to RGBA, RGB or ALPHA");
    }
    ImageFormats.checkSize(width, height);
    long expected = (long) width * height * pixelBytes;
    Check.argument(
        buffer.remaining() >= expected,
        "The buffer holds %d bytes; %d x %d pixels of %d bytes are %d",
        buffer.remaining(),
        width,
        height,
        pixelBytes,
        expected);
    ByteBuffer pixels = buffer.duplicate();
    pixels.limit(pixels.position() + (int) expected);
    return new MPImage(new ByteBufferContainer(pixels.slice(), imageFormat), width, height);
  }
}
