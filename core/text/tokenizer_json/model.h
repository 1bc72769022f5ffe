// The models of a tokenizer.json: a piece of text to ids.
#ifndef CORE_TEXT_TOKENIZER_JSON_MODEL_H_
#define CORE_TEXT_TOKENIZER_JSON_MODEL_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/json/json_value.h"
#include "core/text/tokenizer_json/vocabulary.h"

namespace edgetasks::text::tokenizer_json {

// The large parts of the member "model", which are not kept as JsonValue: as they stand in the
// file.
struct ModelTables {
  enum class Shape { kAbsent, kObject, kArray };

  Shape vocab_shape = Shape::kAbsent;
  StringPool pieces;
  std::vector<int32_t> ids;    // of an object: {"piece": id}
  std::vector<double> scores;  // of an array: [["piece", score]]
  bool has_merges = false;
  // Two strings a merge, or one with a space between the two.
  StringPool merge_left, merge_right;
  bool merges_are_pairs = false;
};

// Immutable, safe to use from several threads.
class Model {
 public:
  virtual ~Model() = default;

  const Vocabulary& vocabulary() const { return vocabulary_; }
  // The id of what is unknown, or -1.
  int32_t unknown_id() const { return unknown_id_; }

  // Appends the ids of one piece, which is valid UTF-8 and not empty. INVALID_ARGUMENT
  // (kCorruptFile) if something is unknown and the file names no id for that.
  virtual absl::Status Tokenize(absl::string_view piece, std::vector<int32_t>* ids) const = 0;

 protected:
  explicit Model(Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) {}

  Vocabulary vocabulary_;
  int32_t unknown_id_ = -1;
};

// `field` is the member "model" without its tables. Errors as of MakeNormalizer.
absl::StatusOr<std::unique_ptr<Model>> MakeModel(const JsonField& field, ModelTables tables);

// The makers of each kind.
absl::StatusOr<std::unique_ptr<Model>> MakeBpe(const JsonField& field, ModelTables tables);
absl::StatusOr<std::unique_ptr<Model>> MakeUnigram(const JsonField& field, ModelTables tables);
absl::StatusOr<std::unique_ptr<Model>> MakeWordPiece(const JsonField& field, ModelTables tables);
absl::StatusOr<std::unique_ptr<Model>> MakeWordLevel(const JsonField& field, ModelTables tables);

// The vocabulary of an object; an error if there is none, or an array.
absl::StatusOr<Vocabulary> ObjectVocabulary(const JsonField& field, ModelTables* tables);

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_MODEL_H_
