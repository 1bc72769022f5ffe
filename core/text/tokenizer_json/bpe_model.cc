// The model "BPE", on bytes written as characters, or on characters with bytes as the last resort.
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/tokenizer_json/bpe.h"
#include "core/text/tokenizer_json/model.h"

namespace edgetasks::text::tokenizer_json {
namespace {

struct BpeOptions {
  std::string prefix, suffix;  // of characters after the first of a piece, and of the last
  bool has_unknown = false, fuse_unknown = false, byte_fallback = false, ignore_merges = false;
  std::string unknown;
};

class Bpe : public Model {
 public:
  Bpe(Vocabulary vocabulary, MergeTable merges, BpeOptions options)
      : Model(std::move(vocabulary)), merges_(std::move(merges)), options_(std::move(options)) {
    if (options_.has_unknown) unknown_id_ = vocabulary_.Find(options_.unknown);
    byte_ids_ = vocabulary_.BytePieces();
  }

  absl::Status Tokenize(absl::string_view piece, std::vector<int32_t>* ids) const override {
    if (options_.ignore_merges) {
      const int32_t id = vocabulary_.Find(piece);
      if (id >= 0) {
        ids->push_back(id);
        return absl::OkStatus();
      }
    }
    std::vector<int32_t> symbols;
    ET_RETURN_IF_ERROR(Symbols(piece, &symbols));
    if (symbols.size() > 1) ApplyMerges(merges_, &symbols);
    ids->insert(ids->end(), symbols.begin(), symbols.end());
    return absl::OkStatus();
  }

 private:
  // The ids of the characters. An unknown one is held back until a known one comes, so that others
  // may be fused with it; bytes go past it, as they do in the reference.
  absl::Status Symbols(absl::string_view piece, std::vector<int32_t>* symbols) const {
    symbols->reserve(piece.size());
    std::string decorated;
    bool unknown_waits = false;
    for (size_t at = 0; at < piece.size();) {
      const size_t end = at + Utf8CharBytes(piece.substr(at));
      const absl::string_view symbol = Decorate(piece, at, end, &decorated);
      at = end;
      const int32_t id = vocabulary_.Find(symbol);
      if (id >= 0) {
        if (unknown_waits) symbols->push_back(unknown_id_);
        unknown_waits = false;
        symbols->push_back(id);
      } else if (!options_.byte_fallback || !PushBytes(symbol, symbols)) {
        if (!options_.has_unknown) continue;  // dropped
        if (unknown_id_ < 0) {
          return CorruptFile("model.unk_token: \"", options_.unknown,
                             "\" is not in the vocabulary, and the text has what is unknown");
        }
        if (unknown_waits && !options_.fuse_unknown) symbols->push_back(unknown_id_);
        unknown_waits = true;
      }
    }
    if (unknown_waits) symbols->push_back(unknown_id_);
    return absl::OkStatus();
  }

  absl::string_view Decorate(absl::string_view piece, size_t begin, size_t end,
                             std::string* decorated) const {
    const absl::string_view character = piece.substr(begin, end - begin);
    const bool prefixed = begin > 0 && !options_.prefix.empty();
    const bool suffixed = end == piece.size() && !options_.suffix.empty();
    if (!prefixed && !suffixed) return character;
    decorated->clear();
    if (prefixed) decorated->append(options_.prefix);
    decorated->append(character.data(), character.size());
    if (suffixed) decorated->append(options_.suffix);
    return *decorated;
  }

  bool PushBytes(absl::string_view symbol, std::vector<int32_t>* symbols) const {
    for (const char byte : symbol) {
      if (byte_ids_[static_cast<uint8_t>(byte)] < 0) return false;
    }
    for (const char byte : symbol) symbols->push_back(byte_ids_[static_cast<uint8_t>(byte)]);
    return true;
  }

