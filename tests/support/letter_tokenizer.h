// A tokenizer whose ids can be read: a text is encoded letter by letter, a space before it.
#ifndef TESTS_SUPPORT_LETTER_TOKENIZER_H_
#define TESTS_SUPPORT_LETTER_TOKENIZER_H_

#include <memory>
#include <string>
#include <vector>

#include "core/text/sentencepiece_tokenizer.h"
#include "tests/support/tiny_sentencepiece.h"

namespace edgetasks::testing {

// The space, and "a"; "b" to "z" follow it. Start token 1, end token 2, bytes from kFirstBytePiece.
constexpr int kSpace = kFirstPiece, kA = kFirstPiece + 1;

inline std::shared_ptr<const text::Tokenizer> LetterTokenizer() {
  std::vector<TinyPiece> pieces = {{"\xE2\x96\x81", -1}};
  for (char c = 'a'; c <= 'z'; ++c) pieces.push_back({std::string(1, c), -2.0f});
  return *text::SentencePieceTokenizer::Create(AsBytes(SentencePieceProto(WithSpecials(pieces))),
                                               {});
}

}  // namespace edgetasks::testing

#endif  // TESTS_SUPPORT_LETTER_TOKENIZER_H_
