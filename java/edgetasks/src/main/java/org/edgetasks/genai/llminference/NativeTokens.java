package org.edgetasks.genai.llminference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Tokens as they come from native code: all of them in three arrays. */
final class NativeTokens {
  private final int[] entries;
  private final float[] logprobs;
  private final byte[] bytes;
  private int nextEntry;
  private int nextLogprob;
  private int nextByte;

  private NativeTokens(int[] entries, float[] logprobs, byte[] bytes) {
    this.entries = entries;
    this.logprobs = logprobs;
    this.bytes = bytes;
  }

  /**
   * Puts the tokens together.
   *
   * @param entries for each token: how many follow it in its list of the most probable ones; then
   *     id and number of bytes, its own and those of the others. Null: there are no tokens
   * @param logprobs of the token, and of the others
   * @param bytes of all of them
   */
  static List<LlmResponseToken> decode(int[] entries, float[] logprobs, byte[] bytes) {
    if (entries == null) {
      return Collections.emptyList();
    }
    NativeTokens reader = new NativeTokens(entries, logprobs, bytes);
    List<LlmResponseToken> tokens = new ArrayList<>();
    while (reader.nextEntry < entries.length) {
      tokens.add(reader.token());
    }
    return Collections.unmodifiableList(tokens);
  }

  private LlmResponseToken token() {
    int others = entries[nextEntry++];
    LlmTokenLogprob chosen = logprob();
    List<LlmTokenLogprob> top = new ArrayList<>(others);
    for (int i = 0; i < others; i++) {
      top.add(logprob());
    }
    return new LlmResponseToken(chosen, top);
  }

  private LlmTokenLogprob logprob() {
    int id = entries[nextEntry++];
    int from = nextByte;
    nextByte += entries[nextEntry++];
    return new LlmTokenLogprob(
        id, Arrays.copyOfRange(bytes, from, nextByte), logprobs[nextLogprob++]);
  }
}