  MergeTable merges_;
  BpeOptions options_;
  std::array<int32_t, 256> byte_ids_;
};

// The two sides of merge `index`; false if it is "#version: ...", as merges.txt begins.
absl::StatusOr<bool> SidesOf(const ModelTables& tables, size_t index, absl::string_view* left,
                             absl::string_view* right) {
  *left = tables.merge_left[index];
  if (tables.merges_are_pairs) {
    *right = tables.merge_right[index];
    return true;
  }
  if (absl::StartsWith(*left, "#version")) return false;
  const size_t space = left->find(' ');
  if (space == absl::string_view::npos || left->find(' ', space + 1) != absl::string_view::npos) {
    return CorruptFile("model.merges[", index,
                       "]: expected two pieces with a space between, got \"", *left, "\"");
  }
  *right = left->substr(space + 1);
  *left = left->substr(0, space);
  return true;
}

absl::StatusOr<MergeTable> ReadMerges(const ModelTables& tables, const Vocabulary& vocabulary,
                                      absl::string_view prefix) {
  MergeTable merges(tables.merge_left.size());
  uint32_t rank = 0;
  std::string joined;
  for (size_t i = 0; i < tables.merge_left.size(); ++i) {
    absl::string_view left, right;
    ET_ASSIGN_OR_RETURN(const bool is_merge, SidesOf(tables, i, &left, &right));
    if (!is_merge) continue;
    if (right.size() < prefix.size()) {
      return CorruptFile("model.merges[", i, "]: \"", right, "\" is shorter than the prefix \"",
                         prefix, "\"");
    }
    joined.assign(left.data(), left.size());
    joined.append(right.data() + prefix.size(), right.size() - prefix.size());
    const int32_t left_id = vocabulary.Find(left), right_id = vocabulary.Find(right);
    const int32_t id = vocabulary.Find(joined);
    if (left_id < 0 || right_id < 0 || id < 0) {
      const absl::string_view missing = left_id < 0 ? left : right_id < 0 ? right : joined;
      return CorruptFile("model.merges[", i, "]: \"", missing, "\" is not in the vocabulary");
    }
    merges.Add(left_id, right_id, {rank++, id});
  }
  return merges;
}

absl::Status RefuseDropout(const JsonField& field) {
  if (field.is_null()) return absl::OkStatus();
  ET_ASSIGN_OR_RETURN(const double dropout, field.Number());
  if (dropout == 0) return absl::OkStatus();
  return Unsupported(ErrorDetail::kUnsupportedFormat, field.Path(), ": ", dropout,
                     " makes tokens random, which is for training; set it to null");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> MakeBpe(const JsonField& field, ModelTables tables) {
  ET_RETURN_IF_ERROR(RefuseDropout(field["dropout"]));
  BpeOptions options;
  ET_ASSIGN_OR_RETURN(const absl::string_view prefix,
                      field["continuing_subword_prefix"].StringOr(""));
  ET_ASSIGN_OR_RETURN(const absl::string_view suffix, field["end_of_word_suffix"].StringOr(""));
  ET_ASSIGN_OR_RETURN(const absl::string_view unknown, field["unk_token"].StringOr(""));
  options.prefix = std::string(prefix);
  options.suffix = std::string(suffix);
  options.unknown = std::string(unknown);
  options.has_unknown = !field["unk_token"].is_null();
  ET_ASSIGN_OR_RETURN(options.fuse_unknown, field["fuse_unk"].BoolOr(false));
  ET_ASSIGN_OR_RETURN(options.byte_fallback, field["byte_fallback"].BoolOr(false));
  ET_ASSIGN_OR_RETURN(options.ignore_merges, field["ignore_merges"].BoolOr(false));
  ET_ASSIGN_OR_RETURN(Vocabulary vocabulary, ObjectVocabulary(field, &tables));
  if (!tables.has_merges) return field["merges"].Expected("an array");
  ET_ASSIGN_OR_RETURN(MergeTable merges, ReadMerges(tables, vocabulary, options.prefix));
  return std::make_unique<Bpe>(std::move(vocabulary), std::move(merges), std::move(options));
}

}  // namespace edgetasks::text::tokenizer_json
