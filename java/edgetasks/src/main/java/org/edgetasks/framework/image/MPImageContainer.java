package org.edgetasks.framework.image;

import java.nio.ByteBuffer;

/** What holds the pixels of an {@link MPImage}. */
interface MPImageContainer {
  /** The format is that of {@link #pixels}. */
  MPImageProperties properties();

  /**
   * Returns the pixels from position to limit, row by row without gaps; a view where that is
   * possible. The position is the receiver's own.
   */
  ByteBuffer pixels();

  /** Gives up the pixels. Called once. */
  void close();
}
