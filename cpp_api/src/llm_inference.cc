#include "edgetasks/llm_inference.h"

#include <utility>

#include "core/base/status_macros.h"
#include "tasks/llm_inference/llm_inference_task.h"

namespace edgetasks {

LlmResponseFuture::LlmResponseFuture(const tasks::LlmResponseFuture& future)
    : future_(std::make_unique<tasks::LlmResponseFuture>(future)) {}
LlmResponseFuture::LlmResponseFuture(const LlmResponseFuture& other)
    : LlmResponseFuture(*other.future_) {}
LlmResponseFuture& LlmResponseFuture::operator=(const LlmResponseFuture& other) {
  *future_ = *other.future_;
  return *this;
}
LlmResponseFuture::~LlmResponseFuture() = default;

bool LlmResponseFuture::IsDone() const { return future_->IsDone(); }
bool LlmResponseFuture::WaitFor(std::chrono::milliseconds timeout) const {
  return future_->WaitFor(timeout);
}
absl::StatusOr<LlmResponse> LlmResponseFuture::Get() const { return future_->Get(); }
void LlmResponseFuture::Cancel() { future_->Cancel(); }

LlmInferenceSession::LlmInferenceSession(std::unique_ptr<tasks::LlmSessionTask> task)
    : task_(std::move(task)) {}
LlmInferenceSession::~LlmInferenceSession() = default;

absl::Status LlmInferenceSession::AddQueryChunk(absl::string_view text) {
  return task_->AddQueryChunk(text);
}

absl::Status LlmInferenceSession::AddMessage(LlmMessage message) {
  return task_->AddMessage(std::move(message));
}
absl::StatusOr<std::vector<LlmMessage>> LlmInferenceSession::Messages() {
  return task_->Messages();
}
absl::StatusOr<std::string> LlmInferenceSession::RenderPrompt() { return task_->RenderPrompt(); }

absl::StatusOr<LlmResponse> LlmInferenceSession::GenerateResponse() {
  return task_->GenerateResponse();
}

absl::StatusOr<LlmResponse> LlmInferenceSession::GenerateResponse(
    const LlmInferenceSessionOptions& options) {
  return task_->GenerateResponse(&options);
}

absl::StatusOr<LlmResponseFuture> LlmInferenceSession::GenerateResponseAsync(
    LlmProgressCallback progress) {
  ET_ASSIGN_OR_RETURN(const auto future, task_->GenerateResponseAsync(std::move(progress)));
  return LlmResponseFuture(future);
}

absl::StatusOr<LlmResponseFuture> LlmInferenceSession::GenerateResponseStream(
    LlmEventCallback listener, const LlmInferenceSessionOptions* options) {
  ET_ASSIGN_OR_RETURN(const auto future,
                      task_->GenerateResponseStream(std::move(listener), options));
  return LlmResponseFuture(future);
}

absl::StatusOr<LlmScore> LlmInferenceSession::Score(absl::string_view text) {
  return task_->Score(text);
}

void LlmInferenceSession::Cancel() { task_->Cancel(); }

absl::StatusOr<int> LlmInferenceSession::SizeInTokens(absl::string_view text) const {
  return task_->SizeInTokens(text);
}

absl::StatusOr<int> LlmInferenceSession::PromptSizeInTokens(absl::string_view text) {
  return task_->PromptSizeInTokens(text);
}
int LlmInferenceSession::context_used() const { return task_->context_used(); }
int LlmInferenceSession::context_remaining() const { return task_->context_remaining(); }

absl::StatusOr<LlmCheckpoint> LlmInferenceSession::Checkpoint() { return task_->Checkpoint(); }
absl::Status LlmInferenceSession::Rewind(const LlmCheckpoint& checkpoint) {
  return task_->Rewind(checkpoint);
}
absl::Status LlmInferenceSession::Rewind(int tokens) { return task_->Rewind(tokens); }
absl::Status LlmInferenceSession::Save(const std::string& path) { return task_->Save(path); }

absl::StatusOr<std::unique_ptr<LlmInferenceSession>> LlmInferenceSession::Clone() {
  ET_ASSIGN_OR_RETURN(auto clone, task_->Clone());
  return std::unique_ptr<LlmInferenceSession>(new LlmInferenceSession(std::move(clone)));
}

absl::Status LlmInferenceSession::UpdateOptions(const LlmInferenceSessionOptions& options) {
  return task_->UpdateOptions(options);
}

absl::StatusOr<std::unique_ptr<LlmInference>> LlmInference::Create(
    const LlmInferenceOptions& options) {
  ET_ASSIGN_OR_RETURN(auto task, tasks::LlmInferenceTask::Create(options));
  return std::unique_ptr<LlmInference>(new LlmInference(std::move(task)));
}

LlmInference::LlmInference(std::unique_ptr<tasks::LlmInferenceTask> task)
    : task_(std::move(task)) {}
LlmInference::~LlmInference() = default;

absl::StatusOr<std::unique_ptr<LlmInferenceSession>> LlmInference::CreateSession(
    const LlmInferenceSessionOptions& options) {
  ET_ASSIGN_OR_RETURN(auto session, task_->CreateSession(options));
  return std::unique_ptr<LlmInferenceSession>(new LlmInferenceSession(std::move(session)));
}

absl::StatusOr<std::unique_ptr<LlmInferenceSession>> LlmInference::LoadSession(
    const std::string& path, const LlmInferenceSessionOptions& options) {
  ET_ASSIGN_OR_RETURN(auto session, task_->LoadSession(path, options));
  return std::unique_ptr<LlmInferenceSession>(new LlmInferenceSession(std::move(session)));
}

absl::StatusOr<LlmResponse> LlmInference::GenerateResponse(absl::string_view prompt) {
  ET_ASSIGN_OR_RETURN(auto session, task_->CreateSession({}));
  ET_RETURN_IF_ERROR(session->AddQueryChunk(prompt));
  return session->GenerateResponse();
}

absl::StatusOr<int> LlmInference::SizeInTokens(absl::string_view text) const {
  return task_->SizeInTokens(text);
}

absl::StatusOr<std::vector<int32_t>> LlmInference::Tokenize(absl::string_view text) const {
  return task_->Tokenize(text);
}

absl::StatusOr<std::string> LlmInference::Detokenize(absl::Span<const int32_t> ids) const {
  return task_->Detokenize(ids);
}

int LlmInference::max_tokens() const { return task_->max_tokens(); }

}  // namespace edgetasks
