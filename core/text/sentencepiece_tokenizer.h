// Tokenizer over a SentencePiece model (.model file, TOKENIZER_MODEL of a .task, SP_Tokenizer
// section of a .litertlm).
#ifndef CORE_TEXT_SENTENCEPIECE_TOKENIZER_H_
#define CORE_TEXT_SENTENCEPIECE_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/text/tokenizer.h"

namespace edgetasks::text {

class SentencePieceAdapter;

struct SentencePieceOptions {
  // Text is rewritten by BytesToUnicode before encoding, and back after decoding: byte-level BPE
  // vocabularies that were converted to SentencePiece.
  bool bytes_to_unicode = false;
};

class SentencePieceTokenizer : public Tokenizer {
 public:
  // `proto` is a serialized sentencepiece.ModelProto; it is copied. INVALID_ARGUMENT (kCorruptFile)
  // if it is none, or contradicts itself.
  static absl::StatusOr<std::unique_ptr<Tokenizer>> Create(absl::Span<const uint8_t> proto,
                                                           const SentencePieceOptions& options);
  ~SentencePieceTokenizer() override;

  int vocab_size() const override { return vocab_size_; }
  absl::StatusOr<std::vector<int32_t>> Encode(absl::string_view text) const override;
  absl::StatusOr<std::vector<int32_t>> EncodeMarkup(absl::string_view text) const override;
  // As the library decodes: the space that it puts before the first word while encoding is left
  // out; bytes that spell no character become U+FFFD.
  absl::StatusOr<std::string> Decode(absl::Span<const int32_t> ids) const override;
  int32_t PieceToId(absl::string_view piece) const override;
  std::string IdToPiece(int32_t id) const override;
  absl::Status AppendIdBytes(int32_t id, std::string* bytes) const override;
  bool IsControl(int32_t id) const override;
  int32_t start_id() const override;
  int32_t end_id() const override;

 private:
  SentencePieceTokenizer(std::unique_ptr<SentencePieceAdapter> adapter,
                         const SentencePieceOptions& options);
  absl::Status CheckId(int32_t id) const;

  std::unique_ptr<SentencePieceAdapter> adapter_;
  SentencePieceOptions options_;
  int vocab_size_;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_SENTENCEPIECE_TOKENIZER_H_
