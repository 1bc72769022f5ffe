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
  private int rowStride;
  private YuvMatrix yuvMatrix = YuvMatrix.BT601;
  private YuvRange yuvRange = YuvRange.FULL;

  /**
   * Takes the pixels from the buffer's position on, row by row from the top. The chroma of YUV
   * follows the luma, in rows as long as those of luma for pairs (rounded up to even), else half as
   * long (rounded up). The buffer is not copied, and its position not moved.
   *
   * @param byteBuffer a direct or heap buffer, with width x height pixels or more
   * @param width in pixels, 1 to 2^20
   * @param height in pixels, 1 to 2^20
   * @param imageFormat {@link MPImage#IMAGE_FORMAT_RGBA}, {@link MPImage#IMAGE_FORMAT_RGB}, {@link
   *     MPImage#IMAGE_FORMAT_ALPHA} (gray), {@link MPImage#IMAGE_FORMAT_BGRA}, {@link
   *     MPImage#IMAGE_FORMAT_RGB_FLOAT}, {@link MPImage#IMAGE_FORMAT_NV12}, {@link
   *     MPImage#IMAGE_FORMAT_NV21}, {@link MPImage#IMAGE_FORMAT_YV12} or {@link
   *     MPImage#IMAGE_FORMAT_YV21}; {@link YuvImageBuilder} takes planes that lie elsewhere
   */
  public ByteBufferImageBuilder(ByteBuffer byteBuffer, int width, int height, int imageFormat) {
    this.buffer = Check.notNull(byteBuffer, "byte buffer");
    this.width = width;
    this.height = height;
    this.imageFormat = imageFormat;
  }

  /**
   * Sets the bytes from a row (of YUV: of luma) to the next. Default: what a row takes.
   *
   * @param rowStride at least what a row takes
   * @return this builder
   */
  public ByteBufferImageBuilder setRowStride(int rowStride) {
    Check.argument(rowStride > 0, "rowStride is %d; it must be above 0", rowStride);
    this.rowStride = rowStride;
    return this;
  }

  /**
   * Sets what the samples of YUV mean. Default {@link YuvMatrix#BT601} and {@link YuvRange#FULL}.
   *
   * @param yuvMatrix how colours are made
   * @param yuvRange what the samples span
   * @return this builder
   */
  public ByteBufferImageBuilder setYuvEncoding(YuvMatrix yuvMatrix, YuvRange yuvRange) {
    this.yuvMatrix = Check.notNull(yuvMatrix, "YUV matrix");
    this.yuvRange = Check.notNull(yuvRange, "YUV range");
    return this;
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
    boolean planar =
        ImageFormats.isYuv(imageFormat) && imageFormat != MPImage.IMAGE_FORMAT_YUV_420_888;
    if (pixelBytes == 0 && !planar) {
      throw new UnsupportedOperationException(
          "No task takes image format "
              + imageFormat
              + " in one buffer; convert the picture to RGBA, RGB or ALPHA, or give the planes of"
              + " YUV_420_888 to YuvImageBuilder");
    }
    ImageFormats.checkSize(width, height);
    PixelPlane[] planes = planar ? yuvPlanes() : new PixelPlane[] {firstPlane(pixelBytes)};
    PixelPlanes pixels = PixelPlanes.of(imageFormat, yuvMatrix, yuvRange, planes);
    return new MPImage(
        new ByteBufferContainer(ImageFormats.checked(width, height, pixels)), width, height);
  }

  private PixelPlane firstPlane(int pixelBytes) {
    return new PixelPlane(buffer, rowStride == 0 ? width * pixelBytes : rowStride, pixelBytes);
  }

  private PixelPlane[] yuvPlanes() {
    PixelPlane luma = firstPlane(1);
    long chroma = (long) luma.rowStride() * height;
    int rows = ImageFormats.half(height);
    if (ImageFormats.isPaired(imageFormat)) {
      int stride = Math.max(luma.rowStride(), 2 * ImageFormats.half(width));
      return new PixelPlane[] {luma, new PixelPlane(behind(chroma), stride, 2)};
    }
    int stride = ImageFormats.half(luma.rowStride());
    return new PixelPlane[] {
      luma,
      new PixelPlane(behind(chroma), stride, 1),
      new PixelPlane(behind(chroma + (long) stride * rows), stride, 1)
    };
  }

  /** Returns the buffer from a byte on; empty if it ends before that. */
  private ByteBuffer behind(long offset) {
    ByteBuffer rest = buffer.duplicate();
    rest.position(rest.position() + (int) Math.min(offset, rest.remaining()));
    return rest;
  }
}
