package org.edgetasks.vision.imageclassifier;

/** Whether a head's numbers are logits, to be made probabilities by softmax. */
public enum ApplySoftmax {
  /** Scores are what the model says, as in MediaPipe. */
  NEVER(0),
  /** Of every head, before score calibration. */
  ALWAYS(1),
  /**
   * Unless something says that a head's numbers are final: they come out of SOFTMAX or LOGISTIC;
   * they are integers that mean nothing outside [0, 1]; there is one class; the metadata has a
   * score calibration. {@link ImageClassifier#assumptions} names the heads that it is applied to.
   */
  AUTO(2);

  private final int number;

  ApplySoftmax(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
