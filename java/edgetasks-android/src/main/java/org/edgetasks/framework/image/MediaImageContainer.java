package org.edgetasks.framework.image;

import android.media.Image;
import java.nio.ByteBuffer;

/** Pixels in an Android media image. */
final class MediaImageContainer implements MPImageContainer {
  /** Copies pixels out of an image's planes. */
  interface Reader {
    /** Returns them row by row without gaps, in a direct buffer. */
    ByteBuffer read(Image image);
  }

  private final Image image;
  private final MPImageProperties properties;
  private final Reader reader;

  /** The format is that of what the reader returns. */
  MediaImageContainer(Image image, int imageFormat, Reader reader) {
    this.image = image;
    this.reader = reader;
    properties = new MPImageProperties(MPImage.STORAGE_TYPE_MEDIA_IMAGE, imageFormat);
  }

  Image image() {
    return image;
  }

  @Override
  public MPImageProperties properties() {
    return properties;
  }

  @Override
  public ByteBuffer pixels() {
    return reader.read(image);
  }

  @Override
  public void close() {
    image.close();
  }
}
