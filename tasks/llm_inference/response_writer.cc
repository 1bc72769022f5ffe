#include "tasks/llm_inference/response_writer.h"

namespace edgetasks::tasks {
namespace {

// More than a token of any usual text has; a text that has more makes the string grow. The memory
// is touched only as far as the text goes.
constexpr size_t kUsualTokenBytes = 16;

}  // namespace

ResponseWriter::ResponseWriter(const text::Tokenizer& tokenizer, const SpecialTokens& special,
                               const LlmProgressCallback& progress, int max_tokens)
    : detokenizer_(&tokenizer), stop_(special.stop_texts), progress_(progress) {
  if (max_tokens > 0) text_.reserve(max_tokens * kUsualTokenBytes);
}

bool ResponseWriter::Write(int32_t id) {
  const absl::StatusOr<absl::string_view> part = detokenizer_.Push(id);
  if (!part.ok()) {
    status_ = part.status();
    return false;
  }
  Emit(stop_.Push(*part));
  return !stop_.stopped();
}

void ResponseWriter::Finish() {
  Emit(stop_.Push(detokenizer_.Flush()));
  Emit(stop_.Flush());
}

void ResponseWriter::Emit(absl::string_view part) {
  if (part.empty()) return;
  text_.append(part.data(), part.size());
  if (progress_) progress_(part, false);
}

}  // namespace edgetasks::tasks
