package org.edgetasks.genai.llminference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** How probable the model holds a given text. Immutable. */
public final class LlmScore {
  private final List<LlmTokenLogprob> tokens;
  private final double logprob;

  private LlmScore(List<LlmTokenLogprob> tokens, double logprob) {
    this.tokens = Collections.unmodifiableList(tokens);
    this.logprob = logprob;
  }

  /** Called from native code. */
  private static LlmScore fromNative(
      int[] entries, float[] logprobs, byte[] tokenBytes, double logprob) {
    List<LlmTokenLogprob> tokens = new ArrayList<>();
    for (LlmResponseToken token : NativeTokens.decode(entries, logprobs, tokenBytes)) {
      tokens.add(token.chosen());
    }
    return new LlmScore(tokens, logprob);
  }

  /** {@return the tokens of the text, each given what stands before it} */
  public List<LlmTokenLogprob> tokens() {
    return tokens;
  }

  /** {@return the natural logarithm of the text's probability: the sum over its tokens} */
  public double logprob() {
    return logprob;
  }

  @Override
  public String toString() {
    return "LlmScore{logprob=" + logprob + ", tokens=" + tokens + "}";
  }
}
