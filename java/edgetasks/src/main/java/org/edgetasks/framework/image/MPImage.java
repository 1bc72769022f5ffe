package org.edgetasks.framework.image;

import java.io.Closeable;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
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

  /** Y plane, then interleaved U and V. Not taken by tasks. */
  public static final int IMAGE_FORMAT_NV12 = 3;

  /** Y plane, then interleaved V and U. Not taken by tasks. */
  public static final int IMAGE_FORMAT_NV21 = 4;

  /** Y, V and U planes. Not taken by tasks. */
  public static final int IMAGE_FORMAT_YV12 = 5;

  /** Y, U and V planes. Not taken by tasks. */
  public static final int IMAGE_FORMAT_YV21 = 6;

  /** Android's flexible YUV. Not taken by tasks. */
  public static final int IMAGE_FORMAT_YUV_420_888 = 7;

  /** 1 byte a pixel: how bright it is. */
  public static final int IMAGE_FORMAT_ALPHA = 8;

  /** A compressed picture. Not taken by tasks: decode it first. */
  public static final int IMAGE_FORMAT_JPEG = 9;

  /** One float a pixel. Not taken by tasks. */
  public static final int IMAGE_FORMAT_VEC32F1 = 10;

  /** Two floats a pixel. Not taken by tasks. */
  public static final int IMAGE_FORMAT_VEC32F2 = 11;

  /** The pixels are in an Android bitmap. */
  public static final int STORAGE_TYPE_BITMAP = 1;

  /** The pixels are in a byte buffer. */
  public static final int STORAGE_TYPE_BYTEBUFFER = 2;

  /** The pixels are in an Android media image. */
  public static final int STORAGE_TYPE_MEDIA_IMAGE = 3;

  /** The pixels are in a camera's image. Never the case in EdgeTasks. */
  public static final int STORAGE_TYPE_IMAGE_PROXY = 4;

  private final AtomicReference<MPImageContainer> container;
  private final MPImageProperties properties;
  private final int width;
  private final int height;

  MPImage(MPImageContainer container, int width, int height) {
    this.container = new AtomicReference<>(container);
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
   * Gives up the pixels, and what the picture was built from where its builder says so. Nothing
   * happens the second time. Tasks keep what they need: a picture given to a live stream may be
   * closed when the call returns.
   */
  @Override
  public void close() {
    MPImageContainer held = container.getAndSet(null);
    if (held != null) {
      held.close();
    }
  }

  MPImageContainer container() {
    MPImageContainer held = container.get();
    Check.state(held != null, "The image is closed; use it before close()");
    return held;
  }
}
