#include "tasks/llm_inference/special_tokens.h"

#include "core/base/status_macros.h"

namespace edgetasks::tasks {
namespace {

absl::StatusOr<std::vector<int32_t>> ResolveStart(const model::TokenSpec& token,
                                                  const text::Tokenizer& tokenizer) {
  if (!token.ids.empty() || token.text.empty()) return token.ids;
  const int32_t id = tokenizer.PieceToId(token.text);
  if (id >= 0) return std::vector<int32_t>{id};
  return tokenizer.Encode(token.text);
}

void AddStop(const model::TokenSpec& token, const text::Tokenizer& tokenizer,
             SpecialTokens* special) {
  if (!token.ids.empty()) special->stop.push_back(token.ids);
  if (token.text.empty()) return;
  const int32_t id = tokenizer.PieceToId(token.text);
  if (id >= 0) special->stop.push_back({id});
  special->stop_texts.push_back(token.text);
}

void AddStopId(int32_t id, SpecialTokens* special) {
  if (id >= 0) special->stop.push_back({id});
}

}  // namespace

absl::StatusOr<SpecialTokens> ResolveSpecialTokens(
    const std::optional<model::LlmSettings>& settings, const text::Tokenizer& tokenizer) {
  SpecialTokens special;
  if (!settings.has_value()) {
    if (tokenizer.start_id() >= 0) special.start.push_back(tokenizer.start_id());
    AddStopId(tokenizer.end_id(), &special);
    AddStopId(tokenizer.start_id(), &special);
    return special;
  }
  if (settings->start_token.has_value()) {
    ET_ASSIGN_OR_RETURN(special.start, ResolveStart(*settings->start_token, tokenizer));
  }
  for (const model::TokenSpec& token : settings->stop_tokens) AddStop(token, tokenizer, &special);
  if (settings->stop_tokens.empty()) AddStopId(tokenizer.end_id(), &special);
  special.suppressed = settings->suppress_tokens;
  return special;
}

}  // namespace edgetasks::tasks
