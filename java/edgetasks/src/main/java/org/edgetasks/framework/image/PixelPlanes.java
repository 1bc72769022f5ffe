package org.edgetasks.framework.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The pixels of a picture where its builder found them, with strides. {@link PixelPlanesExtractor}
 * gets them.
 *
 * <p>As long as this is open, closing the picture has its effect only when this is closed too.
 */
public final class PixelPlanes implements AutoCloseable {
  private final int imageFormat;
  private final List<PixelPlane> planes;
  private final YuvMatrix yuvMatrix;
  private final YuvRange yuvRange;

  /** Whether the bytes may be gone once the picture is closed. */
  private final boolean borrowed;

  /** Told that nobody reads any more; null: nobody wants to know. */
  private final Runnable whenClosed;

  private boolean closed;

  private PixelPlanes(
      int imageFormat,
      List<PixelPlane> planes,
      YuvMatrix yuvMatrix,
      YuvRange yuvRange,
      boolean borrowed,
      Runnable whenClosed) {
    this.imageFormat = imageFormat;
    this.planes = Collections.unmodifiableList(planes);
    this.yuvMatrix = yuvMatrix;
    this.yuvRange = yuvRange;
    this.borrowed = borrowed;
    this.whenClosed = whenClosed;
  }

  /** Planes whose bytes stay readable as long as somebody refers to them. */
  static PixelPlanes of(
      int imageFormat, YuvMatrix yuvMatrix, YuvRange yuvRange, PixelPlane... planes) {
    return new PixelPlanes(imageFormat, Arrays.asList(planes), yuvMatrix, yuvRange, false, null);
  }

  /** Pixels of one plane without gaps between rows. */
  static PixelPlanes packed(int imageFormat, ByteBuffer pixels, int width) {
    int pixelBytes = ImageFormats.bytesPerPixel(imageFormat);
    PixelPlane plane = new PixelPlane(pixels, width * pixelBytes, pixelBytes);
    return of(imageFormat, YuvMatrix.BT601, YuvRange.FULL, plane);
  }

  /** The same planes as one whose bytes may be gone once the picture is closed. */
  PixelPlanes asBorrowed() {
    return new PixelPlanes(imageFormat, planes, yuvMatrix, yuvRange, true, null);
  }

  boolean isBorrowed() {
    return borrowed;
  }

  PixelPlanes whenClosed(Runnable action) {
    return new PixelPlanes(imageFormat, planes, yuvMatrix, yuvRange, borrowed, action);
  }

  /** {@return one of the IMAGE_FORMAT constants of {@link MPImage}} */
  public int imageFormat() {
    return imageFormat;
  }

  /**
   * Returns the planes.
   *
   * @return one; of NV12 and NV21 luma and pairs of chroma; of YV21 and YUV_420_888 luma, U and V;
   *     of YV12 luma, V and U. Chroma has half the width and height, rounded up
   */
  public List<PixelPlane> planes() {
    return planes;
  }

  /** {@return how the colours of a YUV picture are made} */
  public YuvMatrix yuvMatrix() {
    return yuvMatrix;
  }

  /** {@return what the samples of a YUV picture span} */
  public YuvRange yuvRange() {
    return yuvRange;
  }

  /**
   * Closes this, and returns planes that stay readable when the picture is closed: copies only of
   * what the platform takes back then, such as a camera's buffers.
   *
   * @return planes that need not be closed
   */
  public PixelPlanes detach() {
    List<PixelPlane> kept = planes;
    if (borrowed) {
      kept = new ArrayList<>(planes.size());
      for (PixelPlane plane : planes) {
        kept.add(plane.copy());
      }
    }
    close();
    return new PixelPlanes(imageFormat, kept, yuvMatrix, yuvRange, false, null);
  }

  /** Lets the picture go. Nothing happens the second time. */
  @Override
  public synchronized void close() {
    if (!closed && whenClosed != null) {
      whenClosed.run();
    }
    closed = true;
  }
}
