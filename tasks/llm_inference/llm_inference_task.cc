#include "tasks/llm_inference/llm_inference_task.h"

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
};

namespace {

absl::StatusOr<int> ResolveMaxTokens(int max_tokens, int capacity) {
  if (max_tokens == 0) return capacity;
  if (max_tokens > 0 && max_tokens <= capacity) return max_tokens;
  return MakeError(
      absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
      absl::StrCat("max_tokens is ", max_tokens, ", but the model's caches hold ", capacity,
                   " tokens; set it to 1 to ", capacity, ", or to 0 for all of them"));
}

}  // namespace

LlmInferenceTask::LlmInferenceTask(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
LlmInferenceTask::~LlmInferenceTask() = default;

absl::StatusOr<std::unique_ptr<LlmInferenceTask>> LlmInferenceTask::Create(
    const LlmInferenceOptions& options) {
  auto shared = std::make_shared<Shared>();
  ET_ASSIGN_OR_RETURN(shared->language_model, LoadLanguageModel(options.base_options));
  const model::ModelFile& file = *shared->language_model.file;
  ET_ASSIGN_OR_RETURN(
      shared->max_tokens,
      ResolveMaxTokens(options.max_tokens, shared->language_model.model->graph().capacity));
  ET_ASSIGN_OR_RETURN(shared->tokenizer, OpenTokenizer(file, options.tokenizer_path));
  ET_ASSIGN_OR_RETURN(shared->special, ResolveSpecialTokens(file.llm, *shared->tokenizer));
  return std::unique_ptr<LlmInferenceTask>(new LlmInferenceTask(std::move(shared)));
}

absl::StatusOr<std::unique_ptr<LlmSessionTask>> LlmInferenceTask::CreateSession(
    const LlmInferenceSessionOptions& options) {
  LlmSessionParts parts;
  parts.keep_alive = shared_;
  parts.tokenizer = shared_->tokenizer;
  ET_ASSIGN_OR_RETURN(parts.executor, shared_->language_model.model->NewContext());
  parts.special = shared_->special;
  parts.max_tokens = shared_->max_tokens;
  return LlmSessionTask::Create(std::move(parts), options);
}

absl::StatusOr<int> LlmInferenceTask::SizeInTokens(absl::string_view text) const {
  ET_ASSIGN_OR_RETURN(const std::vector<int32_t> ids, shared_->tokenizer->Encode(text));
  return static_cast<int>(ids.size());
}

int LlmInferenceTask::max_tokens() const { return shared_->max_tokens; }

}  // namespace edgetasks::tasks
