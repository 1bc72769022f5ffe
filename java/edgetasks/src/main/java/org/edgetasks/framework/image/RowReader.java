package org.edgetasks.framework.image;

/** Reads a picture's colours. */
interface RowReader {
  /** Writes row {@code y}, four bytes for each pixel. */
  void read(int y, byte[] rgba);
}
