package org.edgetasks.framework.image;

/** What the samples of YUV pictures span. */
public enum YuvRange {
  /** 0 to 255: JFIF, Android's cameras. */
  FULL(0),
  /** Luma 16 to 235, chroma 16 to 240: video files, most webcams. */
  VIDEO(1);

  private final int number;

  YuvRange(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
