package org.edgetasks.vision.imageclassifier;

/** The order of the axes of the model's input. */
public enum InputLayout {
  /** By its shape: channels last where both fit. */
  AUTO(0),
  /** [1, height, width, channels]. */
  NHWC(1),
  /** [1, channels, height, width]. */
  NCHW(2);

  private final int number;

  InputLayout(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
