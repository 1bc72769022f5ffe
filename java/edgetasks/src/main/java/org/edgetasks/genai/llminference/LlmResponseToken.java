package org.edgetasks.genai.llminference;

import java.util.Collections;
import java.util.List;

/** A token of a response, and those it was chosen from. Immutable. */
public final class LlmResponseToken {
  private final LlmTokenLogprob chosen;
  private final List<LlmTokenLogprob> top;

  /** Takes the list as its own. */
  LlmResponseToken(LlmTokenLogprob chosen, List<LlmTokenLogprob> top) {
    this.chosen = chosen;
    this.top = Collections.unmodifiableList(top);
  }

  /** {@return the token that was chosen} */
  public LlmTokenLogprob chosen() {
    return chosen;
  }

  /** {@return the most probable tokens, best first, as many as numLogprobs asked for} */
  public List<LlmTokenLogprob> top() {
    return top;
  }

  @Override
  public String toString() {
    return chosen + (top.isEmpty() ? "" : " of " + top);
  }
}
