#include "tests/support/tiny_sentencepiece.h"

#include <cstring>

#include "absl/strings/str_format.h"

namespace edgetasks::testing {
namespace {

std::string Varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}
std::string NumberField(int number, uint64_t value) {
  return Varint(static_cast<uint64_t>(number) << 3) + Varint(value);
}
std::string BytesField(int number, const std::string& value) {
  return Varint(static_cast<uint64_t>(number) << 3 | 2) + Varint(value.size()) + value;
}
std::string FloatField(int number, float value) {
  std::string bytes(4, '\0');
  std::memcpy(&bytes[0], &value, 4);
  return Varint(static_cast<uint64_t>(number) << 3 | 5) + bytes;
}

}  // namespace

std::vector<TinyPiece> WithSpecials(const std::vector<TinyPiece>& pieces) {
  std::vector<TinyPiece> all = {
      {"<unk>", 0, kUnknown}, {"<s>", 0, kControl}, {"</s>", 0, kControl}};
  for (int byte = 0; byte < 256; ++byte) {
    all.push_back({absl::StrFormat("<0x%02X>", byte), 0, kByte});
  }
  all.insert(all.end(), pieces.begin(), pieces.end());
  return all;
}

std::string SentencePieceProto(const std::vector<TinyPiece>& pieces, bool add_dummy_prefix,
                               const std::string& charsmap) {
  std::string proto;
  for (const TinyPiece& piece : pieces) {
    proto += BytesField(
        1, BytesField(1, piece.piece) + FloatField(2, piece.score) + NumberField(3, piece.type));
  }
  constexpr int kBpe = 2;
  proto += BytesField(2, NumberField(3, kBpe) + NumberField(35, 1));  // model_type, byte_fallback
  std::string normalizer = NumberField(3, add_dummy_prefix ? 1 : 0) + NumberField(4, 0);
  if (!charsmap.empty()) normalizer += BytesField(2, charsmap);
  proto += BytesField(3, normalizer);
  return proto;
}

}  // namespace edgetasks::testing
