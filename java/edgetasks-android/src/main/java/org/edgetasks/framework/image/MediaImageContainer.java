package org.edgetasks.framework.image;

import android.media.Image;

/** Pixels in an Android media image. */
final class MediaImageContainer implements MPImageContainer {
  private final Image image;
  private final PixelPlanes planes;

  /** The planes are views of the image's. */
  MediaImageContainer(Image image, PixelPlanes planes) {
    this.image = image;
    this.planes = planes.asBorrowed();
  }

  Image image() {
    return image;
  }

  @Override
  public MPImageProperties properties() {
    return new MPImageProperties(MPImage.STORAGE_TYPE_MEDIA_IMAGE, planes.imageFormat());
  }

  @Override
  public PixelPlanes planes() {
    image.getWidth(); // Throws if somebody closed the image: its buffers are gone then.
    return planes;
  }

  @Override
  public void close() {
    image.close();
  }
}
