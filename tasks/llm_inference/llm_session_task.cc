#include "tasks/llm_inference/llm_session_task.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/generate.h"
#include "tasks/llm_inference/response_writer.h"

namespace edgetasks::tasks {
namespace {

template <typename... Args>
absl::Status InvalidOption(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                   absl::StrCat(args...));
}

// Comparisons are written so that NaN is refused.
absl::Status CheckOptions(const LlmInferenceSessionOptions& options) {
  if (options.top_k < 1) return InvalidOption("top_k is ", options.top_k, "; it must be >= 1");
  if (!(options.top_p >= 0.0f && options.top_p <= 1.0f)) {
    return InvalidOption("top_p is ", options.top_p, "; it must be 0 to 1");
  }
  if (!(options.temperature >= 0.0f && options.temperature < 1e30f)) {
    return InvalidOption("temperature is ", options.temperature,
                         "; it must be >= 0 (0 always takes the most probable token)");
  }
  if (options.max_output_tokens < 0) {
    return InvalidOption("max_output_tokens is ", options.max_output_tokens,
                         "; it must be >= 1, or 0 for no limit of its own");
  }
  return absl::OkStatus();
}

absl::Status Busy() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, ErrorDetail::kBusy,
      "the session is busy with another call; wait for its response, cancel it, or use "
      "another session");
}

llm::SamplerParams SamplerParamsOf(const LlmInferenceSessionOptions& options,
                                   const LlmSessionParts& parts) {
  llm::SamplerParams params;
  params.top_k = options.top_k;
  params.top_p = options.top_p;
  params.temperature = options.temperature;
  params.seed = options.random_seed;
  params.suppressed = parts.special.suppressed;
  // Models round their vocabulary up: logits behind the tokenizer's stand for no text.
  params.vocab_limit = parts.tokenizer->vocab_size();
  return params;
}

FinishReason ToFinishReason(llm::StopReason reason) {
  switch (reason) {
    case llm::StopReason::kStopToken:
      return FinishReason::kStopToken;
    case llm::StopReason::kMaxOutputTokens:
      return FinishReason::kMaxOutputTokens;
    case llm::StopReason::kContextFull:
      return FinishReason::kContextFull;
    case llm::StopReason::kCancelled:
      break;
  }
  return FinishReason::kCancelled;
}

}  // namespace

LlmSessionTask::LlmSessionTask(LlmSessionParts parts, const LlmInferenceSessionOptions& options)
    : parts_(std::move(parts)), options_(options), sampler_(SamplerParamsOf(options, parts_)) {}

absl::StatusOr<std::unique_ptr<LlmSessionTask>> LlmSessionTask::Create(
    LlmSessionParts parts, const LlmInferenceSessionOptions& options) {
  ET_RETURN_IF_ERROR(CheckOptions(options));
  return std::unique_ptr<LlmSessionTask>(new LlmSessionTask(std::move(parts), options));
}

LlmSessionTask::~LlmSessionTask() {
  Cancel();
  if (worker_.joinable()) worker_.join();
}

absl::Status LlmSessionTask::AddQueryChunk(absl::string_view text) {
  if (!TryAcquire()) return Busy();
  std::string query = absl::StrCat(query_, text);
  absl::StatusOr<std::vector<int32_t>> ids = EncodeTurn(query);
  absl::Status status = ids.status();
  if (ids.ok()) {
    const int used = UsedTokens();
    if (static_cast<int64_t>(used) + static_cast<int64_t>(ids->size()) > parts_.max_tokens) {
      status = MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
                         absl::StrCat("the prompt has ", ids->size(), " tokens, but only ",
                                      std::max(0, parts_.max_tokens - used), " of the context's ",
                                      parts_.max_tokens, " are free (", used,
                                      " used); shorten it, raise max_tokens if the model "
                                      "allows it, or begin a new session"));
    } else {
      query_ = std::move(query);
      query_ids_ = *std::move(ids);
    }
  }
  Release();
  return status;
}

absl::StatusOr<LlmResponse> LlmSessionTask::GenerateResponse() {
  if (!TryAcquire()) return Busy();
  const std::shared_ptr<std::atomic<bool>> cancel = NewCancelFlag();
  absl::StatusOr<LlmResponse> response = Generate(*cancel, nullptr);
  Release();
  return response;
}

absl::StatusOr<LlmResponseFuture> LlmSessionTask::GenerateResponseAsync(
    LlmProgressCallback progress) {
  if (!TryAcquire()) return Busy();
  if (worker_.joinable()) worker_.join();  // it has released the session: it is about to end
  auto state = std::make_shared<LlmResponseFuture::State>();
  state->cancel = NewCancelFlag();
  const auto work = [this, state, progress = std::move(progress)] {
    {
      std::lock_guard<std::mutex> guard(state->mutex);
      state->worker = std::this_thread::get_id();
    }
    absl::StatusOr<LlmResponse> response = Generate(*state->cancel, progress);
    if (progress) progress("", true);
    Release();
    state->Complete(std::move(response));
  };
  try {
    worker_ = std::thread(work);
  } catch (const std::system_error&) {
    Release();
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
                     "the system gives no thread for the response; use GenerateResponse");
  }
  return LlmResponseFuture(std::move(state));
}

