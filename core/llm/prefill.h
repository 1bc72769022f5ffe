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
// Chosen is what costs least for each token that it takes: a run reads all weights once and
// computes all its rows, padding included. So a long prompt goes through the longest signature, and
// the rest of it through shorter ones, rather often than padded much. A signature writes all its
// rows into the caches, so one that would write past `capacity` is never chosen. Without `may_pad`
// only full runs are chosen.
PrefillChunk NextPrefillChunk(absl::Span<const int> lengths, int remaining, int position,
                              int capacity, bool may_pad);

}  // namespace edgetasks::llm

#endif  // CORE_LLM_PREFILL_H_
