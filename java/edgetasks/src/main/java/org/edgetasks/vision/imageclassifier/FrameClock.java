package org.edgetasks.vision.imageclassifier;

import org.edgetasks.internal.Check;

/** The times of a stream's frames. Not thread safe. */
final class FrameClock {
  private long lastMs = -1;

  /**
   * Takes the time of the next frame.
   *
   * @throws IllegalArgumentException unless it is 0 or more, and later than the last one
   */
  void advance(long timestampMs) {
    Check.argument(
        timestampMs > lastMs,
        "The frame's time is %d ms; it must be 0 or more, and later than the last one, %d ms",
        timestampMs,
        lastMs);
    lastMs = timestampMs;
  }
}
