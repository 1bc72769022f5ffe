package org.edgetasks.framework.image;

import java.nio.ByteBuffer;
import org.edgetasks.internal.Check;

/** Memory for converted pixels. */
final class PixelBuffers {
  private PixelBuffers() {}

  /** Returns a direct buffer for the pixels, which native code reads where it is. */
  static ByteBuffer allocate(int width, int height, int bytesPerPixel) {
    long bytes = (long) width * height * bytesPerPixel;
    Check.argument(
        bytes <= Integer.MAX_VALUE,
        "The picture is %d x %d pixels, too many for a buffer; scale it down",
        width,
        height);
    return ByteBuffer.allocateDirect((int) bytes);
  }
}
