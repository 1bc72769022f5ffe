package org.edgetasks.framework.image;

/** How the colours of YUV pictures are made of red, green and blue. */
public enum YuvMatrix {
  /** ITU-R BT.601: cameras, JPEG, video of standard definition. */
  BT601(0),
  /** ITU-R BT.709: video of high definition. */
  BT709(1);

  private final int number;

  YuvMatrix(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
