package org.edgetasks.genai.llminference;

import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.internal.Utf8;

/**
 * Options of a model as native code takes them: it reads these fields by their names and types
 * (jni/llm_inference_jni.cc).
 */
final class NativeEngineOptions {
  final int maxTokens;
  final int maxIdleContexts;
  final byte[] tokenizerPath;
  final int kvCacheType;
  final int weightMemory;

  NativeEngineOptions(LlmInferenceOptions options) {
    maxTokens = options.maxTokens();
    maxIdleContexts = options.maxIdleContexts();
    tokenizerPath = Utf8.encode(options.tokenizerPath());
    kvCacheType = options.kvCacheType().getNumber();
    weightMemory = options.weightMemory().getNumber();
  }
}
