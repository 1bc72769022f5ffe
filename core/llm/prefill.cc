#include "core/llm/prefill.h"

#include <algorithm>

namespace edgetasks::llm {
namespace {

// What it costs to read all weights once, in tokens that could be computed meanwhile. (A core
// multiplies some ten times faster than it reads; measured with 135 M parameters: about 6.)
constexpr double kWeightsOnce = 6.0;
// Decode computes logits too, which nobody wants of a prompt: vocabularies are large, so about a
// quarter more.
constexpr double kDecode = 1.25 * (kWeightsOnce + 1.0);

}  // namespace

PrefillChunk NextPrefillChunk(absl::Span<const int> lengths, int remaining, int position,
                              int capacity, bool may_pad) {
  PrefillChunk best;
  double best_cost = kDecode;  // of a token
  for (int i = 0; i < static_cast<int>(lengths.size()); ++i) {
    const int length = lengths[i], count = std::min(length, remaining);
    if (length > capacity - position || (count < length && !may_pad)) continue;
    const double cost = (kWeightsOnce + length) / count;
    if (cost > best_cost) continue;
    best = {i, count};
    best_cost = cost;
  }
  return best;
}

}  // namespace edgetasks::llm
