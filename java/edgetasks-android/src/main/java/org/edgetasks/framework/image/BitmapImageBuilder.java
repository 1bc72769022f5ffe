package org.edgetasks.framework.image;

import android.content.Context;
import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.net.Uri;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import org.edgetasks.internal.Check;

/**
 * Makes a picture of an Android bitmap of any configuration.
 *
 * <p>The pixels are read each time a task looks at the picture: the bitmap must stay unchanged
 * until the task's call returns. A bitmap of {@link Bitmap.Config#ALPHA_8} is a gray picture, all
 * others are RGBA ones with colours that are not multiplied by their alpha; tasks ignore the alpha.
 *
 * <p>{@link MPImage#close} recycles the bitmap. A bitmap that is used further needs no such call:
 * the garbage collector takes care of the picture.
 *
 * <pre>{@code
 * ImageClassifierResult result = classifier.classify(new BitmapImageBuilder(bitmap).build());
 * }</pre>
 */
public final class BitmapImageBuilder {
  private final Bitmap bitmap;

  /**
   * Takes the bitmap.
   *
   * @param bitmap of any configuration, each side at most 2^20 pixels
   */
  public BitmapImageBuilder(Bitmap bitmap) {
    this.bitmap = Check.notNull(bitmap, "bitmap");
  }

  /**
   * Decodes the picture that {@code uri} names. It is not turned upright by its EXIF orientation:
   * give that to {@code ImageProcessingOptions.Builder.setRotationDegrees}.
   *
   * @param context any context of the application
   * @param uri what the context's content resolver can open: content, android.resource or file
   * @throws IOException if it cannot be opened or is no picture that Android decodes
   */
  public BitmapImageBuilder(Context context, Uri uri) throws IOException {
    this(decode(Check.notNull(context, "context"), Check.notNull(uri, "uri")));
  }

  private static Bitmap decode(Context context, Uri uri) throws IOException {
    try (InputStream in = context.getContentResolver().openInputStream(uri)) {
      if (in == null) {
        throw new FileNotFoundException("Nothing provides " + uri);
      }
      Bitmap bitmap = BitmapFactory.decodeStream(in);
      if (bitmap == null) {
        throw new IOException(uri + " is no picture that Android decodes");
      }
      return bitmap;
    }
  }

  /**
   * Builds the picture.
   *
   * @return the picture
   * @throws IllegalArgumentException if the bitmap is recycled or too large
   */
  public MPImage build() {
    Check.argument(!bitmap.isRecycled(), "The bitmap is recycled; its pixels are gone");
    ImageFormats.checkSize(bitmap.getWidth(), bitmap.getHeight());
    return new MPImage(new BitmapContainer(bitmap), bitmap.getWidth(), bitmap.getHeight());
  }
}
