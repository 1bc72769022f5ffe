package org.edgetasks.framework.image;

/** What holds the pixels of an {@link MPImage}. */
interface MPImageContainer {
  /** The format is that of {@link #planes}. */
  MPImageProperties properties();

  /** Returns the pixels; views where that is possible. */
  PixelPlanes planes();

  /** Gives up the pixels. Called once, and not while planes are read. */
  void close();
}
