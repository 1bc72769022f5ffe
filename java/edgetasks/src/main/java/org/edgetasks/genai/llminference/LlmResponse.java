package org.edgetasks.genai.llminference;

import java.util.List;
import org.edgetasks.internal.Utf8;

/** One response with what is known about it. Immutable. */
public final class LlmResponse {
  private final String text;
  private final FinishReason finishReason;
  private final List<LlmResponseToken> tokens;
  private final int promptTokens;
  private final int outputTokens;
  private final double prefillMs;
  private final double decodeMs;
  private final double firstTokenMs;

  private LlmResponse(
      String text,
      FinishReason finishReason,
      List<LlmResponseToken> tokens,
      int promptTokens,
      int outputTokens,
      double prefillMs,
      double decodeMs,
      double firstTokenMs) {
    this.text = text;
    this.finishReason = finishReason;
    this.tokens = tokens;
    this.promptTokens = promptTokens;
    this.outputTokens = outputTokens;
    this.prefillMs = prefillMs;
    this.decodeMs = decodeMs;
    this.firstTokenMs = firstTokenMs;
  }

  /** Called from native code. */
  private static LlmResponse fromNative(
      byte[] text,
      int finishReason,
      int[] entries,
      float[] logprobs,
      byte[] tokenBytes,
      int promptTokens,
      int outputTokens,
      double prefillMs,
      double decodeMs,
      double firstTokenMs) {
    return new LlmResponse(
        Utf8.decode(text),
        FinishReason.forNumber(finishReason),
        NativeTokens.decode(entries, logprobs, tokenBytes),
        promptTokens,
        outputTokens,
        prefillMs,
        decodeMs,
        firstTokenMs);
  }

  /**
   * {@return the text, without the stop token} It continues the prompt: where its first word begins
   * a new word, it begins with a space, so that prompt + text reads well.
   */
  public String text() {
    return text;
  }

  /** {@return why the response ended} */
  public FinishReason finishReason() {
    return finishReason;
  }

  /** {@return the tokens that were chosen, a stop token included, if numLogprobs asked for them} */
  public List<LlmResponseToken> tokens() {
    return tokens;
  }

  /** {@return the tokens fed for this response before its first token was chosen} */
  public int promptTokens() {
    return promptTokens;
  }

  /** {@return the tokens chosen, a stop token included} */
  public int outputTokens() {
    return outputTokens;
  }

  /** {@return the time for the prompt but its last token, in milliseconds} */
  public double prefillMs() {
    return prefillMs;
  }

  /** {@return the time for all tokens of the response, in milliseconds} */
  public double decodeMs() {
    return decodeMs;
  }

  /** {@return the time from the call to the first token in milliseconds; 0 if there was none} */
  public double firstTokenMs() {
    return firstTokenMs;
  }

  @Override
  public String toString() {
    return "LlmResponse{finishReason="
        + finishReason
        + ", promptTokens="
        + promptTokens
        + ", outputTokens="
        + outputTokens
        + ", text="
        + text
        + "}";
  }
}
