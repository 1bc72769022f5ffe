package org.edgetasks.genai.llminference;

/** What the language model has on this platform only: nothing. */
abstract class PlatformLlmInference {
  PlatformLlmInference() {}
}
