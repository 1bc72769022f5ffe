// The post-processor of a tokenizer.json: the special tokens around a text.
#ifndef CORE_TEXT_TOKENIZER_JSON_POST_PROCESSOR_H_
#define CORE_TEXT_TOKENIZER_JSON_POST_PROCESSOR_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/text/json/json_value.h"

namespace edgetasks::text::tokenizer_json {

struct SpecialFrame {
  std::vector<int32_t> before, after;
};

// The member "post_processor", as it treats one text alone; empty where that is null. Ids are in
// [0, vocab_size). Errors as of MakeNormalizer.
absl::StatusOr<SpecialFrame> ReadPostProcessor(const JsonField& field, int32_t vocab_size);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_POST_PROCESSOR_H_
