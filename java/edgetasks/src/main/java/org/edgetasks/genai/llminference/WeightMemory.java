package org.edgetasks.genai.llminference;

/** How the model file's weights come into memory, and whether they stay there. */
public enum WeightMemory {
  /**
   * A thread reads the file while the model is opened, unless it is larger than half of the
   * machine's memory.
   */
  READ_AHEAD(0),
  /** Pages are read when they are used first: least memory, slowest first tokens. */
  ON_TOUCH(1),
  /** All is read before the model is open, and the system may not drop it. */
  LOCKED(2);

  private final int number;

  WeightMemory(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
