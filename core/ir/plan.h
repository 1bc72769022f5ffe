// Where the tensors of a graph live while it runs: plain data made by core/plan, bound by
// core/exec.
#ifndef CORE_IR_PLAN_H_
#define CORE_IR_PLAN_H_

#include <cstdint>
#include <vector>

namespace edgetasks::ir {

// Memory that must exist from step `first` to step `last`, both included. Step i is op i of the
// graph.
struct Block {
  int64_t bytes = 0;
  int first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<int64_t> offsets;  // one for each block, multiples of kAlignment
  int64_t total_bytes = 0;
};

enum class StorageKind : uint8_t {
  kUnused,    // nobody reads or writes it
  kConstant,  // the model file, or a value computed once while planning
  kInput,     // memory of graph input `index`
  kOutput,    // memory of graph output `index`
  kVariable,  // memory that lasts from run to run
  kArena,     // a block of the arena
  kDynamic,   // its size is known only while running: memory of its own
};

// Tensors that share memory, because one is a view of the other or is computed in place of it.
struct Storage {
  StorageKind kind = StorageKind::kUnused;
  int index = -1;        // of kInput and kOutput
  int root_tensor = -1;  // the first tensor that lives here
  Block block;
};

struct StoragePlan {
  std::vector<int> storage_of_tensor;  // index into storages
  std::vector<Storage> storages;
};

}  // namespace edgetasks::ir

#endif  // CORE_IR_PLAN_H_
