package org.edgetasks.genai.llminference;

import java.util.Objects;
import org.edgetasks.internal.Check;

/** A place in a conversation to go back to. Immutable. */
public final class LlmCheckpoint {
  private final int tokens;
  private final long randomState;

  private LlmCheckpoint(int tokens, long randomState) {
    this.tokens = tokens;
    this.randomState = randomState;
  }

  /** Called from native code. */
  private static LlmCheckpoint fromNative(int tokens, long randomState) {
    return new LlmCheckpoint(tokens, randomState);
  }

  /**
   * Makes a checkpoint of its parts, such as one that was kept beside a saved session.
   *
   * @param tokens 0 or more
   * @param randomState any number
   * @return the checkpoint
   * @throws IllegalArgumentException if there are fewer than no tokens
   */
  public static LlmCheckpoint create(int tokens, long randomState) {
    Check.argument(tokens >= 0, "tokens is %d; it must be 0 or more", tokens);
    return new LlmCheckpoint(tokens, randomState);
  }

  /** {@return the tokens that were fed or wait to be, without an unanswered prompt} */
  public int tokens() {
    return tokens;
  }

  /** {@return where the random numbers were} */
  public long randomState() {
    return randomState;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LlmCheckpoint
        && tokens == ((LlmCheckpoint) other).tokens
        && randomState == ((LlmCheckpoint) other).randomState;
  }

  @Override
  public int hashCode() {
    return Objects.hash(tokens, randomState);
  }

  @Override
  public String toString() {
    return "LlmCheckpoint{tokens=" + tokens + ", randomState=" + randomState + "}";
  }
}
