#include "core/text/sentencepiece_tokenizer.h"

#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/byte_unicode.h"
#include "core/text/markup.h"
#include "core/text/sentencepiece_adapter.h"
#include "core/text/sentencepiece_check.h"

namespace edgetasks::text {
namespace {

constexpr absl::string_view kSpacePiece = "\xE2\x96\x81";  // U+2581, "lower one eighth block"

std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

absl::Status LibraryError(absl::string_view what, absl::string_view error) {
  return MakeError(absl::StatusCode::kInternal, ErrorDetail::kBadValue,
                   absl::StrCat("SentencePiece cannot ", what, ": ", error));
}

// Appends the byte of a piece such as "<0x0A>", whose form the library has checked.
void AppendByteOfPiece(absl::string_view piece, std::string* bytes) {
  uint32_t byte = 0;
  if (piece.size() != 6 || !absl::SimpleHexAtoi(piece.substr(3, 2), &byte)) return;
  bytes->push_back(static_cast<char>(byte));
}

}  // namespace

SentencePieceTokenizer::SentencePieceTokenizer(std::unique_ptr<SentencePieceAdapter> adapter,
                                               const SentencePieceOptions& options)
    : adapter_(std::move(adapter)), options_(options), vocab_size_(adapter_->vocab_size()) {}

SentencePieceTokenizer::~SentencePieceTokenizer() = default;

absl::StatusOr<std::unique_ptr<Tokenizer>> SentencePieceTokenizer::Create(
    absl::Span<const uint8_t> proto, const SentencePieceOptions& options) {
  const absl::string_view bytes(reinterpret_cast<const char*>(proto.data()), proto.size());
  ET_RETURN_IF_ERROR(CheckSentencePieceModel(bytes));
  std::string error;
  std::unique_ptr<SentencePieceAdapter> adapter = SentencePieceAdapter::Load(ToStd(bytes), &error);
  if (adapter == nullptr) {
    return CorruptFile("the tokenizer is not a usable SentencePiece model: ", error);
  }
  return std::unique_ptr<Tokenizer>(new SentencePieceTokenizer(std::move(adapter), options));
}

absl::StatusOr<std::vector<int32_t>> SentencePieceTokenizer::Encode(absl::string_view text) const {
  std::string mapped;
  if (options_.bytes_to_unicode) {
    mapped = BytesToUnicode(text);
    text = mapped;
  }
  std::vector<int> ids;
  std::string error;
  if (!adapter_->Encode(ToStd(text), &ids, &error)) return LibraryError("encode the text", error);
  return std::vector<int32_t>(ids.begin(), ids.end());
}

absl::StatusOr<std::string> SentencePieceTokenizer::Decode(absl::Span<const int32_t> ids) const {
  for (const int32_t id : ids) ET_RETURN_IF_ERROR(CheckId(id));
  std::string text, error;
  if (!adapter_->Decode(std::vector<int>(ids.begin(), ids.end()), &text, &error)) {
    return LibraryError("decode the ids", error);
  }
  return options_.bytes_to_unicode ? ReplaceInvalidUtf8(UnicodeToBytes(text)) : text;
}

int32_t SentencePieceTokenizer::PieceToId(absl::string_view piece) const {
  const int id = adapter_->PieceToId(ToStd(piece));
  return id >= 0 && id < vocab_size_ && adapter_->IdToPiece(id) == ToStd(piece) ? id : -1;
}

absl::StatusOr<std::vector<int32_t>> SentencePieceTokenizer::EncodeMarkup(
    absl::string_view text) const {
  return EncodeSpelledControls(*this, text);
}

std::string SentencePieceTokenizer::IdToPiece(int32_t id) const {
  return CheckId(id).ok() ? adapter_->IdToPiece(id) : "";
}

absl::Status SentencePieceTokenizer::AppendIdBytes(int32_t id, std::string* bytes) const {
  ET_RETURN_IF_ERROR(CheckId(id));
  absl::string_view piece = adapter_->IdToPiece(id);
  switch (adapter_->KindOf(id)) {
    case PieceKind::kControl:
      return absl::OkStatus();
    case PieceKind::kByte:
      AppendByteOfPiece(piece, bytes);
      return absl::OkStatus();
    case PieceKind::kUnknown: {
      ET_ASSIGN_OR_RETURN(const std::string text, Decode({id}));
      *bytes += text;
      return absl::OkStatus();
    }
    case PieceKind::kText:
      break;
  }
  while (!piece.empty()) {
    const size_t space = piece.find(kSpacePiece);
    const absl::string_view part = piece.substr(0, space);  // npos: all of it
    if (options_.bytes_to_unicode) {
      AppendUnicodeAsBytes(part, bytes);
    } else {
      bytes->append(part.data(), part.size());
    }
    if (space == absl::string_view::npos) break;
    bytes->push_back(' ');
    piece.remove_prefix(space + kSpacePiece.size());
  }
  return absl::OkStatus();
}

bool SentencePieceTokenizer::IsControl(int32_t id) const {
  if (id < 0 || id >= vocab_size_) return true;
  const PieceKind kind = adapter_->KindOf(id);
  return kind == PieceKind::kControl || kind == PieceKind::kUnknown;
}

int32_t SentencePieceTokenizer::start_id() const { return adapter_->bos_id(); }
int32_t SentencePieceTokenizer::end_id() const { return adapter_->eos_id(); }

absl::Status SentencePieceTokenizer::CheckId(int32_t id) const {
  if (id >= 0 && id < vocab_size_) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue,
      absl::StrCat("token id ", id, " is outside the tokenizer's vocabulary of ", vocab_size_));
}

}  // namespace edgetasks::text
