package org.edgetasks.genai.llminference

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.emitAll
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.withContext

/** Takes the messages of a conversation. See [addMessages]. */
@LlmChatMarker
public class LlmChat internal constructor(
  private val session: LlmInferenceSession,
) {
  /**
   * Says how to respond.
   *
   * @param content any text
   */
  public fun system(content: String): Unit = session.addMessage(LlmMessage.system(content))

  /**
   * Says what to respond to.
   *
   * @param content any text
   */
  public fun user(content: String): Unit = session.addMessage(LlmMessage.user(content))

  /**
   * Stands for an earlier response.
   *
   * @param content any text
   */
  public fun assistant(content: String): Unit = session.addMessage(LlmMessage.assistant(content))

  /**
   * Is said by somebody else whom the chat template knows.
   *
   * @param role such as "tool"
   * @param content any text
   */
  public fun message(
    role: String,
    content: String,
  ): Unit = session.addMessage(LlmMessage.create(role, content))
}

/** Keeps the receivers of nested blocks apart. */
@DslMarker
@Target(AnnotationTarget.CLASS)
public annotation class LlmChatMarker

/**
 * Appends messages to the conversation, in order. See [LlmInferenceSession.addMessage].
 *
 * ```
 * session.addMessages {
 *   system("A story.")
 *   user("Lily saw an owl.")
 * }
 * println(session.awaitResponse().text())
 * ```
 *
 * @param block says the messages; those before one that fails are kept
 * @throws IllegalStateException if another call is under way, or the session is closed
 * @throws org.edgetasks.core.EdgeTasksException MISSING_PART without any template; CONTEXT_FULL; or
 *   what the template refuses
 */
public fun LlmInferenceSession.addMessages(block: LlmChat.() -> Unit): Unit = LlmChat(this).block()

/**
 * Says [message] as the user, and awaits the response: a turn of a conversation. See
 * [awaitResponse] and [LlmInferenceSession.addMessage] for failures and cancellation.
 *
 * @param message any text
 * @return the response, which has become a message of the assistant
 */
public suspend fun LlmInferenceSession.awaitReply(message: String): LlmResponse {
  withContext(Dispatchers.IO) { addMessage(LlmMessage.user(message)) }
  return awaitResponse()
}

/**
 * Says [message] as the user, and streams the response, for each collection anew. See
 * [responseFlow].
 *
 * @param message any text
 */
public fun LlmInferenceSession.replyFlow(message: String): Flow<String> =
  flow {
    withContext(Dispatchers.IO) { addMessage(LlmMessage.user(message)) }
    emitAll(responseFlow())
  }
