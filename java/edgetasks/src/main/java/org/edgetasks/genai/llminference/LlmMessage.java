package org.edgetasks.genai.llminference;

import java.util.Objects;
import org.edgetasks.internal.Check;
import org.edgetasks.internal.Utf8;

/** A message of a conversation. Immutable. */
public final class LlmMessage {
  private final String role;
  private final String content;

  private LlmMessage(String role, String content) {
    this.role = role;
    this.content = content;
  }

  /**
   * Makes a message.
   *
   * @param role "system", "user", "assistant", or what the chat template knows
   * @param content any text
   * @return the message
   */
  public static LlmMessage create(String role, String content) {
    return new LlmMessage(Check.notNull(role, "role"), Check.notNull(content, "content"));
  }

  /**
   * Makes a message that says how to respond.
   *
   * @param content any text
   * @return a message of role "system"
   */
  public static LlmMessage system(String content) {
    return create("system", content);
  }

  /**
   * Makes a message to respond to.
   *
   * @param content any text
   * @return a message of role "user"
   */
  public static LlmMessage user(String content) {
    return create("user", content);
  }

  /**
   * Makes a message that stands for an earlier response.
   *
   * @param content any text
   * @return a message of role "assistant"
   */
  public static LlmMessage assistant(String content) {
    return create("assistant", content);
  }

  /** Called from native code. */
  private static LlmMessage fromNative(byte[] role, byte[] content) {
    return new LlmMessage(Utf8.decode(role), Utf8.decode(content));
  }

  /** {@return who says it} */
  public String role() {
    return role;
  }

  /** {@return what is said} */
  public String content() {
    return content;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LlmMessage
        && role.equals(((LlmMessage) other).role)
        && content.equals(((LlmMessage) other).content);
  }

  @Override
  public int hashCode() {
    return Objects.hash(role, content);
  }

  @Override
  public String toString() {
    return role + ": " + content;
  }
}
