// The models "WordPiece", which takes the longest piece each time, and "WordLevel", which knows
// whole words; and what all models are made from.
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/tokenizer_json/byte_trie.h"
#include "core/text/tokenizer_json/model.h"

namespace edgetasks::text::tokenizer_json {
namespace {

absl::Status NoUnknown(absl::string_view unknown) {
  return CorruptFile("model.unk_token: \"", unknown,
                     "\" is not in the vocabulary, and the text has what is unknown");
}

class WordPiece : public Model {
 public:
  WordPiece(Vocabulary vocabulary, absl::string_view unknown, absl::string_view prefix,
            int64_t max_characters)
      : Model(std::move(vocabulary)), unknown_(unknown), max_characters_(max_characters) {
    unknown_id_ = vocabulary_.Find(unknown);
    std::vector<std::pair<absl::string_view, int32_t>> initial, continuing;
    for (int32_t id = 0; id < vocabulary_.size(); ++id) {
      if (!vocabulary_.Has(id)) continue;
      const absl::string_view piece = vocabulary_.Piece(id);
      initial.emplace_back(piece, id);
      if (piece.substr(0, prefix.size()) == prefix) {
        continuing.emplace_back(piece.substr(prefix.size()), id);
      }
    }
    initial_ = ByteTrie(std::move(initial));
    continuing_ = ByteTrie(std::move(continuing));
  }

  absl::Status Tokenize(absl::string_view piece, std::vector<int32_t>* ids) const override {
    int64_t characters = 0;
    for (const char byte : piece) characters += (static_cast<uint8_t>(byte) & 0xC0) != 0x80;
    const size_t first = ids->size();
    bool known = characters <= max_characters_;
    for (size_t at = 0; known && at < piece.size();) {
      const auto [length, id] = (at == 0 ? initial_ : continuing_).LongestPrefix(piece.substr(at));
      known = id >= 0;
      ids->push_back(id);
      at += length;
    }
    if (known) return absl::OkStatus();
    if (unknown_id_ < 0) return NoUnknown(unknown_);
    ids->resize(first);
    ids->push_back(unknown_id_);
    return absl::OkStatus();
  }

 private:
  std::string unknown_;
  int64_t max_characters_;
  ByteTrie initial_, continuing_;
};

class WordLevel : public Model {
 public:
  WordLevel(Vocabulary vocabulary, absl::string_view unknown)
      : Model(std::move(vocabulary)), unknown_(unknown) {
    unknown_id_ = vocabulary_.Find(unknown);
  }

  absl::Status Tokenize(absl::string_view piece, std::vector<int32_t>* ids) const override {
    const int32_t id = vocabulary_.Find(piece);
    if (id < 0 && unknown_id_ < 0) return NoUnknown(unknown_);
    ids->push_back(id >= 0 ? id : unknown_id_);
    return absl::OkStatus();
  }

 private:
  std::string unknown_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> MakeWordPiece(const JsonField& field, ModelTables tables) {
  ET_ASSIGN_OR_RETURN(const absl::string_view unknown, field["unk_token"].StringOr("[UNK]"));
  ET_ASSIGN_OR_RETURN(const absl::string_view prefix,
                      field["continuing_subword_prefix"].StringOr("##"));
  int64_t max_characters = 100;
  if (!field["max_input_chars_per_word"].is_null()) {
    ET_ASSIGN_OR_RETURN(max_characters, field["max_input_chars_per_word"].Integer(0, INT64_MAX));
  }
  ET_ASSIGN_OR_RETURN(Vocabulary vocabulary, ObjectVocabulary(field, &tables));
  return std::make_unique<WordPiece>(std::move(vocabulary), unknown, prefix, max_characters);
}

absl::StatusOr<std::unique_ptr<Model>> MakeWordLevel(const JsonField& field, ModelTables tables) {
  ET_ASSIGN_OR_RETURN(const absl::string_view unknown, field["unk_token"].StringOr("<unk>"));
  ET_ASSIGN_OR_RETURN(Vocabulary vocabulary, ObjectVocabulary(field, &tables));
  return std::make_unique<WordLevel>(std::move(vocabulary), unknown);
}

absl::StatusOr<Vocabulary> ObjectVocabulary(const JsonField& field, ModelTables* tables) {
  if (tables->vocab_shape != ModelTables::Shape::kObject) {
    return CorruptFile(field["vocab"].Path(), ": expected an object of pieces and their ids");
  }
  return Vocabulary(std::move(tables->pieces), std::move(tables->ids));
}

absl::StatusOr<std::unique_ptr<Model>> MakeModel(const JsonField& field, ModelTables tables) {
  const JsonField type_field = field["type"];
  // Files of before the member "type" are told apart by what they hold.
  absl::string_view type = tables.vocab_shape == ModelTables::Shape::kArray ? "Unigram"
                           : tables.has_merges                              ? "BPE"
                                                                            : "";
  if (!type_field.is_null() || type.empty()) {
    ET_ASSIGN_OR_RETURN(type, type_field.String());
  }
  if (type == "BPE") return MakeBpe(field, std::move(tables));
  if (type == "Unigram") return MakeUnigram(field, std::move(tables));
  if (type == "WordPiece") return MakeWordPiece(field, std::move(tables));
  if (type == "WordLevel") return MakeWordLevel(field, std::move(tables));
  return Unsupported(ErrorDetail::kUnsupportedFormat, type_field.Path(),
                     ": EdgeTasks knows no model \"", type, "\"");
}

}  // namespace edgetasks::text::tokenizer_json
