// How a prompt is cut into runs of the prefill signatures.
#ifndef CORE_LLM_PREFILL_H_
#define CORE_LLM_PREFILL_H_

#include "absl/types/span.h"

namespace edgetasks::llm {

// The next run: `count` tokens through prefill `step`, or one token through decode.
struct PrefillChunk {
  int step = -1;  // index into `lengths`; -1: decode
  int count = 1;  // at most the step's length
};

// Chooses for `remaining` > 0 tokens at `position` of a context of `capacity`. `lengths` are those
// of the prefill signatures, ascending.
//
// While tokens remain for it, the longest signature runs full; the rest goes, padded, through the
// shortest one that takes all of it. A signature writes all its rows into the caches, so one that
// would write past `capacity` is never chosen: a shorter one, and at last decode, takes its place.
// Without `may_pad` only full runs are chosen.
PrefillChunk NextPrefillChunk(absl::Span<const int> lengths, int remaining, int position,
                              int capacity, bool may_pad);

}  // namespace edgetasks::llm

#endif  // CORE_LLM_PREFILL_H_
