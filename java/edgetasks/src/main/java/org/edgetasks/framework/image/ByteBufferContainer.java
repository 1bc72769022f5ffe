package org.edgetasks.framework.image;

/** Pixels in buffers. */
final class ByteBufferContainer implements MPImageContainer {
  private final PixelPlanes planes;
  private final MPImageProperties properties;

  ByteBufferContainer(PixelPlanes planes) {
    this.planes = planes;
    properties = new MPImageProperties(MPImage.STORAGE_TYPE_BYTEBUFFER, planes.imageFormat());
  }

  @Override
  public MPImageProperties properties() {
    return properties;
  }

  @Override
  public PixelPlanes planes() {
    return planes;
  }

  @Override
  public void close() {
    // The buffers belong to the caller.
  }
}
