package org.edgetasks.framework.image;

/** What is known of the IMAGE_FORMAT constants. */
final class ImageFormats {
  /** Larger pictures are refused by the tasks. */
  private static final int MAX_SIDE = 1 << 20;

  private ImageFormats() {}

  /** Returns the bytes of a pixel; 0 for formats that are not a plain sequence of pixels. */
  static int bytesPerPixel(int format) {
    switch (format) {
      case MPImage.IMAGE_FORMAT_RGBA:
        return 4;
      case MPImage.IMAGE_FORMAT_RGB:
        return 3;
      case MPImage.IMAGE_FORMAT_ALPHA:
        return 1;
      default:
        return 0;
    }
  }

  /** Throws IllegalArgumentException unless each side is 1 to 2^20 pixels. */
  static void checkSize(int width, int height) {
    if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
      throw new IllegalArgumentException(
          "The picture is "
              + width
              + " x "
              + height
              + " pixels; each side must be 1 to "
              + MAX_SIDE);
    }
  }
}
