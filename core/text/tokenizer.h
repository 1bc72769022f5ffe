// Text to token ids and back.
#ifndef CORE_TEXT_TOKENIZER_H_
#define CORE_TEXT_TOKENIZER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace edgetasks::text {

// Immutable after it is made: safe to use from several threads.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  virtual int vocab_size() const = 0;
  // The ids of `text`, without start or end tokens. Any bytes are accepted.
  virtual absl::StatusOr<std::vector<int32_t>> Encode(absl::string_view text) const = 0;
  // The same for text in which special tokens are spelled out, as chat templates write it: each of
  // them is its id.
  virtual absl::StatusOr<std::vector<int32_t>> EncodeMarkup(absl::string_view text) const = 0;
  // The text of `ids`. OUT_OF_RANGE for an id outside [0, vocab_size).
  virtual absl::StatusOr<std::string> Decode(absl::Span<const int32_t> ids) const = 0;
  // The id of one piece as it is spelled in the vocabulary ("<bos>"), or -1.
  virtual int32_t PieceToId(absl::string_view piece) const = 0;
  // How a piece is spelled in the vocabulary; "" for an id outside it.
  virtual std::string IdToPiece(int32_t id) const = 0;
  // Appends the bytes that `id` adds to a text: a leading U+2581 is a space, a byte piece is its
  // byte, a control piece is empty. Allocates only where `bytes` has to grow (or `id` is the piece
  // of what is unknown). OUT_OF_RANGE for an id outside the vocabulary.
  virtual absl::Status AppendIdBytes(int32_t id, std::string* bytes) const = 0;
  // Whether `id` stands for no text of its own: control and special tokens, the piece of what is
  // unknown, ids that the vocabulary leaves unused, and all outside it. What generates text under a
  // constraint never chooses these, except where it ends. Constant time.
  virtual bool IsControl(int32_t id) const = 0;
  // AppendIdBytes as a string.
  absl::StatusOr<std::string> IdToBytes(int32_t id) const {
    std::string bytes;
    absl::Status status = AppendIdBytes(id, &bytes);
    if (!status.ok()) return status;
    return bytes;
  }
  // The ids that begin and end a text, or -1: what to use where a model's metadata says nothing.
  virtual int32_t start_id() const = 0;
  virtual int32_t end_id() const = 0;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_TOKENIZER_H_
