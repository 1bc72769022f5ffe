package org.edgetasks.vision.imageclassifier;

/** How a picture whose shape is not the model input's is brought to it. */
public enum ResizeMode {
  /** Each side by its own factor, as MediaPipe does. */
  STRETCH(0),
  /** The whole picture in the middle of black bars. */
  LETTERBOX(1),
  /** The largest part in the middle that has the input's shape. */
  CENTER_CROP(2);

  private final int number;

  ResizeMode(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
