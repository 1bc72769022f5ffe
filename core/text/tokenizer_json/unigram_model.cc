// The model "Unigram": the cut of a text with the greatest sum of its pieces' scores.
#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/tokenizer_json/byte_trie.h"
#include "core/text/tokenizer_json/model.h"

namespace edgetasks::text::tokenizer_json {
namespace {

// What is unknown scores this much less than the worst piece. Source: kUnkPenalty of
// SentencePiece's unigram_model.cc.
constexpr double kUnknownPenalty = 10;

class Unigram : public Model {
 public:
  Unigram(Vocabulary vocabulary, std::vector<double> scores, int32_t unknown_id, bool byte_fallback)
      : Model(std::move(vocabulary)), scores_(std::move(scores)), byte_fallback_(byte_fallback) {
    unknown_id_ = unknown_id;
    byte_ids_ = vocabulary_.BytePieces();
    std::vector<std::pair<absl::string_view, int32_t>> entries;
    for (int32_t id = 0; id < vocabulary_.size(); ++id)
      entries.emplace_back(vocabulary_.Piece(id), id);
    trie_ = ByteTrie(std::move(entries));
    const auto least = std::min_element(scores_.begin(), scores_.end());
    unknown_score_ = least == scores_.end() ? 0 : *least - kUnknownPenalty;
  }

  absl::Status Tokenize(absl::string_view piece, std::vector<int32_t>* ids) const override {
    std::vector<Node> best(piece.size() + 1);
    ET_RETURN_IF_ERROR(Forward(piece, &best));
    Backward(piece, best, ids);
    return absl::OkStatus();
  }

 private:
  // The best way to a place in the text: its score, and the piece that it ends with.
  struct Node {
    double score = 0;
    size_t start = kUnreached;
    int32_t id = -1;
  };
  static constexpr size_t kUnreached = std::numeric_limits<size_t>::max();

  // Of equal scores the first found stays.
  static void Improve(size_t start, double score, int32_t id, Node* node) {
    if (node->start == kUnreached || score > node->score) *node = {score, start, id};
  }

  absl::Status Forward(absl::string_view piece, std::vector<Node>* best) const {
    for (size_t at = 0; at < piece.size();) {
      const size_t character = Utf8CharBytes(piece.substr(at));
      const double score = (*best)[at].score;
      bool has_single = false;
      trie_.ForEachPrefix(piece.substr(at), [&](size_t length, int32_t id) {
        Improve(at, scores_[static_cast<size_t>(id)] + score, id, &(*best)[at + length]);
        has_single = has_single || length == character;
      });
      if (!has_single) {
        if (unknown_id_ < 0) {
          return CorruptFile("model.unk_id is null, and the text has what is unknown");
        }
        Improve(at, unknown_score_ + score, unknown_id_, &(*best)[at + character]);
      }
      at += character;
    }
    return absl::OkStatus();
  }

  // From the end to the start; neighbours that are unknown are one.
  void Backward(absl::string_view piece, const std::vector<Node>& best,
                std::vector<int32_t>* ids) const {
    const size_t first = ids->size();
    for (size_t end = piece.size(); end > 0;) {
      size_t start = best[end].start;
      const int32_t id = best[end].id;
      if (id != unknown_id_) {
        ids->push_back(id);
        end = start;
        continue;
      }
      while (start > 0 && best[start].id == unknown_id_) start = best[start].start;
      PushUnknownReversed(piece.substr(start, end - start), ids);
      end = start;
    }
    std::reverse(ids->begin() + static_cast<std::ptrdiff_t>(first), ids->end());
  }

  void PushUnknownReversed(absl::string_view text, std::vector<int32_t>* ids) const {
    const int32_t known = vocabulary_.Find(text);  // the unknown piece's own spelling
    const bool bytes =
        known < 0 && byte_fallback_ && std::all_of(text.begin(), text.end(), [&](char byte) {
          return byte_ids_[static_cast<uint8_t>(byte)] >= 0;
        });
    if (!bytes) {
      ids->push_back(known >= 0 ? known : unknown_id_);
      return;
    }
    for (auto byte = text.rbegin(); byte != text.rend(); ++byte) {
      ids->push_back(byte_ids_[static_cast<uint8_t>(*byte)]);
    }
  }

  std::vector<double> scores_;
  bool byte_fallback_;
  std::array<int32_t, 256> byte_ids_;
  ByteTrie trie_;
  double unknown_score_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Model>> MakeUnigram(const JsonField& field, ModelTables tables) {
  if (tables.vocab_shape != ModelTables::Shape::kArray) {
    return CorruptFile(field["vocab"].Path(), ": expected an array of pieces with their scores");
  }
  const auto count = static_cast<int64_t>(tables.scores.size());
  ET_ASSIGN_OR_RETURN(const bool byte_fallback, field["byte_fallback"].BoolOr(false));
  int64_t unknown_id = -1;
  if (!field["unk_id"].is_null()) {
    ET_ASSIGN_OR_RETURN(unknown_id, field["unk_id"].Integer(0, count - 1));
  }
  std::vector<int32_t> ids(tables.scores.size());
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int32_t>(i);
  return std::make_unique<Unigram>(Vocabulary(std::move(tables.pieces), std::move(ids)),
                                   std::move(tables.scores), static_cast<int32_t>(unknown_id),
                                   byte_fallback);
}

}  // namespace edgetasks::text::tokenizer_json
