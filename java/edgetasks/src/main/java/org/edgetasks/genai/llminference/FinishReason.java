package org.edgetasks.genai.llminference;

/** Why a response ended. */
public enum FinishReason {
  /** The model said that it is done, or the response format is complete. */
  STOP_TOKEN(0),
  /** As many tokens as the session's maxOutputTokens were generated. */
  MAX_OUTPUT_TOKENS(1),
  /** The session's context is used up: prompts and responses have maxTokens tokens. */
  CONTEXT_FULL(2),
  /** The response was cancelled, or its session closed; the text is what came before. */
  CANCELLED(3),
  /** The session's timeoutMs is over; the text is what came before. */
  DEADLINE(4),
  /** One of the session's stopStrings came; it is not part of the text. */
  STOP_STRING(5);

  private final int number;

  FinishReason(int number) {
    this.number = number;
  }

  /** {@return the stable number of this reason, the same in all languages} */
  public int getNumber() {
    return number;
  }

  /**
   * Finds a reason by its number.
   *
   * @param number the number of a reason
   * @return that reason
   * @throws IllegalArgumentException if there is none
   */
  public static FinishReason forNumber(int number) {
    for (FinishReason reason : values()) {
      if (reason.number == number) {
        return reason;
      }
    }
    throw new IllegalArgumentException("No finish reason has the number " + number);
  }
}
