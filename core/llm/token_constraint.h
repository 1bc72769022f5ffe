// What keeps a response to a form: the decode loop's view of it.
#ifndef CORE_LLM_TOKEN_CONSTRAINT_H_
#define CORE_LLM_TOKEN_CONSTRAINT_H_

#include <cstdint>

#include "absl/types/span.h"

namespace edgetasks::llm {

// Of one response. Not thread safe.
class TokenConstraint {
 public:
  virtual ~TokenConstraint() = default;

  // The response is complete: nothing may follow.
  virtual bool complete() const = 0;
  // The tokens that may come next, bit id % 64 of word id / 64; valid until Accept. `left` is how
  // many tokens may still come, this one included: near the end only those are allowed from which
  // the form can be completed in time, where there are such. At least one bit is set unless
  // complete().
  virtual absl::Span<const uint64_t> Allowed(int left) = 0;
  // `id`, one of those allowed, was chosen.
  virtual void Accept(int32_t id) = 0;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_TOKEN_CONSTRAINT_H_
