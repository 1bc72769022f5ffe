package org.edgetasks.framework.image;

import android.media.Image;
import org.edgetasks.internal.Check;

/** Gets the Android media image out of an {@link MPImage}. */
public final class MediaImageExtractor {
  private MediaImageExtractor() {}

  /**
   * Returns what the picture was built from.
   *
   * @param image a picture built by {@link MediaImageBuilder}
   * @return the very media image
   * @throws IllegalArgumentException if the picture was built from something else
   * @throws IllegalStateException if the picture is closed
   */
  public static Image extract(MPImage image) {
    MPImageContainer container = image.container();
    Check.argument(
        container instanceof MediaImageContainer,
        "The picture was not built from a media image; use BitmapExtractor or ByteBufferExtractor");
    return ((MediaImageContainer) container).image();
  }
}
