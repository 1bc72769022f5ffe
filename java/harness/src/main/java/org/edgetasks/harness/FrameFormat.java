package org.edgetasks.harness;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;

/** The formats in which a decoded picture can be handed over, as a camera would. */
enum FrameFormat {
  RGB(MPImage.IMAGE_FORMAT_RGB),
  RGBA(MPImage.IMAGE_FORMAT_RGBA),
  BGRA(MPImage.IMAGE_FORMAT_BGRA),
  NV12(MPImage.IMAGE_FORMAT_NV12),
  NV21(MPImage.IMAGE_FORMAT_NV21);

  private final int imageFormat;

  FrameFormat(int imageFormat) {
    this.imageFormat = imageFormat;
  }

  /** Returns the picture in a direct buffer. */
  MPImage of(BufferedImage picture) {
    int width = picture.getWidth();
    int height = picture.getHeight();
    int[] colours = picture.getRGB(0, 0, width, height, null, 0, width);
    boolean yuv = this == NV12 || this == NV21;
    int chroma = 2 * ((width + 1) / 2) * ((height + 1) / 2);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(yuv ? colours.length + chroma : 4 * colours.length);
    for (int colour : colours) {
      if (yuv) {
        bytes.put(sample(colour, 0.299, 0.587, 0.114, 0));
      } else {
        putColour(colour, bytes);
      }
    }
    if (yuv) {
      putChroma(colours, width, bytes);
    }
    bytes.flip();
    return new ByteBufferImageBuilder(bytes, width, height, imageFormat).build();
  }

  private void putColour(int colour, ByteBuffer bytes) {
    byte red = (byte) (colour >> 16);
    byte blue = (byte) colour;
    bytes.put(this == BGRA ? blue : red).put((byte) (colour >> 8)).put(this == BGRA ? red : blue);
    if (this != RGB) {
      bytes.put((byte) (colour >> 24));
    }
  }

  /** Of each 2 x 2 pixels the first one's (ITU-T T.871, section 7). */
  private void putChroma(int[] colours, int width, ByteBuffer bytes) {
    for (int i = 0; i < colours.length; i += 2 * width) {
      for (int x = i; x < i + width; x += 2) {
        byte u = sample(colours[x], -0.168736, -0.331264, 0.5, 128);
        byte v = sample(colours[x], 0.5, -0.418688, -0.081312, 128);
        bytes.put(this == NV12 ? u : v).put(this == NV12 ? v : u);
      }
    }
  }

  private static byte sample(int colour, double red, double green, double blue, int zero) {
    double sum =
        red * (colour >> 16 & 255) + green * (colour >> 8 & 255) + blue * (colour & 255) + zero;
    return (byte) Math.max(0, Math.min(255, Math.round(sum)));
  }
}
