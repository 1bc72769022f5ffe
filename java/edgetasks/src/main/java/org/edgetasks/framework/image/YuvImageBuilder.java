package org.edgetasks.framework.image;

import java.nio.ByteBuffer;
import org.edgetasks.internal.Check;

/**
 * Makes a picture of planes of luma, U and V with any strides, such as a camera's. Planes in one
 * buffer, and pairs of U and V, are views that overlap.
 *
 * <p>Tasks read direct buffers where they are; the bytes of heap buffers are copied for each call.
 *
 * <pre>{@code
 * // NV12 with rows of 704 bytes: U at every other byte, V behind each U.
 * MPImage image =
 *     new YuvImageBuilder(640, 480)
 *         .setLuma(luma, 704)
 *         .setChroma(chroma, afterFirst(chroma), 704, 2)
 *         .setYuvEncoding(YuvMatrix.BT709, YuvRange.VIDEO)
 *         .build();
 * }</pre>
 */
public final class YuvImageBuilder {
  private final int width;
  private final int height;
  private PixelPlane luma;
  private PixelPlane chromaU;
  private PixelPlane chromaV;
  private YuvMatrix yuvMatrix = YuvMatrix.BT601;
  private YuvRange yuvRange = YuvRange.FULL;

  /**
   * Takes the size.
   *
   * @param width in pixels, 1 to 2^20
   * @param height in pixels, 1 to 2^20
   */
  public YuvImageBuilder(int width, int height) {
    this.width = width;
    this.height = height;
  }

  /**
   * Sets the luma: a byte for each pixel. Must be set.
   *
   * @param buffer from its position on; not copied, and its position not moved
   * @param rowStride bytes from a row to the next, the width or more
   * @return this builder
   */
  public YuvImageBuilder setLuma(ByteBuffer buffer, int rowStride) {
    luma = new PixelPlane(Check.notNull(buffer, "luma buffer"), rowStride, 1);
    return this;
  }

  /**
   * Sets the chroma: a byte of U and one of V for each 2 x 2 pixels. Must be set.
   *
   * @param bufferU from its position on; not copied, and its position not moved
   * @param bufferV the same
   * @param rowStride bytes from a row to the next in both, at least what a row takes
   * @param pixelStride bytes from a sample to the next in both, 1 or more
   * @return this builder
   */
  public YuvImageBuilder setChroma(
      ByteBuffer bufferU, ByteBuffer bufferV, int rowStride, int pixelStride) {
    chromaU = new PixelPlane(Check.notNull(bufferU, "U buffer"), rowStride, pixelStride);
    chromaV = new PixelPlane(Check.notNull(bufferV, "V buffer"), rowStride, pixelStride);
    return this;
  }

  /**
   * Sets what the samples mean. Default {@link YuvMatrix#BT601} and {@link YuvRange#FULL}.
   *
   * @param yuvMatrix how colours are made
   * @param yuvRange what the samples span
   * @return this builder
   */
  public YuvImageBuilder setYuvEncoding(YuvMatrix yuvMatrix, YuvRange yuvRange) {
    this.yuvMatrix = Check.notNull(yuvMatrix, "YUV matrix");
    this.yuvRange = Check.notNull(yuvRange, "YUV range");
    return this;
  }

  /**
   * Builds the picture, of format {@link MPImage#IMAGE_FORMAT_YUV_420_888}.
   *
   * @return the picture
   * @throws IllegalStateException if a plane is not set
   * @throws IllegalArgumentException if the size is out of its range, or a plane too small for it
   */
  public MPImage build() {
    Check.state(luma != null && chromaU != null, "A plane is not set; call setLuma and setChroma");
    ImageFormats.checkSize(width, height);
    return new MPImage(
        new ByteBufferContainer(
            ImageFormats.checked(
                width,
                height,
                PixelPlanes.of(
                    MPImage.IMAGE_FORMAT_YUV_420_888,
                    yuvMatrix,
                    yuvRange,
                    luma,
                    chromaU,
                    chromaV))),
        width,
        height);
  }
}
