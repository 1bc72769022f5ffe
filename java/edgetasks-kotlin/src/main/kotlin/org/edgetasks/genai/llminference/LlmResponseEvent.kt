package org.edgetasks.genai.llminference

/** What happens while a response is generated. */
public sealed class LlmResponseEvent {
  /**
   * A part of the text.
   *
   * @property text what is new since the last part; whole characters, never empty
   */
  public class Partial internal constructor(
    public val text: String,
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
