package org.edgetasks.vision.imageclassifier;

import java.nio.ByteBuffer;
import org.edgetasks.framework.image.ByteBufferExtractor;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;

/** A picture and what to do with it, as native code takes them. */
final class Frame {
  /** Direct; the pixels from position 0 to the limit. */
  final ByteBuffer pixels;

  final int width;
  final int height;
  final int pixelFormat;

  /** Left, top, right, bottom; null: all of the picture. */
  final float[] regionOfInterest;

  final int rotationDegrees;

  /** Takes a view of the image's pixels if they are in a direct buffer, and copies others. */
  Frame(MPImage image, ImageProcessingOptions options) {
    ByteBuffer extracted = ByteBufferExtractor.extract(image);
    pixels = extracted.isDirect() ? extracted.slice() : copy(extracted);
    width = image.getWidth();
    height = image.getHeight();
    pixelFormat = nativeFormat(image.getContainedImageProperties().get(0).getImageFormat());
    regionOfInterest = options.regionOfInterest().map(Frame::toArray).orElse(null);
    rotationDegrees = options.rotationDegrees();
  }

  private static ByteBuffer copy(ByteBuffer heap) {
    ByteBuffer direct = ByteBuffer.allocateDirect(heap.remaining());
    direct.put(heap).flip();
    return direct;
  }

  private static float[] toArray(RectF region) {
    return new float[] {region.left, region.top, region.right, region.bottom};
  }

  /** The number of C++'s PixelFormat. */
  private static int nativeFormat(int imageFormat) {
    switch (imageFormat) {
      case MPImage.IMAGE_FORMAT_RGB:
        return 0;
      case MPImage.IMAGE_FORMAT_RGBA:
        return 1;
      case MPImage.IMAGE_FORMAT_ALPHA:
        return 2;
      default:
        throw new UnsupportedOperationException(
            "The classifier does not take image format "
                + imageFormat
                + "; convert the picture to RGBA, RGB or ALPHA");
    }
  }
}
