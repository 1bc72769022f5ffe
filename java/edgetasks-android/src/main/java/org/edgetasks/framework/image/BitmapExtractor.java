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
   * @throws UnsupportedOperationException for a picture of floats
   */
  public static Bitmap extract(MPImage image) {
    MPImageContainer container = image.container();
    if (container instanceof BitmapContainer) {
      return ((BitmapContainer) container).bitmap();
    }
    int width = image.getWidth();
    int height = image.getHeight();
    boolean gray = container.properties().getImageFormat() == MPImage.IMAGE_FORMAT_ALPHA;
    ByteBuffer pixels =
        gray
            ? ByteBufferExtractor.extract(image)
            : ByteBufferExtractor.extract(image, MPImage.IMAGE_FORMAT_RGBA);
    Bitmap bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888);
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        row[x] = gray ? (pixels.get() & 255) * 0x010101 | 255 << 24 : argb(pixels.getInt());
      }
      bitmap.setPixels(row, 0, width, 0, y, width, 1);
    }
    return bitmap;
  }

  private static int argb(int rgba) {
    return rgba >>> 8 | rgba << 24;
  }
}
