package org.edgetasks.framework.image;

import java.io.Closeable;
import java.util.Collections;
import java.util.List;
import org.edgetasks.internal.Check;

/**
 * A picture in the caller's memory. Builders such as {@link ByteBufferImageBuilder} make it; tasks
 * and {@link ByteBufferExtractor} read it.
 *
 * <p>The picture does not copy the pixels it was built from, where its builder does not say
 * otherwise: they must stay unchanged while a task looks at them.
 *
 * <p>Thread safe.
 */
public final class MPImage implements Closeable {
  /** The format is not known. */
  public static final int IMAGE_FORMAT_UNKNOWN = 0;

  /** 4 bytes a pixel: red, green, blue, alpha. */
  public static final int IMAGE_FORMAT_RGBA = 1;

  /** 3 bytes a pixel: red, green, blue. */
  public static final int IMAGE_FORMAT_RGB = 2;

  /** A plane of Y, then one of pairs U, V. */
  public static final int IMAGE_FORMAT_NV12 = 3;

  /** A plane of Y, then one of pairs V, U. */
  public static final int IMAGE_FORMAT_NV21 = 4;

  /** Planes of Y, V and U. */
  public static final int IMAGE_FORMAT_YV12 = 5;

  /** Planes of Y, U and V: also called I420. */
  public static final int IMAGE_FORMAT_YV21 = 6;

  /** Android's flexible YUV: planes of Y, U and V with any strides. See {@link YuvImageBuilder}. */
  public static final int IMAGE_FORMAT_YUV_420_888 = 7;

  /** 1 byte a pixel: how bright it is. */
  public static final int IMAGE_FORMAT_ALPHA = 8;

  /** A compressed picture. Not taken by tasks: decode it first. */
  public static final int IMAGE_FORMAT_JPEG = 9;

  /** One float a pixel. Not taken by tasks. */
  public static final int IMAGE_FORMAT_VEC32F1 = 10;

  /** Two floats a pixel. Not taken by tasks. */
  public static final int IMAGE_FORMAT_VEC32F2 = 11;

  /** 4 bytes a pixel: blue, green, red, alpha. Not in MediaPipe. */
  public static final int IMAGE_FORMAT_BGRA = 100;

  /** 3 floats a pixel, of the machine's byte order, 0 to 1: red, green, blue. Not in MediaPipe. */
  public static final int IMAGE_FORMAT_RGB_FLOAT = 101;

  /** The pixels are in an Android bitmap. */
  public static final int STORAGE_TYPE_BITMAP = 1;

  /** The pixels are in a byte buffer. */
  public static final int STORAGE_TYPE_BYTEBUFFER = 2;

  /** The pixels are in an Android media image. */
  public static final int STORAGE_TYPE_MEDIA_IMAGE = 3;

  /** The pixels are in a camera's image. Never the case in EdgeTasks. */
  public static final int STORAGE_TYPE_IMAGE_PROXY = 4;

  private final MPImageContainer container;
  private final MPImageProperties properties;
  private final int width;
  private final int height;
  private final Object lock = new Object();
  // Guarded by lock.
  private int readers;
  private boolean closed;

  MPImage(MPImageContainer container, int width, int height) {
    this.container = container;
    properties = container.properties();
    this.width = width;
    this.height = height;
  }

  /** {@return where the pixels are, and in which format: one entry} */
  public List<MPImageProperties> getContainedImageProperties() {
    return Collections.singletonList(properties);
  }

  /** {@return the width in pixels} */
  public int getWidth() {
    return width;
  }

  /** {@return the height in pixels} */
  public int getHeight() {
    return height;
  }

  /**
   * Gives up the pixels, and what the picture was built from where its builder says so; while a
   * task's call reads them, when that returns. Nothing happens the second time. Tasks keep what
   * they need: a picture given to a live stream may be closed when the call returns.
   */
  @Override
  public void close() {
    boolean last;
    synchronized (lock) {
      last = !closed && readers == 0;
      closed = true;
    }
    if (last) {
      container.close();
    }
  }

  MPImageContainer container() {
    synchronized (lock) {
      Check.state(!closed, "The image is closed; use it before close()");
    }
    return container;
  }

  /** Returns the planes, and keeps what they are in until they are closed. */
  PixelPlanes readPlanes() {
    synchronized (lock) {
      Check.state(!closed, "The image is closed; use it before close()");
      readers++;
    }
    try {
      return container.planes().whenClosed(this::endReading);
    } catch (RuntimeException | Error e) {
      endReading();
      throw e;
    }
  }

  private void endReading() {
    boolean last;
    synchronized (lock) {
      readers--;
      last = closed && readers == 0;
    }
    if (last) {
      container.close();
    }
  }
}
