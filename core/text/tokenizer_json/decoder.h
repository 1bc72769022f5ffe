// The decoders of a tokenizer.json: from the pieces of ids back to a text.
#ifndef CORE_TEXT_TOKENIZER_JSON_DECODER_H_
#define CORE_TEXT_TOKENIZER_JSON_DECODER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/text/json/json_value.h"

namespace edgetasks::text::tokenizer_json {

// Immutable, safe to use from several threads.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Rewrites the pieces of a whole text; joined they are the text, in valid UTF-8.
  virtual absl::Status Decode(std::vector<std::string>* pieces) const = 0;

  // Rewrites one piece to the bytes that it adds to a text that goes on before and after it. Rules
  // for the start and the end of a text, and across pieces, are left out: the first space stays,
  // bytes that spell no character are kept, equal neighbours are not joined (CTC).
  virtual absl::Status DecodeOne(std::string* piece) const = 0;
};

// The member "decoder" of the file; null if it is null. Errors as of MakeNormalizer.
absl::StatusOr<std::unique_ptr<Decoder>> MakeDecoder(const JsonField& field);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_DECODER_H_
