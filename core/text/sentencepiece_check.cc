#include "core/text/sentencepiece_check.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/charsmap_check.h"

// Field numbers are sentencepiece_model.proto's (package sentencepiece).
namespace edgetasks::text {
namespace {

// The library gives a search for user-defined pieces room for 64 matches at one place
// (PrefixMatcher::PrefixMatch).
constexpr size_t kMaxNestedPieces = 64;

// The library builds its table of pieces by a recursion as deep as the longest of them, perhaps on
// a thread with a small stack. Trained pieces have 16 characters by default; runs of spaces in
// known vocabularies have about 100 bytes.
constexpr size_t kMaxPieceBytes = 1024;

enum class Wire { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// One field of a message. `bytes` is the content of kBytes, `number_value` that of the others.
struct Field {
  uint32_t number = 0;
  Wire wire = Wire::kVarint;
  absl::string_view bytes;
  uint64_t number_value = 0;
};

bool ReadVarint(absl::string_view* data, uint64_t* value) {
  *value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (data->empty()) return false;
    const auto byte = static_cast<uint8_t>(data->front());
    data->remove_prefix(1);
    *value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool ReadFixed(absl::string_view* data, size_t bytes, uint64_t* value) {
  if (data->size() < bytes) return false;
  *value = 0;
  std::memcpy(value, data->data(), bytes);  // little-endian, as every platform we run on
  data->remove_prefix(bytes);
  return true;
}

// Takes the next field off `data`; false if there is no whole one.
bool ReadField(absl::string_view* data, Field* field) {
  uint64_t tag = 0;
  if (!ReadVarint(data, &tag) || (tag >> 3) == 0 || (tag >> 3) > UINT32_MAX) return false;
  field->number = static_cast<uint32_t>(tag >> 3);
  field->wire = static_cast<Wire>(tag & 7);
  switch (field->wire) {
    case Wire::kVarint:
      return ReadVarint(data, &field->number_value);
    case Wire::kFixed64:
      return ReadFixed(data, 8, &field->number_value);
    case Wire::kFixed32:
      return ReadFixed(data, 4, &field->number_value);
    case Wire::kBytes: {
      uint64_t size = 0;
      if (!ReadVarint(data, &size) || size > data->size()) return false;
      field->bytes = data->substr(0, size);
      data->remove_prefix(size);
      return true;
    }
  }
  return false;  // groups: the format has none
}

absl::Status Broken(const char* message) {
  return CorruptFile("the SentencePiece model's ", message, " is not a whole protobuf message");
}

absl::Status CheckPiece(absl::string_view message, size_t index,
                        std::vector<absl::string_view>* user_defined) {
  constexpr uint32_t kPiece = 1, kScore = 2, kType = 3;
  constexpr uint64_t kUserDefined = 4;
  absl::string_view piece;
  uint64_t type = 1;
  Field field;
  while (!message.empty()) {
    if (!ReadField(&message, &field)) return Broken("piece");
    if (field.number == kPiece && field.wire == Wire::kBytes) piece = field.bytes;
    if (field.number == kType && field.wire == Wire::kVarint) type = field.number_value;
    if (field.number == kScore && field.wire == Wire::kFixed32) {
      const auto bits = static_cast<uint32_t>(field.number_value);
      float score;
      std::memcpy(&score, &bits, sizeof(score));
      if (!std::isfinite(score)) {
        return CorruptFile("piece ", index, " of the SentencePiece model has no finite score");
      }
    }
  }
  const bool valid = !piece.empty() && piece.find('\0') == absl::string_view::npos &&
                     ReplaceInvalidUtf8(piece) == piece;
  if (!valid) {
    return CorruptFile("piece ", index,
                       " of the SentencePiece model is empty, holds a NUL or is not UTF-8");
  }
  if (piece.size() > kMaxPieceBytes) {
    return CorruptFile("piece ", index, " of the SentencePiece model has ", piece.size(),
                       " bytes, at most ", kMaxPieceBytes, " are supported");
  }
  if (type == kUserDefined) user_defined->push_back(piece);
  return absl::OkStatus();
}

// No more than kMaxNestedPieces user-defined pieces begin one another. In sorted order a piece
// follows its prefixes, so a stack holds the chain that leads to the current one.
absl::Status CheckNesting(std::vector<absl::string_view> pieces) {
  std::sort(pieces.begin(), pieces.end());
  std::vector<absl::string_view> chain;
  for (const absl::string_view piece : pieces) {
    while (!chain.empty() && piece.substr(0, chain.back().size()) != chain.back()) chain.pop_back();
    chain.push_back(piece);
    if (chain.size() > kMaxNestedPieces) {
      return CorruptFile("more than ", kMaxNestedPieces,
                         " user-defined pieces of the SentencePiece model begin one another");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckNormalizer(absl::string_view message) {
  constexpr uint32_t kPrecompiledCharsMap = 2;
  Field field;
  while (!message.empty()) {
    if (!ReadField(&message, &field)) return Broken("normalizer");
    if (field.number == kPrecompiledCharsMap && field.wire == Wire::kBytes) {
      ET_RETURN_IF_ERROR(CheckCharsMap(field.bytes));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSentencePieceModel(absl::string_view proto) {
  constexpr uint32_t kPieces = 1, kNormalizer = 3, kDenormalizer = 5;
  std::vector<absl::string_view> user_defined;
  size_t pieces = 0;
  Field field;
  while (!proto.empty()) {
    if (!ReadField(&proto, &field)) {
      return CorruptFile("the tokenizer is not a SentencePiece model: field ", field.number,
                         " after ", pieces, " pieces is broken");
    }
    if (field.wire != Wire::kBytes) continue;
    if (field.number == kPieces) {
      ET_RETURN_IF_ERROR(CheckPiece(field.bytes, pieces++, &user_defined));
    } else if (field.number == kNormalizer || field.number == kDenormalizer) {
      ET_RETURN_IF_ERROR(CheckNormalizer(field.bytes));
    }
  }
  if (pieces == 0) return CorruptFile("the tokenizer holds no SentencePiece pieces");
  return CheckNesting(std::move(user_defined));
}

}  // namespace edgetasks::text
