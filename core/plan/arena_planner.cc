#include "core/plan/arena_planner.h"

#include <algorithm>
#include <numeric>

#include "core/base/aligned_buffer.h"

namespace edgetasks::plan {
namespace {

struct Placed {
  int64_t begin, end;
  int first, last;
};

int64_t RoundUp(int64_t bytes) {
  const auto alignment = static_cast<int64_t>(kAlignment);
  return (bytes + alignment - 1) / alignment * alignment;
}

// The lowest offset at which `bytes` are free from step `first` to `last`. `placed` is sorted by
// begin.
int64_t FindGap(const std::vector<Placed>& placed, int64_t bytes, int first, int last) {
  int64_t offset = 0;
  for (const Placed& other : placed) {
    if (other.last < first || last < other.first) continue;
    if (other.begin - offset >= bytes) break;
    offset = std::max(offset, other.end);
  }
  return offset;
}

}  // namespace

ir::MemoryPlan PlanArena(absl::Span<const ir::Block> blocks) {
  std::vector<int> order(blocks.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return blocks[a].bytes > blocks[b].bytes; });

  ir::MemoryPlan plan;
  plan.offsets.assign(blocks.size(), 0);
  std::vector<Placed> placed;
  for (int index : order) {
    const ir::Block& block = blocks[index];
    if (block.bytes == 0) continue;
    const int64_t bytes = RoundUp(block.bytes);
    const int64_t offset = FindGap(placed, bytes, block.first, block.last);
    plan.offsets[index] = offset;
    plan.total_bytes = std::max(plan.total_bytes, offset + bytes);
    const Placed entry{offset, offset + bytes, block.first, block.last};
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), entry,
                         [](const Placed& a, const Placed& b) { return a.begin < b.begin; }),
        entry);
  }
  return plan;
}

}  // namespace edgetasks::plan
