#include "core/llm/prefill.h"

namespace edgetasks::llm {

PrefillChunk NextPrefillChunk(absl::Span<const int> lengths, int remaining, int position,
                              int capacity, bool may_pad) {
  int full = -1, padded = -1;
  for (int i = 0; i < static_cast<int>(lengths.size()); ++i) {
    if (lengths[i] > capacity - position) break;
    if (lengths[i] <= remaining) full = i;
    if (lengths[i] > remaining && padded < 0) padded = i;
  }
  const bool longest_is_full = full >= 0 && full + 1 == static_cast<int>(lengths.size());
  if (longest_is_full || (full >= 0 && lengths[full] == remaining)) return {full, lengths[full]};
  if (padded >= 0 && may_pad) return {padded, remaining};
  if (full >= 0) return {full, lengths[full]};
  return {};
}

}  // namespace edgetasks::llm
