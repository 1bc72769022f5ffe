package org.edgetasks.framework.image;

import java.nio.ByteBuffer;

/** Pixels in an order without gaps. */
final class PackedPixels {
  private PackedPixels() {}

  /** Returns them; a view where they stand so in one plane whose bytes stay. */
  static ByteBuffer read(PixelPlanes pixels, int width, int height) {
    int format = pixels.imageFormat();
    if (format == MPImage.IMAGE_FORMAT_YUV_420_888) {
      throw new UnsupportedOperationException(
          "The planes of a YUV_420_888 picture stand in no order of their own; get them with"
              + " PixelPlanesExtractor, or their colours with extract(image, IMAGE_FORMAT_RGB)");
    }
    if (!ImageFormats.isYuv(format)) {
      return readPlane(pixels, width * ImageFormats.bytesPerPixel(format), height);
    }
    int chromaWidth = ImageFormats.half(width) * (ImageFormats.isPaired(format) ? 2 : 1);
    int chromaHeight = ImageFormats.half(height);
    long bytes = (long) width * height + (pixels.planes().size() - 1L) * chromaWidth * chromaHeight;
    ByteBuffer packed = PixelBuffers.allocate(bytes);
    copy(pixels.planes().get(0), width, height, packed);
    for (PixelPlane chroma : pixels.planes().subList(1, pixels.planes().size())) {
      copy(chroma, chromaWidth, chromaHeight, packed);
    }
    packed.flip();
    return packed;
  }

  private static ByteBuffer readPlane(PixelPlanes pixels, int rowBytes, int height) {
    PixelPlane plane = pixels.planes().get(0);
    if (plane.rowStride() == rowBytes && !pixels.isBorrowed()) {
      ByteBuffer view = plane.buffer();
      view.limit(rowBytes * height);
      return view;
    }
    ByteBuffer packed = PixelBuffers.allocate((long) rowBytes * height);
    copy(plane, rowBytes, height, packed);
    packed.flip();
    return packed;
  }

  private static void copy(PixelPlane plane, int rowBytes, int height, ByteBuffer to) {
    ByteBuffer from = plane.buffer();
    for (int y = 0; y < height; y++) {
      int row = y * plane.rowStride();
      from.limit(row + rowBytes);
      from.position(row);
      to.put(from);
    }
  }
}
