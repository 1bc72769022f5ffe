package org.edgetasks.framework.image;

import java.util.List;

/** What is known of the IMAGE_FORMAT constants. */
final class ImageFormats {
  /** Larger pictures are refused by the tasks. */
  private static final int MAX_SIDE = 1 << 20;

  private ImageFormats() {}

  /** Returns the bytes of a pixel; 0 for formats that are not a plain sequence of pixels. */
  static int bytesPerPixel(int format) {
    switch (format) {
      case MPImage.IMAGE_FORMAT_RGB_FLOAT:
        return 12;
      case MPImage.IMAGE_FORMAT_RGBA:
      case MPImage.IMAGE_FORMAT_BGRA:
        return 4;
      case MPImage.IMAGE_FORMAT_RGB:
        return 3;
      case MPImage.IMAGE_FORMAT_ALPHA:
        return 1;
      default:
        return 0;
    }
  }

  /** Whether U and V stand in one plane by turns. */
  static boolean isPaired(int format) {
    return format == MPImage.IMAGE_FORMAT_NV12 || format == MPImage.IMAGE_FORMAT_NV21;
  }

  /** Whether a pixel is a sample of luma, and one of U and of V for each 2 x 2 of them. */
  static boolean isYuv(int format) {
    return format >= MPImage.IMAGE_FORMAT_NV12 && format <= MPImage.IMAGE_FORMAT_YUV_420_888;
  }

  /** Whether V stands before U. */
  static boolean isVFirst(int format) {
    return format == MPImage.IMAGE_FORMAT_NV21 || format == MPImage.IMAGE_FORMAT_YV12;
  }

  /** Half of a side, rounded up. */
  static int half(int side) {
    return (side + 1) / 2;
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

  /** Returns the planes; throws IllegalArgumentException if one does not hold its samples. */
  static PixelPlanes checked(int width, int height, PixelPlanes pixels) {
    List<PixelPlane> planes = pixels.planes();
    int format = pixels.imageFormat();
    if (!isYuv(format)) {
      planes.get(0).check("buffer", width, height, bytesPerPixel(format));
      return pixels;
    }
    planes.get(0).check("luma", width, height, 1);
    for (PixelPlane chroma : planes.subList(1, planes.size())) {
      chroma.check("chroma", half(width), half(height), isPaired(format) ? 2 : 1);
    }
    return pixels;
  }
}
