package org.edgetasks.framework.image;

import java.nio.ByteBuffer;

/** Pictures that no builder makes. */
public final class UncheckedImages {
  private UncheckedImages() {}

  /** One whose buffer holds less than its size says. */
  public static MPImage tooFewBytes() {
    return new MPImage(
        new ByteBufferContainer(
            PixelPlanes.packed(MPImage.IMAGE_FORMAT_RGB, ByteBuffer.allocateDirect(11), 2)),
        2,
        2);
  }
}
