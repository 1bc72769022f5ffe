// Hand-made SentencePiece models, small enough to know every answer.
#ifndef TESTS_SUPPORT_TINY_SENTENCEPIECE_H_
#define TESTS_SUPPORT_TINY_SENTENCEPIECE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::testing {

// The types of sentencepiece_model.proto.
enum PieceType { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kByte = 6 };

struct TinyPiece {
  std::string piece;
  float score = 0.0f;
  PieceType type = kNormal;
};

// "<unk>" 0, "<s>" 1, "</s>" 2, the 256 byte pieces 3 to 258, then `pieces` from kFirstPiece on.
inline constexpr int kFirstBytePiece = 3, kFirstPiece = 259;
std::vector<TinyPiece> WithSpecials(const std::vector<TinyPiece>& pieces);

// A serialized ModelProto of a BPE model with byte fallback. `charsmap`: the normalizer's
// precompiled_charsmap, none if empty.
std::string SentencePieceProto(const std::vector<TinyPiece>& pieces, bool add_dummy_prefix = true,
                               const std::string& charsmap = "");

inline absl::Span<const uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

}  // namespace edgetasks::testing

#endif  // TESTS_SUPPORT_TINY_SENTENCEPIECE_H_
