package org.edgetasks.genai.llminference;

import org.edgetasks.internal.Utf8;

/**
 * How probable the model held a token: the natural logarithm of its probability, before penalties,
 * temperature and the like. Immutable.
 */
public final class LlmTokenLogprob {
  private final int id;
  private final byte[] bytes;
  private final float logprob;

  /** Takes the array as its own. */
  LlmTokenLogprob(int id, byte[] bytes, float logprob) {
    this.id = id;
    this.bytes = bytes;
    this.logprob = logprob;
  }

  /** {@return the token's place in the vocabulary} */
  public int id() {
    return id;
  }

  /** {@return a copy of the bytes that the token adds to a text; not always whole characters} */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** {@return the bytes as text; what is no whole character becomes U+FFFD} */
  public String text() {
    return Utf8.decode(bytes);
  }

  /** {@return the natural logarithm of the probability} */
  public float logprob() {
    return logprob;
  }

  @Override
  public String toString() {
    return "\"" + text() + "\" (" + id + ") " + logprob;
  }
}
