// Decides which tensors of a graph share memory, and how long each memory must live.
#ifndef CORE_PLAN_STORAGE_PLANNER_H_
#define CORE_PLAN_STORAGE_PLANNER_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "core/ir/graph.h"
#include "core/ir/plan.h"

namespace edgetasks::plan {

// What an op may do with the memory of its input 0.
enum class Reuse : uint8_t {
  kNone,
  kView,     // output 0 has the same bytes in the same order (RESHAPE)
  kInPlace,  // output 0 may be written over input 0 (see ir::Kernel::in_place)
};

// Facts about the graph, after shapes are fixed.
struct StorageRequest {
  const ir::Graph* graph = nullptr;
  std::vector<int64_t> tensor_bytes;  // -1: known only while running
  std::vector<bool> tensor_is_known;  // a constant, or computed while planning
  std::vector<Reuse> op_reuse;        // of each op; kNone for ops that do not run
  std::vector<bool> op_runs;          // false: folded away, its inputs are not used by it
  // (input, output) positions: the output may take the memory of the input.
  std::vector<std::pair<int, int>> allowed_aliases;
};

// Pure. A tensor that is a graph output gets the output's memory, except where it also is a graph
// input, a constant, a variable or another output's: those are left where they are, and the caller
// copies them out after the run.
ir::StoragePlan PlanStorage(const StorageRequest& request);

}  // namespace edgetasks::plan

#endif  // CORE_PLAN_STORAGE_PLANNER_H_
