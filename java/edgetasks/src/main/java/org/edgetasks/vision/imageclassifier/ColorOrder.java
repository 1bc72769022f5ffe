package org.edgetasks.vision.imageclassifier;

/** The order of the channels of the model's input. */
public enum ColorOrder {
  /** Red, green, blue. */
  RGB(0),
  /** Blue, green, red. */
  BGR(1);

  private final int number;

  ColorOrder(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
