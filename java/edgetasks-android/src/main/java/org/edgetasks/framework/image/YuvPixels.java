package org.edgetasks.framework.image;

import android.media.Image;
import java.nio.ByteBuffer;

/**
 * Media images with a plane of brightness, Y, and two planes of colour, U and V, of half its width
 * and height, rounded up. Samples are 8 bits; those of colour may stand in one plane by turns.
 *
 * <p>With u = U - 128 and v = V - 128: R = Y + 1.402 v, G = Y - 0.344136 u - 0.714136 v, B = Y +
 * 1.772 u, each in [0, 255] (ITU-T T.871, section 7).
 */
final class YuvPixels {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);
  private static final int V_TO_RED = fixed(1.402);
  private static final int U_TO_GREEN = fixed(0.344136);
  private static final int V_TO_GREEN = fixed(0.714136);
  private static final int U_TO_BLUE = fixed(1.772);

  private YuvPixels() {}

  /** Converts a YUV_420_888 image to RGB. */
  static ByteBuffer toRgb(Image image) {
    Image.Plane[] planes = image.getPlanes();
    int width = image.getWidth();
    int chromaWidth = (width + 1) / 2;
    Rows luma = new Rows(planes[0], width);
    Rows chromaU = new Rows(planes[1], chromaWidth);
    Rows chromaV = new Rows(planes[2], chromaWidth);
    ByteBuffer pixels = PixelBuffers.allocate(width, image.getHeight(), 3);
    byte[] rgb = new byte[width * 3];
    for (int y = 0; y < image.getHeight(); y++) {
      convertRow(luma.read(y), chromaU.read(y / 2), chromaV.read(y / 2), rgb, width);
      pixels.put(rgb);
    }
    pixels.flip();
    return pixels;
  }

  private static void convertRow(byte[] luma, byte[] chromaU, byte[] chromaV, byte[] rgb, int n) {
    for (int x = 0; x < n; x++) {
      int y = ((luma[x] & 255) << BITS) + HALF;
      int u = (chromaU[x / 2] & 255) - 128;
      int v = (chromaV[x / 2] & 255) - 128;
      rgb[3 * x] = clamp(y + V_TO_RED * v);
      rgb[3 * x + 1] = clamp(y - U_TO_GREEN * u - V_TO_GREEN * v);
      rgb[3 * x + 2] = clamp(y + U_TO_BLUE * u);
    }
  }

  private static int fixed(double coefficient) {
    return (int) Math.round(coefficient * (1 << BITS));
  }

  private static byte clamp(int fixed) {
    int value = fixed >> BITS;
    return (byte) (value < 0 ? 0 : Math.min(value, 255));
  }

  /** Reads the samples of a plane by rows. */
  private static final class Rows {
    private final ByteBuffer buffer;
    private final int start;
    private final int rowStride;
    private final int pixelStride;
    private final byte[] raw;
    private final byte[] samples;
    private int present = -1;

    Rows(Image.Plane plane, int width) {
      buffer = plane.getBuffer().duplicate();
      start = buffer.position();
      rowStride = plane.getRowStride();
      pixelStride = plane.getPixelStride();
      // The last row ends with its last sample.
      raw = new byte[(width - 1) * pixelStride + 1];
      samples = pixelStride == 1 ? raw : new byte[width];
    }

    /** Returns the samples of row {@code y}, valid until the next call. */
    byte[] read(int y) {
      if (y == present) {
        return samples;
      }
      buffer.position(start + y * rowStride);
      buffer.get(raw);
      for (int x = 0; pixelStride != 1 && x < samples.length; x++) {
        samples[x] = raw[x * pixelStride];
      }
      present = y;
      return samples;
    }
  }
}
