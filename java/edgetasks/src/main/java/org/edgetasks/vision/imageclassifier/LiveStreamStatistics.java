package org.edgetasks.vision.imageclassifier;

/**
 * What became of a live stream's frames: frames = results + errors + dropped, and one more while a
 * frame is under way. Immutable.
 */
public final class LiveStreamStatistics {
  private final long frames;
  private final long results;
  private final long errors;
  private final long dropped;

  LiveStreamStatistics(long frames, long results, long errors, long dropped) {
    this.frames = frames;
    this.results = results;
    this.errors = errors;
    this.dropped = dropped;
  }

  /** {@return the frames that classifyAsync took: it returned} */
  public long frames() {
    return frames;
  }

  /** {@return those whose result the listener got, and returned} */
  public long results() {
    return results;
  }

  /** {@return those that failed, or for which the result listener threw} */
  public long errors() {
    return errors;
  }

  /** {@return those that came while another frame was under way; nobody is told of them} */
  public long dropped() {
    return dropped;
  }

  @Override
  public String toString() {
    return "LiveStreamStatistics{frames="
        + frames
        + ", results="
        + results
        + ", errors="
        + errors
        + ", dropped="
        + dropped
        + "}";
  }
}
