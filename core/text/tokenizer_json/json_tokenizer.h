// Tokenizer over a tokenizer.json, as the tokenizers package and transformers write it.
#ifndef CORE_TEXT_TOKENIZER_JSON_JSON_TOKENIZER_H_
#define CORE_TEXT_TOKENIZER_JSON_JSON_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/text/tokenizer.h"
#include "core/text/tokenizer_json/added_vocabulary.h"
#include "core/text/tokenizer_json/decoder.h"
#include "core/text/tokenizer_json/model.h"
#include "core/text/tokenizer_json/normalizer.h"
#include "core/text/tokenizer_json/post_processor.h"
#include "core/text/tokenizer_json/pre_tokenizer.h"

namespace edgetasks::text {

// The same ids and texts as the tokenizers package gives for the file, for every model (BPE,
// Unigram, WordPiece, WordLevel), normalizer, pre-tokenizer, decoder and post-processor that it
// writes. Beyond it: bytes that are no UTF-8 are taken as U+FFFD, and a pattern of the file that
// takes too long for a text is an error (RESOURCE_EXHAUSTED). "truncation" and "padding" of the
// file are for training, and not applied.
class JsonTokenizer : public Tokenizer {
 public:
  // `json` is the file; nothing of it is kept. INVALID_ARGUMENT (kCorruptFile) if it is not sound,
  // UNIMPLEMENTED (kUnsupportedFormat) if it holds a part that is not known, or dropout; messages
  // name the place in the file.
  static absl::StatusOr<std::unique_ptr<Tokenizer>> Create(absl::Span<const uint8_t> json);

  int vocab_size() const override { return vocab_size_; }
  absl::StatusOr<std::vector<int32_t>> Encode(absl::string_view text) const override;
  // The package finds special tokens in every text.
  absl::StatusOr<std::vector<int32_t>> EncodeMarkup(absl::string_view text) const override {
    return Encode(text);
  }
  // Without special tokens.
  absl::StatusOr<std::string> Decode(absl::Span<const int32_t> ids) const override;
  int32_t PieceToId(absl::string_view piece) const override;
  std::string IdToPiece(int32_t id) const override;
  // What the decoder makes of the piece between others (Decoder::DecodeOne), so that the text of a
  // stream equals Decode's but for these: a first space stays; of bytes that spell no character
  // each becomes U+FFFD on its own; a CTC decoder does not join equal neighbours; without a decoder
  // no spaces are put between pieces.
  absl::Status AppendIdBytes(int32_t id, std::string* bytes) const override;
  bool IsControl(int32_t id) const override;
  // The first and the last token that the post-processor puts around a text. Without an end token
  // there, that special token which usually ends a text: "</s>", "<eos>", "<|endoftext|>", ...
  int32_t start_id() const override;
  int32_t end_id() const override { return end_id_; }

  // With all special tokens that the post-processor puts around a text.
  absl::StatusOr<std::vector<int32_t>> EncodeWithSpecialTokens(absl::string_view text) const;

 private:
  JsonTokenizer() = default;

  absl::Status Read(absl::string_view json);
  absl::Status MakeIdTable();
  absl::Status CheckId(int32_t id) const;
  // The piece of `id`, or false if there is none.
  bool PieceOf(int32_t id, absl::string_view* piece) const;

  std::unique_ptr<tokenizer_json::Model> model_;
  std::unique_ptr<tokenizer_json::Normalizer> normalizer_;       // may be null
  std::unique_ptr<tokenizer_json::PreTokenizer> pre_tokenizer_;  // may be null
  std::unique_ptr<tokenizer_json::Decoder> decoder_;             // may be null
  tokenizer_json::AddedVocabulary added_;
  tokenizer_json::SpecialFrame frame_;
  int32_t vocab_size_ = 0, end_id_ = -1;
  tokenizer_json::StringPool id_bytes_;
  std::vector<bool> is_control_;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_TOKENIZER_JSON_JSON_TOKENIZER_H_
