// Packs blocks with lifetimes into one arena.
#ifndef CORE_PLAN_ARENA_PLANNER_H_
#define CORE_PLAN_ARENA_PLANNER_H_

#include "absl/types/span.h"
#include "core/ir/plan.h"

namespace edgetasks::plan {

// Greedy by size: the largest block first, each at the lowest offset that is free during its whole
// life. Pure: the same blocks give the same plan. Blocks of 0 bytes take no room. The caller keeps
// the sum of all bytes below INT64_MAX.
// Source: Y. Pisarchyk, J. Lee, "Efficient Memory Management for Deep Neural Net Inference" (2020),
// algorithm 3, "Greedy by Size for Offset Calculation".
ir::MemoryPlan PlanArena(absl::Span<const ir::Block> blocks);

}  // namespace edgetasks::plan

#endif  // CORE_PLAN_ARENA_PLANNER_H_
