package org.edgetasks.genai.llminference

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.withContext
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions
import org.edgetasks.internal.awaitResponse
import org.edgetasks.internal.eventsOf
import org.edgetasks.internal.open
import org.edgetasks.internal.texts

/**
 * Opens a model and its tokenizer, off the caller's thread. If the caller is cancelled meanwhile,
 * the model is closed again.
 *
 * @param options where the model is, and how large a context may grow
 * @return the model, to be closed, as with `use`
 * @throws org.edgetasks.core.EdgeTasksException if the file is not there, damaged, or not a
 *   language model that EdgeTasks runs
 */
public suspend fun openLlmInference(options: LlmInferenceOptions): LlmInference =
  open { LlmInference.createFromOptions(options) }

/**
 * Begins a conversation.
 *
 * ```
 * llm.openSession { setTemperature(0f) }.use { session ->
 *   session.addQueryChunk("Once upon a time")
 *   session.responseFlow().collect { print(it) }
 * }
 * ```
 *
 * @param block calls the setters of the session's options; without it they have their defaults
 * @return the session, to be closed, as with `use`
 * @throws IllegalStateException if the model is closed
 * @throws org.edgetasks.core.EdgeTasksException if there is no memory for the context
 */
public inline fun LlmInference.openSession(
  block: LlmInferenceSessionOptions.Builder.() -> Unit = {},
): LlmInferenceSession =
  LlmInferenceSession.createFromOptions(this, llmInferenceSessionOptions(block))

/**
 * Makes a session that goes on where one was when [LlmInferenceSession.save] wrote it. Options are
 * not saved.
 *
 * @param path a path in the file system
 * @param block calls the setters of the session's options; without it they have their defaults
 * @return the session, to be closed, as with `use`
 * @throws IllegalStateException if the model is closed
 * @throws org.edgetasks.core.EdgeTasksException CORRUPT_FILE, WRONG_SESSION, FILE_NOT_FOUND
 */
public inline fun LlmInference.loadSession(
  path: String,
  block: LlmInferenceSessionOptions.Builder.() -> Unit = {},
): LlmInferenceSession = loadSession(path, llmInferenceSessionOptions(block))

/**
 * Generates the response to one prompt, in a session of its own, without blocking the caller's
 * thread. Not called `generateResponse`: that is the method that blocks.
 *
 * Cancelling the caller ends the generation within one step of the model.
 *
 * @param inputText the prompt
 * @return the response; [FinishReason.CANCELLED] if the model was closed meanwhile
 * @throws IllegalStateException if the model is closed
 * @throws org.edgetasks.core.EdgeTasksException if it fails, such as CONTEXT_FULL
 */
public suspend fun LlmInference.awaitResponse(inputText: String): LlmResponse =
  withContext(Dispatchers.IO) { generateResponseAsync(inputText).awaitResponse() }

/**
 * The response to one prompt as it is generated, part by part, in a session of its own for each
 * collection. See [LlmInferenceSession.responseFlow].
 *
 * @param inputText the prompt
 */
public fun LlmInference.responseFlow(inputText: String): Flow<String> =
  responseEvents(inputText).texts()

/**
 * The same as [responseFlow] with the finish reason, counts and times at the end. See
 * [LlmInferenceSession.responseEvents].
 *
 * @param inputText the prompt
 */
public fun LlmInference.responseEvents(inputText: String): Flow<LlmResponseEvent> =
  eventsOf { tell -> generateResponseAsync(inputText) { partial, _ -> tell(partial, emptyList()) } }
