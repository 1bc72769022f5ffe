#include "tasks/llm_inference/respond.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/generate.h"
#include "tasks/llm_inference/response_constraint.h"
#include "tasks/llm_inference/response_writer.h"

namespace edgetasks::tasks {
namespace {

FinishReason ToFinishReason(llm::StopReason reason) {
  switch (reason) {
    case llm::StopReason::kStopToken:
    case llm::StopReason::kComplete:
      return FinishReason::kStopToken;
    case llm::StopReason::kMaxOutputTokens:
      return FinishReason::kMaxOutputTokens;
    case llm::StopReason::kContextFull:
      return FinishReason::kContextFull;
    case llm::StopReason::kDeadline:
      return FinishReason::kDeadline;
    case llm::StopReason::kCancelled:
      break;
  }
  return FinishReason::kCancelled;
}

template <typename T>
std::vector<T> Join(std::vector<T> a, const std::vector<T>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<std::vector<int32_t>> StopSequences(const SpecialTokens& special,
                                                const LlmInferenceSessionOptions& options) {
  std::vector<std::vector<int32_t>> stops = special.stop;
  for (const int id : options.stop_tokens) stops.push_back({id});
  return stops;
}

// kError promises that no response is cut off by the end of the context.
absl::Status CheckRoom(const Conversation& conversation,
                       const LlmInferenceSessionOptions& options) {
  if (options.overflow_policy != LlmOverflowPolicy::kError) return absl::OkStatus();
  // The last token of a response is not fed.
  const int64_t output = std::max(1, options.max_output_tokens);
  const int64_t needed = conversation.used() + output - 1;
  if (needed <= conversation.max_tokens()) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
      absl::StrCat("a response of ", output, " tokens does not fit: ", conversation.used(), " of ",
                   conversation.max_tokens(),
                   " tokens are used; lower max_output_tokens, go back with Rewind, or choose "
                   "another overflow_policy"));
}

class Response {
 public:
  Response(Conversation* conversation, const ResponseRequest& request)
      : conversation_(*conversation),
        request_(request),
        options_(*request.options),
        stop_(StopSequences(conversation->parts().special, options_)),
        writer_(*conversation->parts().tokenizer,
                Join(conversation->parts().special.stop_texts, options_.stop_strings),
                *request.listener, MostTokens()) {
    if (request.constraint != nullptr) {
      constraint_.emplace(request.constraint,
                          StopSequences(conversation->parts().special, options_));
    }
  }

  absl::StatusOr<LlmResponse> Run() {
    ET_ASSIGN_OR_RETURN(const llm::StopReason reason, GenerateAll());
    conversation_.EndResponse(stop_.stop_sequence());
    for (const int32_t id : stop_.Flush()) {
      if (!Write(id)) break;
    }
    Describe();
    if (writer_.status().ok()) writer_.Finish();
    ET_RETURN_IF_ERROR(writer_.status());

    LlmResponse response;
    response.text = writer_.text();
    response.finish_reason = ToFinishReason(reason);
    const int own = static_cast<int>(conversation_.parts().special.stop_texts.size());
    if (writer_.stopped()) {
      response.finish_reason =
          writer_.stopped_by() < own ? FinishReason::kStopToken : FinishReason::kStopString;
    }
    response.tokens = writer_.tokens();
    response.prompt_tokens = stats_.prompt_tokens;
    response.output_tokens = stats_.output_tokens;
    response.prefill_ms = stats_.prefill_ms;
    response.decode_ms = stats_.decode_ms;
    response.first_token_ms = stats_.first_token_ms;
    return response;
  }

 private:
  int MostTokens() const {
    const int free = conversation_.max_tokens() - conversation_.executor()->position();
    return options_.max_output_tokens > 0 ? std::min(free, options_.max_output_tokens) : free;
  }

  // Where the context is full and turns may be dropped, generation goes on.
  absl::StatusOr<llm::StopReason> GenerateAll() {
    const bool drops = options_.overflow_policy == LlmOverflowPolicy::kDropOldest;
    while (true) {
      if (drops && conversation_.used() > conversation_.max_tokens()) {
        ET_RETURN_IF_ERROR(conversation_.DropOldest(options_.keep_tokens));
      }
      const absl::StatusOr<llm::StopReason> reason = Generate();
      *request_.used = conversation_.used();
      if (!reason.ok() || *reason != llm::StopReason::kContextFull || !drops) return reason;
      const int before = conversation_.used();
      ET_RETURN_IF_ERROR(conversation_.DropOldest(options_.keep_tokens));
      if (conversation_.used() == before) return reason;  // all of it has to stay
    }
  }

