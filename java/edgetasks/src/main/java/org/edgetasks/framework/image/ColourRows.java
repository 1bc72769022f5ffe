package org.edgetasks.framework.image;

import java.nio.ByteBuffer;

/** Rows of RGB, RGBA and BGRA. */
final class ColourRows implements RowReader {
  private final PixelPlane plane;
  private final boolean blueFirst;
  private final boolean alpha;
  private final byte[] row;

  ColourRows(PixelPlanes planes, int width) {
    plane = planes.planes().get(0);
    blueFirst = planes.imageFormat() == MPImage.IMAGE_FORMAT_BGRA;
    alpha = planes.imageFormat() != MPImage.IMAGE_FORMAT_RGB;
    row = new byte[width * plane.pixelStride()];
  }

  @Override
  public void read(int y, byte[] rgba) {
    ByteBuffer from = plane.buffer();
    from.position(y * plane.rowStride());
    from.get(row);
    for (int i = 0, j = 0; i < rgba.length; i += 4, j += plane.pixelStride()) {
      rgba[i] = row[blueFirst ? j + 2 : j];
      rgba[i + 1] = row[j + 1];
      rgba[i + 2] = row[blueFirst ? j : j + 2];
      rgba[i + 3] = alpha ? row[j + 3] : (byte) 255;
    }
  }
}
