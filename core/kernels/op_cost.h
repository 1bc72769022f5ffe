// What an op has to do, from its operands alone: the one place that states how many multiplications
// and how much memory traffic each kind of op stands for. For profiles, not for running.
#ifndef CORE_KERNELS_OP_COST_H_
#define CORE_KERNELS_OP_COST_H_

#include <cstdint>

#include "core/ir/kernel.h"

namespace edgetasks::kernels {

// What the products of an op are computed in.
enum class Arithmetic : uint8_t { kNone, kInteger, kFloat };

// The least that the op must do, however it is computed: each operand is read or written once, and
// of tables and caches only what is asked for. The scales of blocks count, as they lie beside the
// weights; those of tensors and channels, and scratch memory, do not.
struct OpCost {
  int64_t bytes_read = 0, bytes_written = 0;
  int64_t macs = 0;  // products that are summed up; 0 for ops that have none
  Arithmetic arithmetic = Arithmetic::kNone;
};

// Of `node` as it was run last: shapes, and where the cost depends on values (which positions a
// mask leaves), data are those of that run. Ops without a row of their own here read all inputs and
// write all outputs. Does not allocate.
OpCost CostOf(const ir::Node& node);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OP_COST_H_
