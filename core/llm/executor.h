// What the decode loop asks of a language model: the border between running graphs and making text.
#ifndef CORE_LLM_EXECUTOR_H_
#define CORE_LLM_EXECUTOR_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/cancellation.h"

namespace edgetasks::llm {

// One context: a sequence of tokens that grows at its end. Not thread safe.
//
// An error or a cancellation leaves the context as long as position() says: the tokens that were
// not taken can be given again.
class LlmExecutor {
 public:
  virtual ~LlmExecutor() = default;

  virtual int vocab_size() const = 0;
  // The most tokens that the context can hold.
  virtual int capacity() const = 0;
  // The tokens that it holds, the oldest first; valid until it changes.
  virtual absl::Span<const int32_t> tokens() const = 0;
  // How many they are.
  int position() const { return static_cast<int>(tokens().size()); }

  // Appends `ids` without asking for logits. RESOURCE_EXHAUSTED (kContextFull) if they do not fit,
  // OUT_OF_RANGE (kBadValue) for an id outside [0, vocab_size); both before anything is appended.
  // CANCELLED (kCancelled) once it shall stop; some of the ids may have been appended. `cancel`
  // may be null.
  virtual absl::Status Prefill(absl::Span<const int32_t> ids, const Cancellation* cancel) = 0;

  // Appends `id` and returns the logits of the token after it: [vocab_size] f32, valid until the
  // next call. Errors as Prefill's.
  virtual absl::StatusOr<absl::Span<const float>> Decode(int32_t id,
                                                         const Cancellation* cancel) = 0;

  // Forgets all but the first `n` tokens, 0 <= n <= position(). The next token attends to those
  // only. UNIMPLEMENTED (kUnsupportedOp) for models whose state cannot go back: nothing has changed
  // then.
  virtual absl::Status Rewind(int n) = 0;

  // Empties the context, and gives its memory back.
  virtual absl::Status Reset() = 0;

  // What contexts must have in common for one to load what the other saved: a text about the
  // layout of their state. UNIMPLEMENTED (kUnsupportedOp) for models that keep their state inside
  // their graphs.
  virtual absl::StatusOr<std::string> StateFormat() const = 0;
  // Gives the state of the context to `write`, piece after piece, and returns its first error.
  virtual absl::Status SaveState(
      absl::FunctionRef<absl::Status(absl::Span<const uint8_t>)> write) const = 0;
  // Becomes the context of `tokens`, whose saved state `read` fills in, piece after piece. On an
  // error the context is empty. Errors: as Prefill's for `tokens`; read's.
  virtual absl::Status LoadState(absl::Span<const int32_t> tokens,
                                 absl::FunctionRef<absl::Status(absl::Span<uint8_t>)> read) = 0;

  // Another context that holds the same tokens; what happens to one does not show in the other.
  // Copies nothing yet: whichever of the two runs first gets a copy of what it holds.
  // RESOURCE_EXHAUSTED (kOutOfMemory).
  virtual absl::StatusOr<std::unique_ptr<LlmExecutor>> Clone() const = 0;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_EXECUTOR_H_
