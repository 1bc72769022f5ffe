#include "core/llm/kv_cache.h"

#include <algorithm>
#include <cstring>

#include "core/base/status_macros.h"

namespace edgetasks::llm {
namespace {

// The pieces of one cache: `times` of `bytes` each, `step` bytes apart.
struct LiveRanges {
  int64_t times = 0, bytes = 0, step = 0;
};

LiveRanges RangesOf(const CacheLayout& layout, int count) {
  const int64_t positions = layout.shape.dim(layout.position_axis);
  if (count <= 0 || layout.bytes == 0) return {};
  if (!layout.by_position || count >= positions) return {1, layout.bytes, 0};
  const int64_t times = layout.shape.Product(0, layout.position_axis);
  const int64_t step = layout.bytes / times;
  return {times, step / positions * count, step};
}

template <typename Byte>
void VisitRanges(const CacheLayout& layout, Byte* data, int count,
                 absl::FunctionRef<void(absl::Span<Byte>)> visit) {
  const LiveRanges ranges = RangesOf(layout, count);
  for (int64_t i = 0; i < ranges.times; ++i) {
    visit(absl::Span<Byte>(data + i * ranges.step, static_cast<size_t>(ranges.bytes)));
  }
}

}  // namespace

absl::StatusOr<KvCache> KvCache::Create(std::vector<CacheLayout> layouts,
                                        const std::vector<bool>& needs_spare) {
  KvCache cache;
  for (size_t c = 0; c < layouts.size(); ++c) {
    Entry entry;
    const auto bytes = static_cast<size_t>(layouts[c].bytes);
    ET_ASSIGN_OR_RETURN(entry.current, AlignedBuffer::Allocate(bytes));
    if (needs_spare[c]) {
      ET_ASSIGN_OR_RETURN(entry.spare, AlignedBuffer::Allocate(bytes));
    }
    cache.entries_.push_back(std::move(entry));
  }
  cache.layouts_ = std::move(layouts);
  return cache;
}

void KvCache::ForEachLiveRange(int count, absl::FunctionRef<void(absl::Span<uint8_t>)> visit) {
  for (size_t c = 0; c < entries_.size(); ++c) {
    VisitRanges<uint8_t>(layouts_[c], entries_[c].current.data(), count, visit);
  }
}

void KvCache::ForEachLiveRange(int count,
                               absl::FunctionRef<void(absl::Span<const uint8_t>)> visit) const {
  for (size_t c = 0; c < entries_.size(); ++c) {
    VisitRanges<const uint8_t>(layouts_[c], entries_[c].current.data(), count, visit);
  }
}

int64_t KvCache::LiveBytes(int count) const {
  int64_t sum = 0;
  for (const CacheLayout& layout : layouts_) {
    const LiveRanges ranges = RangesOf(layout, count);
    sum += ranges.times * ranges.bytes;
  }
  return sum;
}

bool KvCache::can_truncate() const {
  return std::all_of(layouts_.begin(), layouts_.end(),
                     [](const CacheLayout& layout) { return layout.by_position; });
}

// What a spare holds is never read before it is written.
absl::StatusOr<KvCache> KvCache::Clone(int count) const {
  std::vector<bool> needs_spare;
  for (const Entry& entry : entries_) needs_spare.push_back(entry.spare.data() != nullptr);
  ET_ASSIGN_OR_RETURN(KvCache clone, Create(layouts_, needs_spare));
  std::vector<absl::Span<const uint8_t>> pieces;
  ForEachLiveRange(count, [&](absl::Span<const uint8_t> piece) { pieces.push_back(piece); });
  auto piece = pieces.begin();
  clone.ForEachLiveRange(count, [&](absl::Span<uint8_t> copy) {
    std::memcpy(copy.data(), piece->data(), copy.size());
    ++piece;
  });
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
