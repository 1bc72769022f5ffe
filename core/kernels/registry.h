// Finds the kernel of an operator.
#ifndef CORE_KERNELS_REGISTRY_H_
#define CORE_KERNELS_REGISTRY_H_

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/ir/kernel.h"

namespace edgetasks::kernels {

// All kernels, in the order of registry.inc.
absl::Span<const ir::Kernel> AllKernels();

// The kernel for a builtin or fused operator, or for CUSTOM with that name; null if there is none.
const ir::Kernel* FindKernel(ir::OpCode code, absl::string_view custom_name = "");

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_REGISTRY_H_
