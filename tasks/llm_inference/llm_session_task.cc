#include "tasks/llm_inference/llm_session_task.h"

#include <chrono>
#include <system_error>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "tasks/llm_inference/respond.h"
#include "tasks/llm_inference/response_writer.h"
#include "tasks/llm_inference/session_options.h"

namespace edgetasks::tasks {
namespace {

absl::Status Busy() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, ErrorDetail::kBusy,
      "the session is busy with another call; wait for its response, cancel it, or use "
      "another session");
}

// A listener that tells `progress` of text only.
LlmEventCallback ToListener(LlmProgressCallback progress) {
  if (!progress) return nullptr;
  return [progress = std::move(progress)](const LlmResponseEvent& event) {
    if (event.done || !event.text.empty()) progress(event.text, event.done);
  };
}

}  // namespace

class LlmSessionTask::Turn {
 public:
  explicit Turn(LlmSessionTask* session) : session_(session->TryAcquire() ? session : nullptr) {}
  ~Turn() {
    if (session_ != nullptr) session_->Release();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  bool taken() const { return session_ != nullptr; }
  // The session stays busy until somebody else releases it.
  void Keep() { session_ = nullptr; }

 private:
  LlmSessionTask* session_;
};

LlmSessionTask::LlmSessionTask(Conversation conversation, const LlmSessionParts& parts,
                               const LlmInferenceSessionOptions& options)
    : tokenizer_(conversation.parts().tokenizer),
      max_tokens_(conversation.max_tokens()),
      idle_(parts.idle),
      identity_(parts.identity),
      constraints_(parts.constraints),
      settings_(parts.settings),
      used_(conversation.used()),
      conversation_(std::move(conversation)),
      options_(options),
      sampler_(SamplerParamsOf(options)) {}

absl::StatusOr<std::unique_ptr<LlmSessionTask>> LlmSessionTask::Create(
    LlmSessionParts parts, const LlmInferenceSessionOptions& options) {
  ET_RETURN_IF_ERROR(CheckSessionOptions(options));
  Conversation conversation(std::move(parts.conversation));
  std::unique_ptr<LlmSessionTask> session(
      new LlmSessionTask(std::move(conversation), parts, options));
  ET_RETURN_IF_ERROR(session->SetOptions(options));
  return session;
}

absl::StatusOr<std::unique_ptr<LlmSessionTask>> LlmSessionTask::Load(
    const std::string& path, LlmSessionParts parts, const LlmInferenceSessionOptions& options) {
  ET_RETURN_IF_ERROR(CheckSessionOptions(options));
  Conversation conversation(std::move(parts.conversation));
  ET_ASSIGN_OR_RETURN(const uint64_t random_state,
                      LoadSession(path, parts.identity->Get(), &conversation));
  std::unique_ptr<LlmSessionTask> session(
      new LlmSessionTask(std::move(conversation), parts, options));
  ET_RETURN_IF_ERROR(session->SetOptions(options));
  session->sampler_.set_random_state(random_state);
  return session;
}

absl::Status LlmSessionTask::Save(const std::string& path) {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  if (identity_ == nullptr) {
    return Unsupported(ErrorDetail::kMissingPart, "a session without a model file cannot be saved");
  }
  return SaveSession(path, identity_->Get(), conversation_, sampler_.random_state());
}

LlmSessionTask::~LlmSessionTask() {
  Cancel();
  if (worker_.joinable()) worker_.join();
  if (idle_ != nullptr) idle_->Put(conversation_.TakeExecutor());
}

void LlmSessionTask::Release() {
  used_ = conversation_.used();
  busy_ = false;
}

llm::SamplerParams LlmSessionTask::SamplerParamsOf(
    const LlmInferenceSessionOptions& options) const {
  return ToSamplerParams(options, conversation_.parts().special, tokenizer_->vocab_size());
}

absl::Status LlmSessionTask::AddQueryChunk(absl::string_view text) {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  return conversation_.AddQuery(text, options_);
}

absl::StatusOr<const ChatFormat*> LlmSessionTask::Format() {
  if (!format_.has_value()) {
    ET_ASSIGN_OR_RETURN(format_, ChatFormat::Create(options_, settings_, *tokenizer_));
  }
  return &*format_;
}

absl::Status LlmSessionTask::AddMessage(LlmMessage message) {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  ET_ASSIGN_OR_RETURN(const ChatFormat* const format, Format());
  return conversation_.AddMessage(std::move(message), *format, options_);
}

absl::StatusOr<std::vector<LlmMessage>> LlmSessionTask::Messages() {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  return conversation_.record().chat.messages();
}

absl::StatusOr<std::string> LlmSessionTask::RenderPrompt() {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  const ChatFormat* format = nullptr;
  if (!conversation_.record().chat.messages().empty()) {
    ET_ASSIGN_OR_RETURN(format, Format());
  }
  return conversation_.RenderPrompt(format, options_.prompt_templates);
}

absl::StatusOr<std::shared_ptr<const LlmSessionTask::Own>> LlmSessionTask::MakeOwn(
    const LlmInferenceSessionOptions* options) {
  if (options == nullptr) return nullptr;
  ET_RETURN_IF_ERROR(CheckSessionOptions(*options));
  auto own = std::make_shared<Own>();
  own->options = *options;
  if (options->response_format.kind != LlmResponseFormat::Kind::kText) {
    ET_ASSIGN_OR_RETURN(own->constraint, constraints_->Compile(options->response_format));
  }
  return own;
}

// Nothing changes on an error.
absl::Status LlmSessionTask::SetOptions(const LlmInferenceSessionOptions& options) {
  ET_ASSIGN_OR_RETURN(const std::shared_ptr<const Own> own, MakeOwn(&options));
  // A template that is none is told of at once; the model file's when it is needed.
  if (!options.chat_template.empty()) {
    ET_ASSIGN_OR_RETURN(format_, ChatFormat::Create(options, settings_, *tokenizer_));
  } else {
    format_.reset();
  }
  options_ = own->options;
  constraint_ = own->constraint;
  sampler_.SetParams(SamplerParamsOf(options_));
  return absl::OkStatus();
}

absl::StatusOr<LlmResponse> LlmSessionTask::GenerateResponse(
    const LlmInferenceSessionOptions* options) {
  ET_ASSIGN_OR_RETURN(const std::shared_ptr<const Own> own, MakeOwn(options));
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  const std::shared_ptr<Cancellation> cancel =
      NewCancellation(own != nullptr ? own->options : options_);
  return Generate(own.get(), *cancel, nullptr);
}

absl::StatusOr<LlmResponseFuture> LlmSessionTask::GenerateResponseAsync(
    LlmProgressCallback progress, const LlmInferenceSessionOptions* options) {
  return GenerateResponseStream(ToListener(std::move(progress)), options);
}

absl::StatusOr<LlmResponseFuture> LlmSessionTask::GenerateResponseStream(
    LlmEventCallback listener, const LlmInferenceSessionOptions* options) {
  ET_ASSIGN_OR_RETURN(const std::shared_ptr<const Own> own, MakeOwn(options));
  Turn turn(this);
  if (!turn.taken()) return Busy();
  if (worker_.joinable()) worker_.join();  // it has released the session: it is about to end
  auto state = std::make_shared<LlmResponseFuture::State>();
  state->cancel = NewCancellation(own != nullptr ? own->options : options_);
  const auto work = [this, state, own, listener = std::move(listener)] {
    {
      std::lock_guard<std::mutex> guard(state->mutex);
      state->worker = std::this_thread::get_id();
    }
    absl::StatusOr<LlmResponse> response = Generate(own.get(), *state->cancel, listener);
    LlmResponseEvent end;
    end.done = true;
    const absl::Status told = TellListener(listener, end);
    if (response.ok() && !told.ok()) response = told;
    Release();
    state->Complete(std::move(response));
  };
  try {
    worker_ = std::thread(work);
  } catch (const std::system_error&) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
                     "the system gives no thread for the response; use GenerateResponse");
  }
  turn.Keep();
  return LlmResponseFuture(std::move(state));
}

