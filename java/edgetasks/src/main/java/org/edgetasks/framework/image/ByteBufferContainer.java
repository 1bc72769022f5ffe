package org.edgetasks.framework.image;

import java.nio.ByteBuffer;

/** Pixels in a buffer. */
final class ByteBufferContainer implements MPImageContainer {
  private final ByteBuffer pixels;
  private final MPImageProperties properties;

  ByteBufferContainer(ByteBuffer pixels, int imageFormat) {
    this.pixels = pixels;
    properties = new MPImageProperties(MPImage.STORAGE_TYPE_BYTEBUFFER, imageFormat);
  }

  @Override
  public MPImageProperties properties() {
    return properties;
  }

  @Override
  public ByteBuffer pixels() {
    return pixels.duplicate();
  }

  @Override
  public void close() {
    // The buffer belongs to the caller.
  }
}
