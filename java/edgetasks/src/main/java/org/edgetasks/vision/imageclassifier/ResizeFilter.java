package org.edgetasks.vision.imageclassifier;

/** How a pixel of the model's input is made. */
public enum ResizeFilter {
  /** From the four pixels around it, exactly as in MediaPipe. */
  BILINEAR(0),
  /** The mean over what it covers, as OpenCV's INTER_AREA. */
  AREA(1),
  /** Cubic, wider where the picture shrinks, as Pillow's BICUBIC. */
  BICUBIC(2);

  private final int number;

  ResizeFilter(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