  absl::StatusOr<llm::StopReason> Generate() {
    llm::GenerateParams params;
    params.max_output_tokens = options_.max_output_tokens;
    params.max_context_tokens = conversation_.max_tokens();
    params.sampler = request_.sampler;
    params.stop = &stop_;
    params.cancel = request_.cancel;
    params.constraint = constraint_.has_value() ? &*constraint_ : nullptr;
    params.room_follows = options_.overflow_policy == LlmOverflowPolicy::kDropOldest;
    params.response_tokens = std::min(stats_.output_tokens, conversation_.used());
    if (options_.num_logprobs >= 0) {
      params.choices = &choices_;
      params.top_logprobs = options_.num_logprobs;
    }
    return llm::Generate(
        conversation_.executor(), conversation_.pending(), params,
        [&](int32_t id) {
          request_.used->store(conversation_.used(), std::memory_order_relaxed);
          return Write(id);
        },
        &stats_);
  }

  bool Write(int32_t id) {
    Describe();
    return writer_.Write(id);
  }

  void Describe() {
    for (const llm::TokenChoice& choice : choices_) writer_.AddChoice(choice);
    choices_.clear();
  }

  Conversation& conversation_;
  const ResponseRequest& request_;
  const LlmInferenceSessionOptions& options_;
  llm::StopDetector stop_;
  std::optional<ResponseConstraint> constraint_;
  llm::GenerateStats stats_;
  std::vector<llm::TokenChoice> choices_;
  ResponseWriter writer_;
};

}  // namespace

absl::StatusOr<LlmResponse> Respond(Conversation* conversation, const ResponseRequest& request) {
  ET_RETURN_IF_ERROR(CheckRoom(*conversation, *request.options));
  conversation->BeginResponse();
  if (request.idle != nullptr && conversation->executor()->position() == 0) {
    auto context = request.idle->Take(*conversation->pending());
    if (context != nullptr) conversation->Adopt(std::move(context));
  }
  return Response(conversation, request).Run();
}

absl::StatusOr<LlmScore> Score(Conversation* conversation, absl::string_view text,
                               const Cancellation* cancel) {
  const text::Tokenizer& tokenizer = *conversation->parts().tokenizer;
  ET_ASSIGN_OR_RETURN(const std::vector<int32_t> ids, tokenizer.Encode(text));
  conversation->BeginResponse();
  llm::LlmExecutor& executor = *conversation->executor();
  std::vector<int32_t>& pending = *conversation->pending();
  LlmScore score;
  if (ids.empty()) return score;
  if (pending.empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorDetail::kInvalidOption,
                     "there is nothing that the text could follow: the model has no start token, "
                     "and the context is empty; add a prompt first");
  }
  // The last token of the text is not fed.
  const int64_t needed = conversation->used() + static_cast<int64_t>(ids.size()) - 1;
  if (needed > conversation->max_tokens()) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
                     absl::StrCat("the text has ", ids.size(), " tokens, but only ",
                                  conversation->max_tokens() - conversation->used() + 1,
                                  " fit behind the ", conversation->used(), " of the context"));
  }
  const int before = executor.position();
  absl::Status status =
      executor.Prefill(absl::MakeConstSpan(pending).first(pending.size() - 1), cancel);
  const int kept = executor.position();
  pending.erase(pending.begin(), pending.begin() + (kept - before));
  ET_RETURN_IF_ERROR(status);
  int32_t last = pending.back();
  for (const int32_t id : ids) {
    const absl::StatusOr<absl::Span<const float>> logits = executor.Decode(last, cancel);
    status = logits.status();
    if (!status.ok()) break;
    if (id >= static_cast<int32_t>(logits->size())) {
      status = MakeError(absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue,
                         absl::StrCat("the tokenizer gives token ", id, ", but the model knows ",
                                      logits->size(), "; does the tokenizer belong to it?"));
      break;
    }
    const llm::TokenLogprob token = llm::DescribeChoice(*logits, id, 0).chosen;
    score.tokens.push_back(ToTokenLogprob(token, tokenizer));
    score.logprob += token.logprob;
    last = id;
  }
  ET_RETURN_IF_ERROR(executor.Rewind(kept));
  ET_RETURN_IF_ERROR(status);
  return score;
}

}  // namespace edgetasks::tasks