void LlmSessionTask::Cancel() {
  std::lock_guard<std::mutex> guard(cancel_mutex_);
  if (cancel_ != nullptr) cancel_->Cancel();
}

// Each response has one of its own: cancelling one that is complete must not hit the next.
std::shared_ptr<Cancellation> LlmSessionTask::NewCancellation(
    const LlmInferenceSessionOptions& options) {
  const auto deadline = options.timeout_ms > 0 ? Cancellation::Clock::now() +
                                                     std::chrono::milliseconds(options.timeout_ms)
                                               : Cancellation::Clock::time_point::max();
  std::lock_guard<std::mutex> guard(cancel_mutex_);
  cancel_ = std::make_shared<Cancellation>(deadline);
  return cancel_;
}

absl::StatusOr<LlmResponse> LlmSessionTask::Generate(const Own* own, const Cancellation& cancel,
                                                     const LlmEventCallback& listener) {
  ResponseRequest request;
  request.options = own != nullptr ? &own->options : &options_;
  request.constraint = own != nullptr ? own->constraint : constraint_;
  request.sampler = &sampler_;
  request.cancel = &cancel;
  request.listener = &listener;
  request.idle = idle_;
  request.used = &used_;
  if (conversation_.has_new_messages()) {
    ET_ASSIGN_OR_RETURN(const ChatFormat* const format, Format());
    ET_RETURN_IF_ERROR(conversation_.FeedMessages(*format));
  }
  if (own == nullptr) return Answer(request);
  llm::Sampler sampler = sampler_;
  sampler.SetParams(SamplerParamsOf(own->options));
  request.sampler = &sampler;
  absl::StatusOr<LlmResponse> response = Answer(request);
  if (own->options.random_seed == options_.random_seed) {
    sampler_.set_random_state(sampler.random_state());
  }
  return response;
}

