#include "core/llm/kv_cache.h"

#include "core/base/status_macros.h"

namespace edgetasks::llm {

absl::StatusOr<KvCache> KvCache::Create(absl::Span<const CacheInfo> caches,
                                        const std::vector<bool>& needs_spare) {
  KvCache cache;
  for (size_t c = 0; c < caches.size(); ++c) {
    Entry entry;
    const auto bytes = static_cast<size_t>(caches[c].bytes);
    ET_ASSIGN_OR_RETURN(entry.current, AlignedBuffer::Allocate(bytes));
    if (needs_spare[c]) {
      ET_ASSIGN_OR_RETURN(entry.spare, AlignedBuffer::Allocate(bytes));
    }
    cache.entries_.push_back(std::move(entry));
  }
  return cache;
}

// What a spare holds is never read before it is written.
absl::StatusOr<KvCache> KvCache::Clone() const {
  KvCache clone;
  for (const Entry& entry : entries_) {
    Entry copy;
    ET_ASSIGN_OR_RETURN(copy.current, entry.current.Clone());
    if (entry.spare.data() != nullptr) {
      ET_ASSIGN_OR_RETURN(copy.spare, AlignedBuffer::Allocate(entry.spare.size()));
    }
    clone.entries_.push_back(std::move(copy));
  }
  return clone;
}

// Fresh memory costs less than writing zeros: untouched pages are never committed.
absl::Status KvCache::Clear() {
  std::vector<Entry> fresh(entries_.size());
  for (size_t c = 0; c < entries_.size(); ++c) {
    ET_ASSIGN_OR_RETURN(fresh[c].current, AlignedBuffer::Allocate(entries_[c].current.size()));
    if (entries_[c].spare.data() == nullptr) continue;
    ET_ASSIGN_OR_RETURN(fresh[c].spare, AlignedBuffer::Allocate(entries_[c].spare.size()));
  }
  entries_ = std::move(fresh);
  return absl::OkStatus();
}

}  // namespace edgetasks::llm
