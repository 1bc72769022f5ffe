package org.edgetasks.genai.llminference;

import java.util.List;

/** A part of a response. Immutable. */
public final class ResponseEvent {
  private final String text;
  private final List<LlmResponseToken> tokens;
  private final boolean done;

  ResponseEvent(String text, List<LlmResponseToken> tokens, boolean done) {
    this.text = text;
    this.tokens = tokens;
    this.done = done;
  }

  /** {@return what is new since the last event; whole characters; may be empty} */
  public String text() {
    return text;
  }

  /**
   * {@return the tokens that were chosen since the last event, if numLogprobs asked for them} Text
   * follows its tokens by up to the length of a stop string.
   */
  public List<LlmResponseToken> tokens() {
    return tokens;
  }

  /** {@return true in the last event: also if the response was cancelled or failed} */
  public boolean isDone() {
    return done;
  }

  @Override
  public String toString() {
    return "ResponseEvent{text=" + text + ", tokens=" + tokens + ", done=" + done + "}";
  }
}
