#include "tasks/llm_inference/llm_inference_task.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "tasks/components/model_source.h"
#include "tasks/llm_inference/language_model.h"
#include "tasks/llm_inference/tokenizer_source.h"

namespace edgetasks::tasks {

struct LlmInferenceTask::Shared {
  LanguageModel language_model;
  std::shared_ptr<const text::Tokenizer> tokenizer;
  SpecialTokens special;
  int max_tokens = 0;
  std::optional<LazySessionIdentity> identity;
  std::optional<ConstraintCompiler> constraints;
  IdleContexts idle;  // run over the model: destroyed first

  explicit Shared(size_t max_idle_contexts) : idle(max_idle_contexts) {}
};

namespace {

absl::StatusOr<int> ResolveMaxTokens(int max_tokens, int capacity) {
  if (max_tokens == 0) return capacity;
  if (max_tokens > 0 && max_tokens <= capacity) return max_tokens;
  return InvalidOption("max_tokens is ", max_tokens, "; set it to 1 to ", capacity,
                       ", or to 0 for all that the model's caches hold");
}

// Start and stop tokens mark a text, and are no part of it.
std::vector<int32_t> TokensWithoutText(const SpecialTokens& special) {
  std::vector<int32_t> ids = special.start;
  for (const std::vector<int32_t>& stop : special.stop) {
    if (stop.size() == 1) ids.push_back(stop[0]);
  }
  return ids;
}

}  // namespace

LlmInferenceTask::LlmInferenceTask(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
LlmInferenceTask::~LlmInferenceTask() = default;

absl::StatusOr<std::unique_ptr<LlmInferenceTask>> LlmInferenceTask::Create(
    const LlmInferenceOptions& options) {
  if (options.max_idle_contexts < 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat("max_idle_contexts is ", options.max_idle_contexts,
                                  "; it must be >= 0 (0 keeps none)"));
  }
  auto shared = std::make_shared<Shared>(options.max_idle_contexts);
  ET_ASSIGN_OR_RETURN(shared->language_model, LoadLanguageModel(options));
  const model::ModelFile& file = *shared->language_model.file;
  ET_ASSIGN_OR_RETURN(
      shared->max_tokens,
      ResolveMaxTokens(options.max_tokens, shared->language_model.model->graph().capacity));
  ET_ASSIGN_OR_RETURN(shared->tokenizer, OpenTokenizer(file, options.tokenizer_path));
  ET_ASSIGN_OR_RETURN(shared->special, ResolveSpecialTokens(file.llm, *shared->tokenizer));
  shared->constraints.emplace(shared->tokenizer, TokensWithoutText(shared->special));
  shared->identity.emplace(file.file->bytes(), *shared->tokenizer);
  return std::unique_ptr<LlmInferenceTask>(new LlmInferenceTask(std::move(shared)));
}

absl::StatusOr<LlmSessionParts> LlmInferenceTask::NewParts() {
  LlmSessionParts parts;
  ConversationParts& conversation = parts.conversation;
  conversation.keep_alive = shared_;
  conversation.tokenizer = shared_->tokenizer;
  ET_ASSIGN_OR_RETURN(conversation.executor, shared_->language_model.model->NewContext());
  conversation.special = shared_->special;
  conversation.max_tokens = shared_->max_tokens;
  parts.idle = &shared_->idle;
  parts.identity = &*shared_->identity;
  parts.constraints = &*shared_->constraints;
  const std::optional<model::LlmSettings>& settings = shared_->language_model.file->llm;
  parts.settings = settings.has_value() ? &*settings : nullptr;
  return parts;
}

absl::StatusOr<std::unique_ptr<LlmSessionTask>> LlmInferenceTask::CreateSession(
    const LlmInferenceSessionOptions& options) {
  ET_ASSIGN_OR_RETURN(LlmSessionParts parts, NewParts());
  return LlmSessionTask::Create(std::move(parts), options);
}

absl::StatusOr<std::unique_ptr<LlmSessionTask>> LlmInferenceTask::LoadSession(
    const std::string& path, const LlmInferenceSessionOptions& options) {
  ET_ASSIGN_OR_RETURN(LlmSessionParts parts, NewParts());
  return LlmSessionTask::Load(path, std::move(parts), options);
}

absl::StatusOr<int> LlmInferenceTask::SizeInTokens(absl::string_view text) const {
  ET_ASSIGN_OR_RETURN(const std::vector<int32_t> ids, shared_->tokenizer->Encode(text));
  return static_cast<int>(ids.size());
}

absl::StatusOr<std::vector<int32_t>> LlmInferenceTask::Tokenize(absl::string_view text) const {
  return shared_->tokenizer->Encode(text);
}

absl::StatusOr<std::string> LlmInferenceTask::Detokenize(absl::Span<const int32_t> ids) const {
  return shared_->tokenizer->Decode(ids);
}

int LlmInferenceTask::max_tokens() const { return shared_->max_tokens; }

}  // namespace edgetasks::tasks
