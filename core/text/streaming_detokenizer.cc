#include "core/text/streaming_detokenizer.h"

#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace edgetasks::text {
namespace {

// More than a piece of any usual vocabulary has; longer ones make the strings grow, once.
constexpr size_t kUsualPieceBytes = 256;

}  // namespace

StreamingDetokenizer::StreamingDetokenizer(const Tokenizer* tokenizer) : tokenizer_(*tokenizer) {
  held_.reserve(kUsualPieceBytes);
  text_.reserve(3 * kUsualPieceBytes);  // a byte may become a U+FFFD
}

absl::StatusOr<absl::string_view> StreamingDetokenizer::Push(int32_t id) {
  ET_RETURN_IF_ERROR(tokenizer_.AppendIdBytes(id, &held_));
  const size_t complete = CompleteUtf8Prefix(held_);
  text_.clear();
  AppendReplacingInvalidUtf8(absl::string_view(held_).substr(0, complete), &text_);
  held_.erase(0, complete);
  return absl::string_view(text_);
}

absl::string_view StreamingDetokenizer::Flush() {
  text_.clear();
  AppendReplacingInvalidUtf8(held_, &text_);
  held_.clear();
  return text_;
}

}  // namespace edgetasks::text
