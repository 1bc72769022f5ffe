// Text in which special tokens are spelled out, as chat templates write it.
#ifndef CORE_TEXT_MARKUP_H_
#define CORE_TEXT_MARKUP_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/tokenizer.h"

namespace edgetasks::text {

// The ids of `text`: where a control piece of the vocabulary is spelled out in angle or square
// brackets ("<bos>", "[INST]", "<|im_start|>"), its id; of what is between them Encode's. Errors:
// Encode's.
absl::StatusOr<std::vector<int32_t>> EncodeSpelledControls(const Tokenizer& tokenizer,
                                                           absl::string_view text);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_MARKUP_H_
