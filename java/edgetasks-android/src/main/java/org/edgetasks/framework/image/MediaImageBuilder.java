package org.edgetasks.framework.image;

import android.graphics.ImageFormat;
import android.graphics.PixelFormat;
import android.media.Image;
import org.edgetasks.internal.Check;

/**
 * Makes a picture of an Android media image, such as a camera's ImageReader gives.
 *
 * <p>Formats: {@link PixelFormat#RGBA_8888} is an RGBA picture, {@link ImageFormat#YUV_420_888} a
 * YUV one with the planes and strides that the image has. Tasks read them where they are: nothing
 * of the picture's size is converted or copied, but for {@code classifyAsync}, which copies the
 * planes.
 *
 * <p>The crop rectangle is not looked at; give a region of interest to the task. {@link
 * MPImage#close} closes the media image, which must stay open until a task's call returns.
 *
 * <pre>{@code
 * try (MPImage image = new MediaImageBuilder(reader.acquireLatestImage()).build()) {
 *   classifier.classifyAsync(image, timestampMs);
 * }
 * }</pre>
 */
public final class MediaImageBuilder {
  private static final int RGBA_BYTES = 4;

  private final Image mediaImage;
  private YuvMatrix yuvMatrix = YuvMatrix.BT601;
  private YuvRange yuvRange = YuvRange.FULL;

  /**
   * Takes the image.
   *
   * @param mediaImage an open image of a format above, each side at most 2^20 pixels
   */
  public MediaImageBuilder(Image mediaImage) {
    this.mediaImage = Check.notNull(mediaImage, "media image");
  }

  /**
   * Sets what the samples of YUV mean. Default {@link YuvMatrix#BT601} and {@link YuvRange#FULL}:
   * the JFIF data space, in which cameras deliver.
   *
   * @param yuvMatrix how colours are made
   * @param yuvRange what the samples span
   * @return this builder
   */
  public MediaImageBuilder setYuvEncoding(YuvMatrix yuvMatrix, YuvRange yuvRange) {
    this.yuvMatrix = Check.notNull(yuvMatrix, "YUV matrix");
    this.yuvRange = Check.notNull(yuvRange, "YUV range");
    return this;
  }

  /**
   * Builds the picture.
   *
   * @return the picture
   * @throws IllegalArgumentException if the image is too large, or a plane too small for it
   * @throws IllegalStateException if the image is closed
   * @throws UnsupportedOperationException for other formats; the message says what to do
   */
  public MPImage build() {
    int width = mediaImage.getWidth();
    int height = mediaImage.getHeight();
    ImageFormats.checkSize(width, height);
    PixelPlanes planes = ImageFormats.checked(width, height, planes());
    return new MPImage(new MediaImageContainer(mediaImage, planes), width, height);
  }

  private PixelPlanes planes() {
    int format = mediaImage.getFormat();
    switch (format) {
      case PixelFormat.RGBA_8888:
        return planesOf(MPImage.IMAGE_FORMAT_RGBA, RGBA_BYTES);
      case ImageFormat.YUV_420_888:
        return planesOf(MPImage.IMAGE_FORMAT_YUV_420_888, 1);
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

  /** The first plane of these formats has no gaps in its rows, whatever it says. */
  private PixelPlanes planesOf(int imageFormat, int firstPixelStride) {
    Image.Plane[] planes = mediaImage.getPlanes();
    PixelPlane[] all = new PixelPlane[planes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] =
          new PixelPlane(
              planes[i].getBuffer(),
              planes[i].getRowStride(),
              i == 0 ? firstPixelStride : planes[i].getPixelStride());
    }
    return PixelPlanes.of(imageFormat, yuvMatrix, yuvRange, all);
  }
}
