// Verifies a SentencePiece model before the library sees it: the library trusts several parts of it
// that a damaged or hostile file can turn into reads out of bounds.
#ifndef CORE_TEXT_SENTENCEPIECE_CHECK_H_
#define CORE_TEXT_SENTENCEPIECE_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace edgetasks::text {

// INVALID_ARGUMENT (kCorruptFile) unless `proto` is a serialized sentencepiece.ModelProto whose
// pieces are non-empty UTF-8 without NUL and have finite scores, and whose characters maps are
// sound. What the library itself checks (duplicates, the unknown piece, byte pieces) is left to it.
absl::Status CheckSentencePieceModel(absl::string_view proto);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_SENTENCEPIECE_CHECK_H_
