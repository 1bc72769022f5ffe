package org.edgetasks.genai.llminference;

/** How sessions keep the keys and values of the tokens that they have seen. */
public enum KvCacheType {
  /** 4 bytes an element. */
  FLOAT32(0),
  /** 2 bytes an element, rounded to nearest. */
  FLOAT16(1),
  /** 1 byte an element, and a scale of 4 bytes for each key head and position. */
  INT8(2);

  private final int number;

  KvCacheType(int number) {
    this.number = number;
  }

  /** {@return the stable number of this value, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
