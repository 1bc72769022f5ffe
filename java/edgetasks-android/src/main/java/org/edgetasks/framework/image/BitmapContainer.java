package org.edgetasks.framework.image;

import android.graphics.Bitmap;
import java.nio.ByteBuffer;
import org.edgetasks.internal.Check;

/** Pixels in an Android bitmap. */
final class BitmapContainer implements MPImageContainer {
  private final Bitmap bitmap;
  private final MPImageProperties properties;

  BitmapContainer(Bitmap bitmap) {
    this.bitmap = bitmap;
    boolean gray = bitmap.getConfig() == Bitmap.Config.ALPHA_8;
    properties =
        new MPImageProperties(
            MPImage.STORAGE_TYPE_BITMAP,
            gray ? MPImage.IMAGE_FORMAT_ALPHA : MPImage.IMAGE_FORMAT_RGBA);
  }

  Bitmap bitmap() {
    return bitmap;
  }

  @Override
  public MPImageProperties properties() {
    return properties;
  }

  /**
   * Copies the pixels with getPixels, whose colours have a defined order: the order of
   * copyPixelsToBuffer is that of the bitmap's configuration and of the platform.
   */
  @Override
  public PixelPlanes planes() {
    Check.state(!bitmap.isRecycled(), "The bitmap is recycled; its pixels are gone");
    boolean gray = properties.getImageFormat() == MPImage.IMAGE_FORMAT_ALPHA;
    int width = bitmap.getWidth();
    int height = bitmap.getHeight();
    ByteBuffer pixels = PixelBuffers.allocate(width, height, gray ? 1 : 4);
    Bitmap readable = readable();
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      readable.getPixels(row, 0, width, 0, y, width, 1);
      if (gray) {
        putAlpha(pixels, row);
      } else {
        putRgba(pixels, row);
      }
    }
    pixels.flip();
    if (readable != bitmap) {
      readable.recycle();
    }
    return PixelPlanes.packed(properties.getImageFormat(), pixels, width);
  }

  /** Returns a copy of a bitmap in the graphics processor's memory, which has no getPixels. */
  private Bitmap readable() {
    // By its name: the constant is newer than Android 24.
    Bitmap.Config config = bitmap.getConfig();
    if (config == null || !config.name().equals("HARDWARE")) {
      return bitmap;
    }
    Bitmap copy = bitmap.copy(Bitmap.Config.ARGB_8888, false);
    Check.state(copy != null, "There is no memory to copy the hardware bitmap; scale it down");
    return copy;
  }

  private static void putAlpha(ByteBuffer pixels, int[] row) {
    for (int argb : row) {
      pixels.put((byte) (argb >>> 24));
    }
  }

  private static void putRgba(ByteBuffer pixels, int[] row) {
    for (int argb : row) {
      // Big-endian bytes of RGBA.
      pixels.putInt(argb << 8 | argb >>> 24);
    }
  }

  @Override
  public void close() {
    bitmap.recycle();
  }
}
