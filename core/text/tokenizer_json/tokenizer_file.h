// Reads a tokenizer.json into its two halves: the large tables of the model, and the rest.
#ifndef CORE_TEXT_TOKENIZER_JSON_TOKENIZER_FILE_H_
#define CORE_TEXT_TOKENIZER_JSON_TOKENIZER_FILE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/json/json_value.h"
#include "core/text/tokenizer_json/model.h"

namespace edgetasks::text::tokenizer_json {

struct TokenizerFile {
  JsonValue document;  // without model.vocab and model.merges, which are null there
  ModelTables tables;
};

// The tables are checked for their types and ranges, so that memory stays within a small multiple
// of the text. INVALID_ARGUMENT (kCorruptFile) with the place.
absl::StatusOr<TokenizerFile> ReadTokenizerFile(absl::string_view json);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_TOKENIZER_FILE_H_
