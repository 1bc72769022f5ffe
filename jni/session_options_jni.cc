// NativeSessionOptions.java as C++ options: its fields, by their names.
#include "jni/field_reader.h"
#include "jni/natives.h"

namespace edgetasks::jni {
namespace {

// `texts`: none, or the six in the order of PromptTemplates.texts().
LlmPromptTemplates ToTemplates(const std::vector<std::string>& texts) {
  if (texts.size() != 6) return {};
  return {texts[0], texts[1], texts[2], texts[3], texts[4], texts[5]};
}

std::vector<LlmLogitBias> ToLogitBias(const std::vector<jint>& tokens,
                                      const std::vector<float>& biases) {
  std::vector<LlmLogitBias> bias;
  for (size_t i = 0; i < tokens.size() && i < biases.size(); ++i) {
    bias.push_back({tokens[i], biases[i]});
  }
  return bias;
}

}  // namespace

LlmInferenceSessionOptions ToSessionOptions(JNIEnv* env, jobject object) {
  const FieldReader fields(env, object);
  LlmInferenceSessionOptions options;
  options.top_k = fields.Int("topK");
  options.top_p = fields.Float("topP");
  options.min_p = fields.Float("minP");
  options.typical_p = fields.Float("typicalP");
  options.temperature = fields.Float("temperature");
  options.random_seed = static_cast<uint32_t>(fields.Int("randomSeed"));
  options.repetition_penalty = fields.Float("repetitionPenalty");
  options.presence_penalty = fields.Float("presencePenalty");
  options.frequency_penalty = fields.Float("frequencyPenalty");
  options.penalty_window = fields.Int("penaltyWindow");
  options.no_repeat_ngram_size = fields.Int("noRepeatNgramSize");
  options.logit_bias = ToLogitBias(fields.Ints("biasedTokens"), fields.Floats("biases"));
  options.suppressed_tokens = fields.Ints("suppressedTokens");
  options.max_output_tokens = fields.Int("maxOutputTokens");
  options.stop_strings = fields.Strings("stopStrings");
  options.stop_tokens = fields.Ints("stopTokens");
  options.timeout_ms = fields.Int("timeoutMs");
  options.num_logprobs = fields.Int("numLogprobs");
  options.overflow_policy = static_cast<LlmOverflowPolicy>(fields.Int("overflowPolicy"));
  options.keep_tokens = fields.Int("keepTokens");
  options.response_format.kind = static_cast<LlmResponseFormat::Kind>(fields.Int("formatKind"));
  options.response_format.source = fields.Bytes("formatSource");
  options.response_format.choices = fields.Strings("formatChoices");
  options.prompt_templates = ToTemplates(fields.Strings("promptTemplates"));
  options.chat_template = fields.Bytes("chatTemplate");
  return options;
}

}  // namespace edgetasks::jni
