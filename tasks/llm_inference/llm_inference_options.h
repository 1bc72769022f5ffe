// Options of the LlmInference task: text in, text out.
#ifndef TASKS_LLM_INFERENCE_LLM_INFERENCE_OPTIONS_H_
#define TASKS_LLM_INFERENCE_LLM_INFERENCE_OPTIONS_H_

#include <cstdint>
#include <string>

#include "tasks/components/base_options.h"

namespace edgetasks {

/// What all sessions of a model share.
struct LlmInferenceOptions {
  BaseOptions base_options;

  /// The most tokens of a session's context, prompts and responses together: 1 to what the model's
  /// caches hold. Default 0: all that they hold. Others: INVALID_ARGUMENT (kInvalidOption), with
  /// the model's limit in the message.
  int max_tokens = 0;

  /// A SentencePiece model (tokenizer.model) to use instead of the one in the model file. Default
  /// "": the model file's own. A bare .tflite has none: NOT_FOUND (kMissingPart) without this.
  std::string tokenizer_path;
};

/// Text that the model's training put around each speaker's words. Default: nothing.
///
/// What is added between two responses is the user's words: the model reads user_prefix, these,
/// user_suffix, model_prefix; after its response model_suffix, before the next user_prefix. Where
/// the stop token that ended the response is the beginning of model_suffix, it is not said twice.
/// Without added words nothing is put around them. system_prefix and system_suffix are kept for
/// turns of the system; no call adds one.
struct LlmPromptTemplates {
  std::string user_prefix, user_suffix;
  std::string model_prefix, model_suffix;
  std::string system_prefix, system_suffix;
};

/// How a session chooses its tokens. From the model's logits: the top_k most probable tokens, of
/// these the softmax at `temperature`, of these the most probable that together reach top_p, of
/// these one by chance.
struct LlmInferenceSessionOptions {
  /// 1 or more. 1 always takes the most probable token. Default 40.
  int top_k = 40;
  /// 0 to 1. Default 1: all of the top_k.
  float top_p = 1.0f;
  /// 0 or more; 0 always takes the most probable token. Default 0.8.
  float temperature = 0.8f;
  /// The same seed, options, model and prompts give the same text. Default 0.
  uint32_t random_seed = 0;
  /// The most tokens of one response. Default 0: until a stop token comes or the context is full.
  int max_output_tokens = 0;
  LlmPromptTemplates prompt_templates;
};

}  // namespace edgetasks

#endif  // TASKS_LLM_INFERENCE_LLM_INFERENCE_OPTIONS_H_
