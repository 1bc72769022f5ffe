package org.edgetasks.framework.image;

import java.nio.ByteBuffer;
import org.edgetasks.internal.Check;

/** Memory for pixels. */
final class PixelBuffers {
  private PixelBuffers() {}

  /** Returns a direct buffer for the pixels, which native code reads where it is. */
  static ByteBuffer allocate(int width, int height, int bytesPerPixel) {
    return allocate((long) width * height * bytesPerPixel);
  }

  /** Returns a direct buffer of so many bytes. */
  static ByteBuffer allocate(long bytes) {
    Check.argument(
        bytes <= Integer.MAX_VALUE,
        "The picture takes %d bytes, more than a buffer holds; scale it down",
        bytes);
    return ByteBuffer.allocateDirect((int) bytes);
  }
}
