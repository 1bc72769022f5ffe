// Verifies the "precompiled characters map" of a SentencePiece model: a double-array trie that the
// library walks without any bounds checks.
#ifndef CORE_TEXT_CHARSMAP_CHECK_H_
#define CORE_TEXT_CHARSMAP_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace edgetasks::text {

// INVALID_ARGUMENT (kCorruptFile) if some text could lead a walk through the trie out of the blob,
// to more matches than the library has room for, or to a replacement outside the blob. An empty map
// is fine.
absl::Status CheckCharsMap(absl::string_view blob);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CHARSMAP_CHECK_H_