absl::StatusOr<LlmResponse> LlmSessionTask::Answer(const ResponseRequest& request) {
  absl::StatusOr<LlmResponse> response = Respond(&conversation_, request);
  if (response.ok()) conversation_.AddResponseText(response->text);
  return response;
}

absl::StatusOr<LlmScore> LlmSessionTask::Score(absl::string_view text) {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  const std::shared_ptr<Cancellation> cancel = NewCancellation(options_);
  return tasks::Score(&conversation_, text, cancel.get());
}

absl::StatusOr<std::unique_ptr<LlmSessionTask>> LlmSessionTask::Clone() {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  ET_ASSIGN_OR_RETURN(Conversation conversation, conversation_.Clone());
  std::unique_ptr<LlmSessionTask> clone(new LlmSessionTask(
      std::move(conversation), {{}, idle_, identity_, constraints_, settings_}, options_));
  clone->format_ = format_;
  clone->constraint_ = constraint_;
  clone->sampler_ = sampler_;
  return clone;
}

absl::Status LlmSessionTask::UpdateOptions(const LlmInferenceSessionOptions& options) {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  return SetOptions(options);
}

absl::StatusOr<LlmCheckpoint> LlmSessionTask::Checkpoint() {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  return LlmCheckpoint{conversation_.size(), sampler_.random_state()};
}

absl::Status LlmSessionTask::Rewind(const LlmCheckpoint& checkpoint) {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  ET_RETURN_IF_ERROR(conversation_.Rewind(checkpoint.tokens));
  sampler_.set_random_state(checkpoint.random_state);
  return absl::OkStatus();
}

absl::Status LlmSessionTask::Rewind(int tokens) {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  return conversation_.Rewind(tokens);
}

absl::StatusOr<int> LlmSessionTask::SizeInTokens(absl::string_view text) const {
  ET_ASSIGN_OR_RETURN(const std::vector<int32_t> ids, tokenizer_->Encode(text));
  return static_cast<int>(ids.size());
}

absl::StatusOr<int> LlmSessionTask::PromptSizeInTokens(absl::string_view text) {
  const Turn turn(this);
  if (!turn.taken()) return Busy();
  return conversation_.SizeOfQuery(text, options_.prompt_templates);
}

}  // namespace edgetasks::tasks
