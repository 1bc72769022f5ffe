// Declares the Prepare and Eval functions of every row of registry.inc; each file in ops/ defines
// those of its operator or family.
#ifndef CORE_KERNELS_OPS_OP_H_
#define CORE_KERNELS_OPS_OP_H_

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/ir/kernel.h"

namespace edgetasks::kernels {

#define EDGETASKS_KERNEL(code, functions, in_place, types)      \
  absl::Status Prepare##functions(ir::PrepareContext& context); \
  absl::Status Eval##functions(ir::EvalContext& context);
#define EDGETASKS_CUSTOM_KERNEL(name, functions, in_place, types) \
  EDGETASKS_KERNEL(CUSTOM, functions, in_place, types)
#include "core/kernels/registry.inc"
#undef EDGETASKS_KERNEL
#undef EDGETASKS_CUSTOM_KERNEL

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_OP_H_
