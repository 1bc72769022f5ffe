package org.edgetasks.testing;

import android.graphics.ImageFormat;
import android.graphics.PixelFormat;
import android.media.Image;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.IntBinaryOperator;

/**
 * A media image of which a test says everything, with planes as cameras have them: rows and samples
 * further apart than they need be, noise between them, and nothing after the last sample.
 */
public final class FakeImage extends Image {
  private final int format;
  private final int width;
  private final int height;
  private final Plane[] planes;
  private boolean closed;

  private FakeImage(int format, int width, int height, Plane... planes) {
    this.format = format;
    this.width = width;
    this.height = height;
    this.planes = planes;
  }

  /** An image that has no pixels. */
  public static FakeImage ofFormat(int format) {
    return new FakeImage(format, 2, 2);
  }

  /** An RGBA image of {@code argb} at (x, y), with {@code gap} bytes between rows. */
  public static FakeImage rgba(int width, int height, int gap, IntBinaryOperator argb) {
    IntBinaryOperator bytes =
        (i, y) -> {
          int color = argb.applyAsInt(i / 4, y);
          return i % 4 == 3 ? color >>> 24 : color >> (16 - 8 * (i % 4));
        };
    return new FakeImage(
        PixelFormat.RGBA_8888, width, height, new FakePlane(4 * width, height, gap, 4, 1, bytes));
  }

  /** A YUV image of samples at (x, y); those of colour are {@code chromaStride} bytes apart. */
  public static FakeImage yuv(
      int width,
      int height,
      int gap,
      int chromaStride,
      IntBinaryOperator luma,
      IntBinaryOperator u,
      IntBinaryOperator v) {
    int w = (width + 1) / 2;
    int h = (height + 1) / 2;
    return new FakeImage(
        ImageFormat.YUV_420_888,
        width,
        height,
        new FakePlane(width, height, gap, 1, 1, luma),
        new FakePlane(w, h, gap, chromaStride, chromaStride, u),
        new FakePlane(w, h, gap, chromaStride, chromaStride, v));
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public int getFormat() {
    checkOpen();
    return format;
  }

  @Override
  public int getWidth() {
    checkOpen();
    return width;
  }

  @Override
  public int getHeight() {
    checkOpen();
    return height;
  }

  @Override
  public long getTimestamp() {
    return 0;
  }

  /** Not in the API: Android keeps it to itself, but the class on the JVM is abstract without. */
  @Override
  public int getTransform() {
    return 0;
  }

  /** The same. */
  @Override
  public int getScalingMode() {
    return 0;
  }

  @Override
  public Plane[] getPlanes() {
    checkOpen();
    return planes;
  }

  @Override
  public void close() {
    closed = true;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("Image is already closed");
    }
  }

  private static final class FakePlane extends Plane {
    /** A plane that does not begin at its buffer's first byte. */
    private static final int START = 3;

    private final ByteBuffer buffer;
    private final int rowStride;
    private final int pixelStride;

    FakePlane(
        int width, int height, int gap, int pixelStride, int step, IntBinaryOperator samples) {
      this.pixelStride = pixelStride;
      rowStride = width * step + gap;
      byte[] bytes = new byte[START + rowStride * (height - 1) + (width - 1) * step + 1];
      new Random(7).nextBytes(bytes);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          bytes[START + y * rowStride + x * step] = (byte) samples.applyAsInt(x, y);
        }
      }
      buffer = ByteBuffer.allocateDirect(bytes.length);
      buffer.put(bytes).position(START);
    }

    @Override
    public int getRowStride() {
      return rowStride;
    }

    @Override
    public int getPixelStride() {
      return pixelStride;
    }

    @Override
    public ByteBuffer getBuffer() {
      return buffer;
    }
  }
}
