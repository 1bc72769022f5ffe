// The pre-tokenizers of a tokenizer.json: how a normalized text is cut before the model sees it.
#ifndef CORE_TEXT_TOKENIZER_JSON_PRE_TOKENIZER_H_
#define CORE_TEXT_TOKENIZER_JSON_PRE_TOKENIZER_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/text/json/json_value.h"
#include "core/text/tokenizer_json/piece.h"

namespace edgetasks::text::tokenizer_json {

// Immutable, safe to use from several threads.
class PreTokenizer {
 public:
  virtual ~PreTokenizer() = default;
  // Cuts and rewrites the pieces that are no token yet; none of the results is empty.
  virtual absl::Status Apply(std::vector<Piece>* pieces) const;

 protected:
  // One piece that is no token yet. What is not overridden by Apply.
  virtual absl::Status Cut(Piece piece, std::vector<Piece>* out) const = 0;
};

// The member "pre_tokenizer" of the file; null if it is null. Errors as of MakeNormalizer.
absl::StatusOr<std::unique_ptr<PreTokenizer>> MakePreTokenizer(const JsonField& field);

// How Metaspace treats the start of a text.
enum class PrependScheme { kFirst, kNever, kAlways };

// The fields that Metaspace has as a pre-tokenizer and as a decoder.
struct MetaspaceOptions {
  std::string replacement;  // one character
  PrependScheme prepend = PrependScheme::kAlways;
  bool split = true;
};
absl::StatusOr<MetaspaceOptions> ReadMetaspace(const JsonField& field);

// One character in UTF-8. `what` as for JsonField::Expected.
absl::StatusOr<absl::string_view> ReadCharacter(const JsonField& field);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_PRE_TOKENIZER_H_
