// The normalizers of a tokenizer.json: what is done to a text before it is cut.
#ifndef CORE_TEXT_TOKENIZER_JSON_NORMALIZER_H_
#define CORE_TEXT_TOKENIZER_JSON_NORMALIZER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/text/json/json_value.h"
#include "core/text/tokenizer_json/piece.h"

namespace edgetasks::text::tokenizer_json {

// Immutable, safe to use from several threads.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual absl::Status Normalize(Piece* piece) const = 0;
};

// The member "normalizer" of the file; null if it is null. INVALID_ARGUMENT (kCorruptFile) or, for
// a type that is not known, UNIMPLEMENTED (kUnsupportedFormat), with the place.
absl::StatusOr<std::unique_ptr<Normalizer>> MakeNormalizer(const JsonField& field);

// Precompiled: the replacement table of a SentencePiece model, in base64.
absl::StatusOr<std::unique_ptr<Normalizer>> MakePrecompiledNormalizer(const JsonField& field);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_NORMALIZER_H_
