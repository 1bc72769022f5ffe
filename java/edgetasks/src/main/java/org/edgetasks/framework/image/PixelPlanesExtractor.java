package org.edgetasks.framework.image;

/** Gets the pixels of an {@link MPImage} where they are. */
public final class PixelPlanesExtractor {
  private PixelPlanesExtractor() {}

  /**
   * Returns the planes of the picture: views of what it was built from, but a copy of a bitmap's
   * pixels.
   *
   * @param image any picture
   * @return the planes, to be closed
   * @throws IllegalStateException if the picture is closed
   */
  public static PixelPlanes extract(MPImage image) {
    return image.readPlanes();
  }
}
