package org.edgetasks.framework.image;

import java.nio.ByteBuffer;
import org.edgetasks.internal.Check;

/**
 * Samples in a buffer: the one at (x, y) begins at byte {@code y * rowStride + x * pixelStride}.
 * Immutable; thread safe.
 */
public final class PixelPlane {
  private final ByteBuffer buffer;
  private final int rowStride;
  private final int pixelStride;

  /** Takes what lies between the buffer's position and its limit. */
  PixelPlane(ByteBuffer buffer, int rowStride, int pixelStride) {
    this.buffer = buffer.slice();
    this.rowStride = rowStride;
    this.pixelStride = pixelStride;
  }

  /** {@return a read-only view of the bytes, from position 0} */
  public ByteBuffer buffer() {
    return buffer.asReadOnlyBuffer();
  }

  /** {@return the bytes from a row to the next} */
  public int rowStride() {
    return rowStride;
  }

  /** {@return the bytes from a sample to the next in its row} */
  public int pixelStride() {
    return pixelStride;
  }

  /**
   * Throws IllegalArgumentException unless the buffer holds width x height samples of {@code
   * sampleBytes} each.
   */
  void check(String name, int width, int height, int sampleBytes) {
    long row = (width - 1L) * pixelStride + sampleBytes;
    Check.argument(
        pixelStride >= sampleBytes && rowStride >= row,
        "The %s has row stride %d and pixel stride %d; %d samples of %d bytes need %d and %d",
        name,
        rowStride,
        pixelStride,
        width,
        sampleBytes,
        row,
        sampleBytes);
    long expected = (height - 1L) * rowStride + row;
    Check.argument(
        buffer.remaining() >= expected,
        "The %s holds %d bytes; %d x %d samples with these strides need %d",
        name,
        buffer.remaining(),
        width,
        height,
        expected);
  }

  PixelPlane copy() {
    ByteBuffer copy = ByteBuffer.allocateDirect(buffer.remaining());
    copy.put(buffer.duplicate()).flip();
    return new PixelPlane(copy, rowStride, pixelStride);
  }
}
