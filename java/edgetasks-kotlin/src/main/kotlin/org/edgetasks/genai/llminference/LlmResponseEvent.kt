package org.edgetasks.genai.llminference

/** What happens while a response is generated. */
public sealed class LlmResponseEvent {
  /**
   * A part of the response.
   *
   * @property text what is new since the last part; whole characters; empty only if there are
   *   tokens
   * @property tokens the tokens that were chosen since the last part, if numLogprobs asked for
   *   them; text follows its tokens by up to the length of a stop string
   */
  public class Partial internal constructor(
    public val text: String,
    public val tokens: List<LlmResponseToken>,
  ) : LlmResponseEvent()

  /**
   * The end.
   *
   * @property response the whole text, with why it ended, counts and times
   */
  public class Complete internal constructor(
    public val response: LlmResponse,
  ) : LlmResponseEvent()
}
