#include "tasks/llm_inference/response_writer.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"

namespace edgetasks::tasks {
namespace {

// More than a token of any usual text has; a text that has more makes the string grow. The memory
// is touched only as far as the text goes.
constexpr size_t kUsualTokenBytes = 16;

absl::Status ListenerFailed(absl::string_view what) {
  return MakeError(absl::StatusCode::kUnknown, ErrorDetail::kListenerFailed,
                   absl::StrCat("the response was ended, because its callback threw: ", what));
}

}  // namespace

absl::Status TellListener(const LlmEventCallback& listener, const LlmResponseEvent& event) {
  if (!listener) return absl::OkStatus();
  try {
    listener(event);
  } catch (const std::exception& e) {
    return ListenerFailed(e.what());
  } catch (...) {
    return ListenerFailed("something that is no std::exception");
  }
  return absl::OkStatus();
}

LlmTokenLogprob ToTokenLogprob(const llm::TokenLogprob& token, const text::Tokenizer& tokenizer) {
  // A model's vocabulary may be larger than the tokenizer's: what is behind it stands for no text.
  absl::StatusOr<std::string> bytes = tokenizer.IdToBytes(token.id);
  return {token.id, bytes.ok() ? *std::move(bytes) : "", token.logprob};
}

ResponseWriter::ResponseWriter(const text::Tokenizer& tokenizer,
                               std::vector<std::string> stop_texts,
                               const LlmEventCallback& listener, int max_tokens)
    : tokenizer_(tokenizer),
      detokenizer_(&tokenizer),
      stop_(std::move(stop_texts)),
      listener_(listener) {
  if (max_tokens > 0) text_.reserve(max_tokens * kUsualTokenBytes);
}

void ResponseWriter::AddChoice(const llm::TokenChoice& choice) {
  LlmResponseToken token;
  token.chosen = ToTokenLogprob(choice.chosen, tokenizer_);
  for (const llm::TokenLogprob& other : choice.top) {
    token.top.push_back(ToTokenLogprob(other, tokenizer_));
  }
  tokens_.push_back(std::move(token));
}

bool ResponseWriter::Write(int32_t id) {
  const absl::StatusOr<absl::string_view> part = detokenizer_.Push(id);
  if (!part.ok()) {
    status_ = part.status();
    return false;
  }
  Emit(stop_.Push(*part));
  return !stop_.stopped() && status_.ok();
}

void ResponseWriter::Finish() {
  Emit(stop_.Push(detokenizer_.Flush()));
  Emit(stop_.Flush());
}

void ResponseWriter::Emit(absl::string_view part) {
  text_.append(part.data(), part.size());
  if (!status_.ok() || (part.empty() && told_ == tokens_.size())) return;
  LlmResponseEvent event;
  event.text = part;
  event.tokens = absl::MakeConstSpan(tokens_).subspan(told_);
  told_ = tokens_.size();
  status_ = TellListener(listener_, event);
}

}  // namespace edgetasks::tasks