void LlmSessionTask::Cancel() {
  std::lock_guard<std::mutex> guard(cancel_mutex_);
  if (cancel_ != nullptr) cancel_->store(true);
}

absl::StatusOr<int> LlmSessionTask::SizeInTokens(absl::string_view text) const {
  ET_ASSIGN_OR_RETURN(const std::vector<int32_t> ids, parts_.tokenizer->Encode(text));
  return static_cast<int>(ids.size());
}

absl::StatusOr<std::unique_ptr<LlmSessionTask>> LlmSessionTask::Clone() {
  if (!TryAcquire()) return Busy();
  absl::StatusOr<std::unique_ptr<llm::LlmExecutor>> executor = parts_.executor->Clone();
  if (!executor.ok()) {
    Release();
    return executor.status();
  }
  LlmSessionParts parts;
  parts.keep_alive = parts_.keep_alive;
  parts.tokenizer = parts_.tokenizer;
  parts.executor = *std::move(executor);
  parts.special = parts_.special;
  parts.max_tokens = parts_.max_tokens;
  std::unique_ptr<LlmSessionTask> clone(new LlmSessionTask(std::move(parts), options_));
  clone->query_ = query_;
  clone->query_ids_ = query_ids_;
  clone->pending_ = pending_;
  clone->started_ = started_;
  clone->answered_ = answered_;
  clone->stop_ = stop_;
  clone->sampler_ = sampler_;
  Release();
  return clone;
}

absl::Status LlmSessionTask::UpdateOptions(const LlmInferenceSessionOptions& options) {
  ET_RETURN_IF_ERROR(CheckOptions(options));
  if (!TryAcquire()) return Busy();
  options_ = options;
  sampler_.SetParams(SamplerParamsOf(options, parts_));
  Release();
  return absl::OkStatus();
}

// Each response has a flag of its own: cancelling one that is complete must not hit the next.
std::shared_ptr<std::atomic<bool>> LlmSessionTask::NewCancelFlag() {
  std::lock_guard<std::mutex> guard(cancel_mutex_);
  cancel_ = std::make_shared<std::atomic<bool>>(false);
  return cancel_;
}

// In the context or about to be, without the query.
int LlmSessionTask::UsedTokens() const {
  const size_t start = started_ ? 0 : parts_.special.start.size();
  return parts_.executor->position() + static_cast<int>(pending_.size() + start);
}

// The tokens of a user's words with the templates around them.
absl::StatusOr<std::vector<int32_t>> LlmSessionTask::EncodeTurn(absl::string_view query) const {
  if (query.empty()) return std::vector<int32_t>{};
  const LlmPromptTemplates& t = options_.prompt_templates;
  ET_ASSIGN_OR_RETURN(std::vector<int32_t> ids, parts_.tokenizer->Encode(absl::StrCat(
                                                    answered_ ? t.model_suffix : "", t.user_prefix,
                                                    query, t.user_suffix, t.model_prefix)));
  const bool said = answered_ && !t.model_suffix.empty() && ids.size() >= stop_.size() &&
                    std::equal(stop_.begin(), stop_.end(), ids.begin());
  if (said) ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(stop_.size()));
  return ids;
}

void LlmSessionTask::MoveQueryToPending() {
  if (!started_) {
    pending_.insert(pending_.end(), parts_.special.start.begin(), parts_.special.start.end());
    started_ = true;
  }
  pending_.insert(pending_.end(), query_ids_.begin(), query_ids_.end());
  query_.clear();
  query_ids_.clear();
  answered_ = true;
  stop_.clear();
}

absl::StatusOr<LlmResponse> LlmSessionTask::Generate(const std::atomic<bool>& cancel,
                                                     const LlmProgressCallback& progress) {
  MoveQueryToPending();
  llm::StopDetector stop(parts_.special.stop);
  const int free = parts_.max_tokens - parts_.executor->position();
  const int most = options_.max_output_tokens > 0 ? options_.max_output_tokens : free;
  ResponseWriter writer(*parts_.tokenizer, parts_.special, progress, std::min(free, most));
  llm::GenerateParams params;
  params.max_output_tokens = options_.max_output_tokens;
  params.max_context_tokens = parts_.max_tokens;
  params.sampler = &sampler_;
  params.stop = &stop;
  params.cancel = &cancel;
  llm::GenerateStats stats;
  const absl::StatusOr<llm::StopReason> reason = llm::Generate(
      parts_.executor.get(), &pending_, params, [&](int32_t id) { return writer.Write(id); },
      &stats);
  ET_RETURN_IF_ERROR(reason.status());
  stop_ = stop.stop_sequence();
  for (const int32_t id : stop.Flush()) {
    if (!writer.Write(id)) break;
  }
  ET_RETURN_IF_ERROR(writer.status());
  writer.Finish();

  LlmResponse response;
  response.text = writer.text();
  response.finish_reason = writer.stopped() ? FinishReason::kStopToken : ToFinishReason(*reason);
  response.prompt_tokens = stats.prompt_tokens;
  response.output_tokens = stats.output_tokens;
  response.prefill_ms = stats.prefill_ms;
  response.decode_ms = stats.decode_ms;
  response.first_token_ms = stats.first_token_ms;
  return response;
}

}  // namespace edgetasks::tasks
