#include "core/text/tokenizer_json/json_tokenizer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/tokenizer_json/tokenizer_file.h"

namespace edgetasks::text {

using tokenizer_json::Piece;

namespace {

// Special tokens that end a text, where the file does not say which one does. In the order in which
// they are looked for: an end of a turn before an end of a text would be for chats only.
constexpr absl::string_view kUsualEnds[] = {
    "</s>", "<eos>", "<|endoftext|>", "<|end_of_text|>", "<|im_end|>", "[SEP]"};

}  // namespace

absl::StatusOr<std::unique_ptr<Tokenizer>> JsonTokenizer::Create(absl::Span<const uint8_t> json) {
  std::unique_ptr<JsonTokenizer> tokenizer(new JsonTokenizer);
  const absl::Status read =
      tokenizer->Read(absl::string_view(reinterpret_cast<const char*>(json.data()), json.size()));
  if (!read.ok()) return Annotate(read, "tokenizer.json");
  return tokenizer;
}

absl::Status JsonTokenizer::Read(absl::string_view json) {
  ET_ASSIGN_OR_RETURN(tokenizer_json::TokenizerFile file, tokenizer_json::ReadTokenizerFile(json));
  const JsonField root(file.document);
  ET_ASSIGN_OR_RETURN(const absl::string_view version, root["version"].StringOr("1.0"));
  if (version != "1.0") {
    return Unsupported(ErrorDetail::kUnsupportedFormat, "version: expected 1.0, got ", version);
  }
  ET_RETURN_IF_ERROR(root["model"].CheckObject());
  ET_ASSIGN_OR_RETURN(model_, tokenizer_json::MakeModel(root["model"], std::move(file.tables)));
  ET_ASSIGN_OR_RETURN(normalizer_, tokenizer_json::MakeNormalizer(root["normalizer"]));
  ET_ASSIGN_OR_RETURN(pre_tokenizer_, tokenizer_json::MakePreTokenizer(root["pre_tokenizer"]));
  ET_ASSIGN_OR_RETURN(decoder_, tokenizer_json::MakeDecoder(root["decoder"]));
  ET_ASSIGN_OR_RETURN(added_, tokenizer_json::AddedVocabulary::Make(
                                  root["added_tokens"], model_->vocabulary(), normalizer_.get()));
  vocab_size_ = model_->vocabulary().size();
  if (!added_.tokens().empty()) {
    vocab_size_ = std::max(vocab_size_, added_.tokens().rbegin()->first + 1);
  }
  if (vocab_size_ == 0) return CorruptFile("model.vocab: the vocabulary is empty");
  ET_ASSIGN_OR_RETURN(frame_,
                      tokenizer_json::ReadPostProcessor(root["post_processor"], vocab_size_));
  ET_RETURN_IF_ERROR(MakeIdTable());
  if (!frame_.after.empty()) {
    end_id_ = frame_.after.back();
    return absl::OkStatus();
  }
  for (const absl::string_view end : kUsualEnds) {
    if (end_id_ < 0 && added_.IsSpecial(end)) end_id_ = added_.Find(end);
  }
  return absl::OkStatus();
}

absl::Status JsonTokenizer::MakeIdTable() {
  is_control_.assign(static_cast<size_t>(vocab_size_), false);
  std::string bytes;
  for (int32_t id = 0; id < vocab_size_; ++id) {
    absl::string_view piece;
    const bool exists = PieceOf(id, &piece);
    const bool special = exists && added_.IsSpecial(piece);
    is_control_[static_cast<size_t>(id)] = !exists || special || id == model_->unknown_id();
    bytes.clear();
    if (exists && !special) {
      bytes.assign(piece.data(), piece.size());
      if (decoder_ != nullptr) ET_RETURN_IF_ERROR(decoder_->DecodeOne(&bytes));
    }
    id_bytes_.Add(bytes);
  }
  id_bytes_.ShrinkToFit();
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int32_t>> JsonTokenizer::Encode(absl::string_view text) const {
  ET_ASSIGN_OR_RETURN(std::vector<Piece> pieces,
                      added_.Extract(ReplaceInvalidUtf8(text), normalizer_.get()));
  if (pre_tokenizer_ != nullptr) ET_RETURN_IF_ERROR(pre_tokenizer_->Apply(&pieces));
  std::vector<int32_t> ids;
  for (const Piece& piece : pieces) {
    if (piece.id >= 0) {
      ids.push_back(piece.id);
    } else {
      ET_RETURN_IF_ERROR(model_->Tokenize(piece.text, &ids));
    }
  }
  return ids;
}

absl::StatusOr<std::vector<int32_t>> JsonTokenizer::EncodeWithSpecialTokens(
    absl::string_view text) const {
  ET_ASSIGN_OR_RETURN(std::vector<int32_t> ids, Encode(text));
  ids.insert(ids.begin(), frame_.before.begin(), frame_.before.end());
  ids.insert(ids.end(), frame_.after.begin(), frame_.after.end());
  return ids;
}

absl::StatusOr<std::string> JsonTokenizer::Decode(absl::Span<const int32_t> ids) const {
  std::vector<std::string> pieces;
  pieces.reserve(ids.size());
  for (const int32_t id : ids) {
    ET_RETURN_IF_ERROR(CheckId(id));
    absl::string_view piece;
    if (PieceOf(id, &piece) && !added_.IsSpecial(piece)) pieces.emplace_back(piece);
  }
  if (decoder_ == nullptr) return absl::StrJoin(pieces, " ");
  ET_RETURN_IF_ERROR(decoder_->Decode(&pieces));
  return absl::StrJoin(pieces, "");
}

std::string JsonTokenizer::IdToPiece(int32_t id) const {
  absl::string_view piece;
  return PieceOf(id, &piece) ? std::string(piece) : "";
}

int32_t JsonTokenizer::PieceToId(absl::string_view piece) const {
  const int32_t id = added_.Find(piece);
  return id >= 0 ? id : model_->vocabulary().Find(piece);
}

absl::Status JsonTokenizer::AppendIdBytes(int32_t id, std::string* bytes) const {
  ET_RETURN_IF_ERROR(CheckId(id));
  const absl::string_view added = id_bytes_[static_cast<size_t>(id)];
  bytes->append(added.data(), added.size());
  return absl::OkStatus();
}

bool JsonTokenizer::IsControl(int32_t id) const {
  return id < 0 || id >= vocab_size_ || is_control_[static_cast<size_t>(id)];
}

int32_t JsonTokenizer::start_id() const {
  return frame_.before.empty() ? -1 : frame_.before.front();
}

absl::Status JsonTokenizer::CheckId(int32_t id) const {
  if (id >= 0 && id < vocab_size_) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue,
      absl::StrCat("token id ", id, " is outside the tokenizer's vocabulary of ", vocab_size_));
}

bool JsonTokenizer::PieceOf(int32_t id, absl::string_view* piece) const {
  const auto added = added_.tokens().find(id);
  if (added != added_.tokens().end()) {
    *piece = added->second.pattern;
    return true;
  }
  if (!model_->vocabulary().Has(id)) return false;
  *piece = model_->vocabulary().Piece(id);
  return true;
}

}  // namespace edgetasks::text
