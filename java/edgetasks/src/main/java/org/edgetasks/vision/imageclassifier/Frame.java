package org.edgetasks.vision.imageclassifier;

import java.nio.ByteBuffer;
import java.util.List;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.PixelPlane;
import org.edgetasks.framework.image.PixelPlanes;
import org.edgetasks.framework.image.PixelPlanesExtractor;

/**
 * A picture as native code takes it: it reads these fields by their names and types
 * (jni/frame_jni.cc).
 */
final class Frame implements AutoCloseable {
  /** Direct; all of their bytes, in the order of C++'s format. */
  final ByteBuffer[] planes;

  final int[] rowStrides;
  final int[] pixelStrides;
  final int width;
  final int height;
  final int pixelFormat;
  final int yuvMatrix;
  final int yuvRange;

  /** Keeps what the planes are in. */
  private final PixelPlanes pixels;

  private Frame(MPImage image, PixelPlanes pixels) {
    this.pixels = pixels;
    List<PixelPlane> all = pixels.planes();
    planes = new ByteBuffer[all.size()];
    rowStrides = new int[all.size()];
    pixelStrides = new int[all.size()];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = direct(all.get(i).buffer());
      rowStrides[i] = all.get(i).rowStride();
      pixelStrides[i] = all.get(i).pixelStride();
    }
    width = image.getWidth();
    height = image.getHeight();
    pixelFormat = nativeFormat(pixels.imageFormat());
    yuvMatrix = pixels.yuvMatrix().getNumber();
    yuvRange = pixels.yuvRange().getNumber();
  }

  /**
   * Takes views of what is in direct buffers, and copies the rest. The picture is not given up
   * before this is closed.
   */
  static Frame of(MPImage image) {
    PixelPlanes pixels = PixelPlanesExtractor.extract(image);
    try {
      return new Frame(image, pixels);
    } catch (RuntimeException | Error e) {
      pixels.close();
      throw e;
    }
  }

  /** The same, but it need not be closed, and nothing of it goes with the picture. */
  static Frame detached(MPImage image) {
    return new Frame(image, PixelPlanesExtractor.extract(image).detach());
  }

  @Override
  public void close() {
    pixels.close();
  }

  private static ByteBuffer direct(ByteBuffer buffer) {
    if (buffer.isDirect()) {
      return buffer;
    }
    ByteBuffer copy = ByteBuffer.allocateDirect(buffer.remaining());
    copy.put(buffer).flip();
    return copy;
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
      case MPImage.IMAGE_FORMAT_BGRA:
        return 3;
      case MPImage.IMAGE_FORMAT_NV12:
        return 4;
      case MPImage.IMAGE_FORMAT_NV21:
        return 5;
      case MPImage.IMAGE_FORMAT_YV21:
        return 6;
      case MPImage.IMAGE_FORMAT_YV12:
        return 7;
      case MPImage.IMAGE_FORMAT_YUV_420_888:
        return 8;
      case MPImage.IMAGE_FORMAT_RGB_FLOAT:
        return 9;
      default:
        throw new UnsupportedOperationException(
            "The classifier does not take image format "
                + imageFormat
                + "; convert the picture to RGBA, RGB or ALPHA");
    }
  }
}
