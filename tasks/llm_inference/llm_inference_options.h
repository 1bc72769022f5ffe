// Options of the LlmInference task: text in, text out.
#ifndef TASKS_LLM_INFERENCE_LLM_INFERENCE_OPTIONS_H_
#define TASKS_LLM_INFERENCE_LLM_INFERENCE_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tasks/components/base_options.h"

namespace edgetasks {

/// How sessions keep the keys and values of the tokens that they have seen. In fewer bits they take
/// less memory and are read faster, at some cost in precision; README.md has figures.
enum class KvCacheType {
  kFloat32 = 0,  ///< 4 bytes an element
  kFloat16 = 1,  ///< 2 bytes an element, rounded to nearest
  kInt8 = 2,     ///< 1 byte an element, and a scale of 4 bytes for each key head and position
};

/// How the model file's weights come into memory, and whether they stay there.
enum class WeightMemory {
  kReadAhead = 0,  ///< a thread reads the file while the task is created, unless it is larger than
                   ///< half of the machine's memory
  kOnTouch = 1,    ///< pages are read when they are used first: least memory, slowest first tokens
  kLocked = 2,     ///< all is read before the task is created, and the system may not drop it
};

/// What all sessions of a model share.
struct LlmInferenceOptions {
  BaseOptions base_options;

  /// The most tokens of a session's context, prompts and responses together. Default 0: as many as
  /// the model's caches hold. More: where nothing in the model's graphs knows how many there are,
  /// which takes a mask that is an input and positions that are computed with; a model need not
  /// make sense of positions beyond those it was trained for. Others: INVALID_ARGUMENT
  /// (kInvalidOption), with the model's limit and what stands in the way in the message.
  int max_tokens = 0;

  /// The contexts of ended sessions that are kept, the last ones. A session whose first prompt
  /// begins with the same tokens goes on from there instead of computing them again: so do calls of
  /// LlmInference::GenerateResponse whose prompts begin alike. Each holds its memory. 0 or more; 0:
  /// none. Default 1.
  int max_idle_contexts = 1;

  /// A SentencePiece model (tokenizer.model) or a tokenizer.json to use instead of the one in the
  /// model file. Default "": the model file's own. A bare .tflite has none: NOT_FOUND
  /// (kMissingPart) without this.
  std::string tokenizer_path;

  /// Default kFloat32: caches as the file has them. Others ask for caches that the model takes and
  /// gives back as float32 inputs and outputs, and that only attention reads which is recognised:
  /// INVALID_ARGUMENT (kInvalidOption), with what is in the way, for any other model.
  KvCacheType kv_cache_type = KvCacheType::kFloat32;

