// What the decode loop asks of a language model: the border between running graphs and making text.
#ifndef CORE_LLM_EXECUTOR_H_
#define CORE_LLM_EXECUTOR_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

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
  // The tokens that it holds.
  virtual int position() const = 0;

  // Appends `ids` without asking for logits. RESOURCE_EXHAUSTED (kContextFull) if they do not fit,
  // OUT_OF_RANGE (kBadValue) for an id outside [0, vocab_size); both before anything is appended.
  // CANCELLED (kCancelled) once *cancel is true; some of the ids may have been appended. `cancel`
  // may be null.
  virtual absl::Status Prefill(absl::Span<const int32_t> ids, const std::atomic<bool>* cancel) = 0;

  // Appends `id` and returns the logits of the token after it: [vocab_size] f32, valid until the
  // next call. Errors as Prefill's.
  virtual absl::StatusOr<absl::Span<const float>> Decode(int32_t id,
                                                         const std::atomic<bool>* cancel) = 0;

  // Empties the context.
  virtual absl::Status Reset() = 0;

  // Another context that holds the same tokens; what happens to one does not show in the other.
  // RESOURCE_EXHAUSTED (kOutOfMemory).
  virtual absl::StatusOr<std::unique_ptr<LlmExecutor>> Clone() const = 0;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_EXECUTOR_H_
