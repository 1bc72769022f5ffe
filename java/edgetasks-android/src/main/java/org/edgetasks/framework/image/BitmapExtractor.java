package org.edgetasks.framework.image;

import android.graphics.Bitmap;
import java.nio.ByteBuffer;

/** Gets an Android bitmap out of an {@link MPImage}. */
public final class BitmapExtractor {
  private BitmapExtractor() {}

  /**
   * Returns the picture as a bitmap.
   *
   * @param image any picture
   * @return the very bitmap that the picture was built from; a new one of {@link
   *     Bitmap.Config#ARGB_8888} if it was built from something else
   * @throws IllegalStateException if the picture is closed
   */
  public static Bitmap extract(MPImage image) {
    MPImageContainer container = image.container();
    if (container instanceof BitmapContainer) {
      return ((BitmapContainer) container).bitmap();
    }
    int width = image.getWidth();
    int height = image.getHeight();
    ByteBuffer pixels = container.pixels();
    int format = container.properties().getImageFormat();
    Bitmap bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        row[x] = nextColor(pixels, format);
      }
      bitmap.setPixels(row, 0, width, 0, y, width, 1);
    }
    return bitmap;
  }

  private static int nextColor(ByteBuffer pixels, int format) {
    int first = pixels.get() & 255;
    if (format == MPImage.IMAGE_FORMAT_ALPHA) {
      return 255 << 24 | first << 16 | first << 8 | first;
    }
    int rgb = first << 16 | (pixels.get() & 255) << 8 | pixels.get() & 255;
    int alpha = format == MPImage.IMAGE_FORMAT_RGBA ? pixels.get() & 255 : 255;
    return alpha << 24 | rgb;
  }
}
