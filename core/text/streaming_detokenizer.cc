#include "core/text/streaming_detokenizer.h"

#include <utility>

#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace edgetasks::text {

absl::StatusOr<std::string> StreamingDetokenizer::Push(int32_t id) {
  ET_ASSIGN_OR_RETURN(const std::string bytes, tokenizer_.IdToBytes(id));
  held_ += bytes;
  const size_t complete = CompleteUtf8Prefix(held_);
  std::string text = ReplaceInvalidUtf8(absl::string_view(held_).substr(0, complete));
  held_.erase(0, complete);
  return text;
}

std::string StreamingDetokenizer::Flush() {
  return ReplaceInvalidUtf8(std::exchange(held_, std::string()));
}

}  // namespace edgetasks::text
