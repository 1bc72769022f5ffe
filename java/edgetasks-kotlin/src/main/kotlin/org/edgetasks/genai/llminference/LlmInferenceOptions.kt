package org.edgetasks.genai.llminference

import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions

/**
 * Builds what all sessions of a model share.
 *
 * ```
 * val options = llmInferenceOptions { setModelPath("models/story/story.task") }
 * ```
 *
 * @param block calls the setters of the builder
 * @throws IllegalStateException if no model is set
 */
public inline fun llmInferenceOptions(
  block: LlmInferenceOptions.Builder.() -> Unit,
): LlmInferenceOptions = LlmInferenceOptions.builder().apply(block).build()

/**
 * Builds how a session chooses its tokens.
 *
 * @param block calls the setters of the builder
 * @throws IllegalArgumentException if an option is out of its range
 */
public inline fun llmInferenceSessionOptions(
  block: LlmInferenceSessionOptions.Builder.() -> Unit,
): LlmInferenceSessionOptions = LlmInferenceSessionOptions.builder().apply(block).build()

/**
 * Builds what is put around the turns of a conversation.
 *
 * @param block calls the setters of the builder
 */
public inline fun promptTemplates(block: PromptTemplates.Builder.() -> Unit): PromptTemplates =
  PromptTemplates.builder().apply(block).build()
