package org.edgetasks.framework.image;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Rows of YUV, in the colours that tasks see: in 13 bits of fraction, as native code computes them.
 *
 * <p>With kr, kg and kb the weights of red, green and blue in luma: R = Y + 2 (1 - kr) V, B = Y + 2
 * (1 - kb) U, and G so that the weighted sum is Y (ITU-R BT.601 and BT.709; T.871, section 7).
 */
final class YuvRows implements RowReader {
  private static final int BITS = 13;
  private static final int HALF = 1 << (BITS - 1);

  private final int lumaZero;
  private final int lumaFactor;
  private final int redOfV;
  private final int greenOfU;
  private final int greenOfV;
  private final int blueOfU;
  private final Samples luma;
  private final Samples chromaU;
  private final Samples chromaV;

  YuvRows(PixelPlanes planes, int width) {
    boolean bt601 = planes.yuvMatrix() == YuvMatrix.BT601;
    double kr = bt601 ? 0.299 : 0.2126;
    double kb = bt601 ? 0.114 : 0.0722;
    double kg = 1 - kr - kb;
    boolean video = planes.yuvRange() == YuvRange.VIDEO;
    double chroma = video ? 255.0 / 224 : 1;
    double red = 2 * (1 - kr) * chroma;
    double blue = 2 * (1 - kb) * chroma;
    lumaZero = video ? 16 : 0;
    lumaFactor = fixed(video ? 255.0 / 219 : 1);
    redOfV = fixed(red);
    greenOfU = fixed(-kb * blue / kg);
    greenOfV = fixed(-kr * red / kg);
    blueOfU = fixed(blue);

    List<PixelPlane> all = planes.planes();
    int format = planes.imageFormat();
    boolean paired = ImageFormats.isPaired(format);
    int chromaWidth = ImageFormats.half(width);
    Samples first = new Samples(all.get(1), 0, chromaWidth);
    Samples second = new Samples(all.get(paired ? 1 : 2), paired ? 1 : 0, chromaWidth);
    luma = new Samples(all.get(0), 0, width);
    chromaU = ImageFormats.isVFirst(format) ? second : first;
    chromaV = ImageFormats.isVFirst(format) ? first : second;
  }

  private static int fixed(double coefficient) {
    return (int) Math.round(coefficient * (1 << BITS));
  }

  @Override
  public void read(int y, byte[] rgba) {
    luma.load(y);
    chromaU.load(y / 2);
    chromaV.load(y / 2);
    for (int i = 0; i < rgba.length; i += 4) {
      int x = i / 4;
      int brightness = lumaFactor * (luma.at(x) - lumaZero) + HALF;
      int u = chromaU.at(x / 2) - 128;
      int v = chromaV.at(x / 2) - 128;
      rgba[i] = clamp(brightness + redOfV * v);
      rgba[i + 1] = clamp(brightness + greenOfU * u + greenOfV * v);
      rgba[i + 2] = clamp(brightness + blueOfU * u);
      rgba[i + 3] = (byte) 255;
    }
  }

  private static byte clamp(int fixed) {
    return (byte) Math.max(0, Math.min(fixed >> BITS, 255));
  }

  /** One row of a plane. */
  private static final class Samples {
    private final ByteBuffer buffer;
    private final int rowStride;
    private final int pixelStride;
    private final int offset;
    private final byte[] row;

    Samples(PixelPlane plane, int offset, int width) {
      buffer = plane.buffer();
      rowStride = plane.rowStride();
      pixelStride = plane.pixelStride();
      this.offset = offset;
      row = new byte[(width - 1) * pixelStride + 1];
    }

    void load(int y) {
      buffer.position(y * rowStride + offset);
      buffer.get(row);
    }

    int at(int x) {
      return row[x * pixelStride] & 255;
    }
  }
}
