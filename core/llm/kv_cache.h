// The keys and values that a session has computed: one or two buffers for each cache of the model.
#ifndef CORE_LLM_KV_CACHE_H_
#define CORE_LLM_KV_CACHE_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/aligned_buffer.h"
#include "core/llm/llm_graph.h"

namespace edgetasks::llm {

// A graph that updates a cache in place reads and writes current(). One that cannot reads current()
// and writes spare(), and the two change roles after a run that succeeded. Memory starts as zeros
// and is committed by the system only where it is touched. Movable, not thread safe.
class KvCache {
 public:
  // `needs_spare[c]`: some graph cannot update cache c in place. RESOURCE_EXHAUSTED (kOutOfMemory).
  static absl::StatusOr<KvCache> Create(absl::Span<const CacheInfo> caches,
                                        const std::vector<bool>& needs_spare);

  int size() const { return static_cast<int>(entries_.size()); }
  int64_t bytes(int c) const { return static_cast<int64_t>(entries_[c].current.size()); }
  void* current(int c) { return entries_[c].current.data(); }
  // Null unless needs_spare[c].
  void* spare(int c) { return entries_[c].spare.data(); }
  void Swap(int c) { std::swap(entries_[c].current, entries_[c].spare); }

  // A copy of its own. RESOURCE_EXHAUSTED (kOutOfMemory).
  absl::StatusOr<KvCache> Clone() const;

  // Back to zeros. RESOURCE_EXHAUSTED (kOutOfMemory): nothing has changed then.
  absl::Status Clear();

 private:
  struct Entry {
    AlignedBuffer current, spare;
  };
  std::vector<Entry> entries_;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_KV_CACHE_H_
