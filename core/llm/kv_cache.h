// The keys and values that a session has computed: one or two buffers for each cache of the model.
#ifndef CORE_LLM_KV_CACHE_H_
#define CORE_LLM_KV_CACHE_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/aligned_buffer.h"
#include "core/ir/dtype.h"
#include "core/ir/shape.h"

namespace edgetasks::llm {

// How the memory of one cache is laid out: row-major and dense. It may differ from the file's.
struct CacheLayout {
  std::string name;  // of decode's input
  ir::DType dtype = ir::DType::kFloat32;
  ir::Shape shape;
  int64_t bytes = 0;
  // The axis of `shape` that counts positions. All else that belongs to a position lies there too
  // (the scales of quantized rows).
  int position_axis = 0;
  // Position p of the context is index p of that axis, for as many as the context can hold. Not so
  // of ring buffers and recurrent state: what they hold belongs to the context as a whole.
  bool by_position = true;

  friend bool operator==(const CacheLayout& a, const CacheLayout& b) {
    return a.name == b.name && a.dtype == b.dtype && a.shape == b.shape && a.bytes == b.bytes &&
           a.position_axis == b.position_axis && a.by_position == b.by_position;
  }
  friend bool operator!=(const CacheLayout& a, const CacheLayout& b) { return !(a == b); }
};

// A graph that updates a cache in place reads and writes current(). One that cannot reads current()
// and writes spare(), and the two change roles after a run that succeeded. Memory starts as zeros
// and is committed by the system only where it is touched. Movable, not thread safe.
//
// To save a context of n tokens, write layouts() and n, and what ForEachLiveRange(n, ..) visits; to
// load it, Clear a cache of the same layouts and read the same ranges back. To drop tokens from the
// end, let the next run start at an earlier position, where can_truncate(): what a cache holds
// behind the context is overwritten before it is attended to.
class KvCache {
 public:
  // Of `layouts[c].bytes` each, which must be what shape and dtype take. `needs_spare[c]`: some
  // graph cannot update cache c in place. RESOURCE_EXHAUSTED (kOutOfMemory).
  static absl::StatusOr<KvCache> Create(std::vector<CacheLayout> layouts,
                                        const std::vector<bool>& needs_spare);

  int size() const { return static_cast<int>(entries_.size()); }
  // Of each cache. Models that keep their caches inside the graph have none here.
  const std::vector<CacheLayout>& layouts() const { return layouts_; }
  int64_t bytes(int c) const { return static_cast<int64_t>(entries_[c].current.size()); }
  void* current(int c) { return entries_[c].current.data(); }
  // Null unless needs_spare[c].
  void* spare(int c) { return entries_[c].spare.data(); }
  void Swap(int c) { std::swap(entries_[c].current, entries_[c].spare); }

  // Calls `visit` with each piece of memory that holds positions [0, count), cache after cache, in
  // ascending order in each; of a cache that is not by_position with all of it, if count > 0. The
  // pieces are as long as they can be: with one key head or with all positions one for a cache.
  // 0 <= count <= the least dimension of a position_axis.
  void ForEachLiveRange(int count, absl::FunctionRef<void(absl::Span<uint8_t>)> visit);
  void ForEachLiveRange(int count, absl::FunctionRef<void(absl::Span<const uint8_t>)> visit) const;
  // The sum of their sizes.
  int64_t LiveBytes(int count) const;

  // All caches are by_position: a shorter context is the same memory with a smaller position.
  bool can_truncate() const;

  // A copy of what belongs to positions [0, count); zeros elsewhere. RESOURCE_EXHAUSTED
  // (kOutOfMemory).
  absl::StatusOr<KvCache> Clone(int count) const;

  // Back to zeros. RESOURCE_EXHAUSTED (kOutOfMemory): nothing has changed then.
  absl::Status Clear();

 private:
  struct Entry {
    AlignedBuffer current, spare;
  };
  std::vector<CacheLayout> layouts_;
  std::vector<Entry> entries_;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_KV_CACHE_H_
