package org.edgetasks.framework.image;

import android.graphics.ImageFormat;
import android.graphics.PixelFormat;
import android.media.Image;
import org.edgetasks.internal.Check;

/**
 * Makes a picture of an Android media image, such as a camera's ImageReader gives.
 *
 * <p>Formats: {@link PixelFormat#RGBA_8888} is an RGBA picture; {@link ImageFormat#YUV_420_888} is
 * an RGB one, converted each time a task looks at it: full range (0 to 255), the coefficients of
 * ITU-R BT.601, each 2 x 2 pixels of one colour as the image has it. Both is what cameras deliver,
 * with the JFIF data space.
 *
 * <p>The crop rectangle is not looked at; give a region of interest to the task. {@link
 * MPImage#close} closes the media image.
 *
 * <pre>{@code
 * try (MPImage image = new MediaImageBuilder(reader.acquireLatestImage()).build()) {
 *   classifier.classifyAsync(image, timestampMs);
 * }
 * }</pre>
 */
public final class MediaImageBuilder {
  private final Image mediaImage;

  /**
   * Takes the image.
   *
   * @param mediaImage an open image of a format above, each side at most 2^20 pixels
   */
  public MediaImageBuilder(Image mediaImage) {
    this.mediaImage = Check.notNull(mediaImage, "media image");
  }

  /**
   * Builds the picture.
   *
   * @return the picture
   * @throws IllegalArgumentException if the image is too large
   * @throws IllegalStateException if the image is closed
   * @throws UnsupportedOperationException for other formats; the message says what to do
   */
  public MPImage build() {
    ImageFormats.checkSize(mediaImage.getWidth(), mediaImage.getHeight());
    return new MPImage(toContainer(), mediaImage.getWidth(), mediaImage.getHeight());
  }

  private MPImageContainer toContainer() {
    int format = mediaImage.getFormat();
    switch (format) {
      case PixelFormat.RGBA_8888:
        return new MediaImageContainer(mediaImage, MPImage.IMAGE_FORMAT_RGBA, PackedPixels::toRgba);
      case ImageFormat.YUV_420_888:
        return new MediaImageContainer(mediaImage, MPImage.IMAGE_FORMAT_RGB, YuvPixels::toRgb);
      case ImageFormat.JPEG:
        throw new UnsupportedOperationException(
            "The media image is a JPEG file in memory; decode its plane with"
                + " BitmapFactory.decodeByteArray and use BitmapImageBuilder");
      default:
        throw new UnsupportedOperationException(
            "The media image has format "
                + format
                + "; give the ImageReader ImageFormat.YUV_420_888 or PixelFormat.RGBA_8888");
    }
  }
}