  /// Default kReadAhead. kLocked: RESOURCE_EXHAUSTED (kOutOfMemory) where the process may not lock
  /// so much memory (RLIMIT_MEMLOCK), with its limit in the message.
  WeightMemory weight_memory = WeightMemory::kReadAhead;
};

/// Text that the model's training put around each speaker's words. Default: nothing.
///
/// What is added between two responses is the user's words: the model reads user_prefix, these,
/// user_suffix, model_prefix; after its response model_suffix, before the next user_prefix. Where
/// the stop token that ended the response is the beginning of model_suffix, it is not said twice.
/// Without added words nothing is put around them. system_prefix and system_suffix stand around
/// messages of the role "system" (AddMessage).
struct LlmPromptTemplates {
  std::string user_prefix, user_suffix;
  std::string model_prefix, model_suffix;
  std::string system_prefix, system_suffix;
};

/// Added to a token's logit: natural logarithm of how many times more probable it becomes.
struct LlmLogitBias {
  int token = 0;      ///< an id of the vocabulary; others have no effect
  float bias = 0.0f;  ///< finite; -100 practically forbids the token, 100 practically forces it
};

/// What happens when the context has no room for a prompt or for the next token.
enum class LlmOverflowPolicy {
  /// A prompt that does not fit is refused when it is added; a response ends with kContextFull, and
  /// keeps what came so far.
  kStop = 0,
  /// As kStop for prompts. A response is refused before anything is fed if max_output_tokens (or
  /// one token, if that is 0) beside the prompt exceed the context: none is ever cut off by it.
  kError = 1,
  /// The oldest turns are dropped: after the first keep_tokens tokens, as many whole turns as make
  /// a quarter of the context free (of a turn that is longer than that, its oldest tokens). What is
  /// left is fed again, so that every token is at the position that it would have had without the
  /// dropped ones. A prompt that does not fit beside keep_tokens is still refused.
  kDropOldest = 2,
};

/// The form that responses must have, exact to the byte. Tokens that leave it are never chosen; a
/// response ends where the form is complete and nothing more can follow, or at a stop token where
/// it is complete. When few of max_output_tokens are left, the response is led to its end. A
/// leading space is part of a response: a form that allows none gets none. README.md says which
/// schemas, expressions and grammars there are; others are refused: INVALID_ARGUMENT
/// (kInvalidOption) with the place. Numbers are stable: they cross the language bindings.
struct LlmResponseFormat {
  enum class Kind {
    kText = 0,        ///< no constraint
    kJson = 1,        ///< any JSON object
    kJsonSchema = 2,  ///< `source` is a JSON Schema: the response is a value that validates
    kRegex = 3,       ///< `source` is a regular expression that the whole response matches
    kChoice = 4,      ///< the response is one of `choices`
    kGrammar = 5,     ///< `source` is a grammar in EBNF
  };
  Kind kind = Kind::kText;
  std::string source;
  std::vector<std::string> choices;
};

/// A message of a conversation.
struct LlmMessage {
  std::string role;     ///< "system", "user", "assistant", or what the chat template knows
  std::string content;  ///< UTF-8
};

/// How a session chooses its tokens, and when it ends. In this order: logit_bias; the penalties;
/// bans (no_repeat_ngram_size, suppressed_tokens, response_format); the top_k most probable tokens;
/// of these the softmax at `temperature`; of these the most probable that together reach top_p; of
/// these those of at least min_p times the most probable one's; of these the typical_p most
/// typical; of these one by chance, from a SplitMix64 generator. Of equally probable tokens the one
/// with the lower id comes first.
struct LlmInferenceSessionOptions {
  /// 1 or more. 1 always takes the most probable token. Default 40.
  int top_k = 40;
  /// 0 to 1. Default 1: all of the top_k.
  float top_p = 1.0f;
  /// 0 to 1. Default 0: all.
  float min_p = 0.0f;
  /// Above 0, to 1: locally typical sampling (Meister et al., 2022). Default 1: all.
  float typical_p = 1.0f;
  /// 0 or more; 0 always takes the most probable token. Default 0.8.
  float temperature = 0.8f;
  /// The same seed, options, model and prompts give the same text, with any number of threads and
  /// on every instruction set. Default 0.
  uint32_t random_seed = 0;

  /// Above 0: logits of tokens that the context has, prompts included, are divided by it if
  /// positive and multiplied by it if negative. Default 1: off.
  float repetition_penalty = 1.0f;
  /// Subtracted from the logits of tokens that the response has; frequency_penalty once for each
  /// time. Any finite number; negative ones encourage. Default 0: off.
  float presence_penalty = 0.0f;
  float frequency_penalty = 0.0f;
  /// The penalties look at so many of the last tokens. Default 0: at all of the context.
  int penalty_window = 0;
  /// No run of so many tokens comes twice in the context. Default 0: off.
  int no_repeat_ngram_size = 0;
  std::vector<LlmLogitBias> logit_bias;
  /// Never chosen.
  std::vector<int> suppressed_tokens;

  /// The most tokens of one response. Default 0: until a stop token comes or the context is full.
  int max_output_tokens = 0;
  /// A response ends before the first of them, however tokens cut it; the text ends there, and no
  /// part of a stop string is ever streamed. At most 64, none empty.
  std::vector<std::string> stop_strings;
  /// A response ends at one of them, beside the model's own. At most 64.
  std::vector<int> stop_tokens;
  /// A response ends this long after it was asked for, within one op of the model, with
  /// kDeadline. Milliseconds. Default 0: never.
  int timeout_ms = 0;

  /// How many of the most probable tokens are told of with each token of the response, 0 to 100;
  /// 0: only the token that was chosen. Default -1: LlmResponse::tokens stays empty.
  int num_logprobs = -1;

  LlmOverflowPolicy overflow_policy = LlmOverflowPolicy::kStop;
  /// The tokens at the beginning of the context (after the start token) that kDropOldest keeps,
  /// such as a system prompt: context_used() after it was added. 0 or more. Default 0.
  int keep_tokens = 0;

  LlmResponseFormat response_format;
  /// Around the words of AddQueryChunk; and of AddMessage, where there is no Jinja template.
  LlmPromptTemplates prompt_templates;
  /// How AddMessage writes messages down: a Jinja chat template, as transformers renders it.
  /// Default
  /// "": the model file's own.
  std::string chat_template;
};

}  // namespace edgetasks

#endif  // TASKS_LLM_INFERENCE_LLM_INFERENCE_OPTIONS_H_
