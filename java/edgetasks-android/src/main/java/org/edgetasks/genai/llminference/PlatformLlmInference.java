package org.edgetasks.genai.llminference;

import android.content.Context;
import org.edgetasks.internal.Assets;

/** What the language model has on Android beside what it has everywhere. */
abstract class PlatformLlmInference {
  PlatformLlmInference() {}

  /**
   * Opens a model and its tokenizer, and plans how to run it.
   *
   * <p>A model path that is not absolute names an asset of the application. An asset that the
   * package holds uncompressed (see the README) is mapped; a compressed one is unpacked into memory
   * that the model keeps.
   *
   * @param context any context of the application
   * @param options where the model is, and how large a context may grow
   * @return the model, to be closed
   * @throws org.edgetasks.core.EdgeTasksException if the file or asset is not there, damaged, or
   *     not a language model that EdgeTasks runs; the message says what to do
   * @throws UnsatisfiedLinkError if the native library cannot be loaded
   */
  public static LlmInference createFromOptions(
      Context context, LlmInference.LlmInferenceOptions options) {
    return Assets.open(
        context,
        options.baseOptions(),
        base ->
            LlmInference.createFromOptions(
                base == options.baseOptions()
                    ? options
                    : options.toBuilder().setBaseOptions(base).build()));
  }
}
