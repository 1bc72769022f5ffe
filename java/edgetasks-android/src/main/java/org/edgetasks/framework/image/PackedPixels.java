package org.edgetasks.framework.image;

import android.media.Image;
import java.nio.ByteBuffer;

/** Media images with one plane of whole pixels. */
final class PackedPixels {
  private static final int PIXEL_BYTES = 4;

  private PackedPixels() {}

  /** Copies an RGBA_8888 image, leaving out what stands between its rows. */
  static ByteBuffer toRgba(Image image) {
    Image.Plane plane = image.getPlanes()[0];
    int rowBytes = image.getWidth() * PIXEL_BYTES;
    ByteBuffer from = plane.getBuffer().duplicate();
    int start = from.position();
    ByteBuffer pixels = PixelBuffers.allocate(image.getWidth(), image.getHeight(), PIXEL_BYTES);
    for (int y = 0; y < image.getHeight(); y++) {
      int row = start + y * plane.getRowStride();
      from.limit(row + rowBytes).position(row);
      pixels.put(from);
    }
    pixels.flip();
    return pixels;
  }
}
