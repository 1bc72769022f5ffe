package org.edgetasks.genai.llminference;

/** What happens when the context has no room for a prompt or for the next token. */
public enum OverflowPolicy {
  /**
   * A prompt that does not fit is refused when it is added; a response ends with {@link
   * FinishReason#CONTEXT_FULL}, and keeps what came so far.
   */
  STOP(0),
  /**
   * As {@link #STOP} for prompts. A response is refused before anything is fed if maxOutputTokens
   * (or one token, if that is 0) beside the prompt exceed the context: none is ever cut off by it.
   */
  ERROR(1),
  /**
   * The oldest turns are dropped: after the first keepTokens tokens, as many whole turns as make a
   * quarter of the context free (of a turn that is longer than that, its oldest tokens). What is
   * left is fed again. A prompt that does not fit beside keepTokens is still refused.
   */
  DROP_OLDEST(2);

  private final int number;

  OverflowPolicy(int number) {
    this.number = number;
  }

  /** {@return the stable number of this policy, the same in all languages} */
  public int getNumber() {
    return number;
  }
}
