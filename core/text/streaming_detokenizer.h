// Ids to text, a token at a time, never splitting a character.
#ifndef CORE_TEXT_STREAMING_DETOKENIZER_H_
#define CORE_TEXT_STREAMING_DETOKENIZER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/tokenizer.h"

namespace edgetasks::text {

// The text that the ids add to what stands before them: all parts joined are the bytes of all ids
// (Tokenizer::IdToBytes), with every byte that is no part of a character replaced by U+FFFD.
//
// It differs from Tokenizer::Decode(ids) in one thing: Decode takes the ids for the start of a text
// and drops the space before its first word; here the ids continue a text, and the space is part of
// the continuation ("Lily and Tom" + " were playing").
//
// Not thread safe. The tokenizer must outlive it. Parts are views into its own memory, valid until
// the next call; nothing is allocated for pieces of ordinary length.
class StreamingDetokenizer {
 public:
  explicit StreamingDetokenizer(const Tokenizer* tokenizer);

  // The text that is complete now that `id` has come: valid UTF-8, often empty in the middle of a
  // character. OUT_OF_RANGE for an id outside the vocabulary.
  absl::StatusOr<absl::string_view> Push(int32_t id);

  // What is held back, as U+FFFD for each byte. Afterwards it starts anew.
  absl::string_view Flush();

 private:
  const Tokenizer& tokenizer_;
  std::string held_;  // the beginning of a character
  std::string text_;  // the last part
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_STREAMING_DETOKENIZER_H_
