#include "core/kernels/registry.h"

#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

constexpr ir::Kernel kKernels[] = {
#define EDGETASKS_KERNEL(code, functions, in_place, types) \
  {ir::OpCode::code, "", Prepare##functions, Eval##functions, in_place, types},
#define EDGETASKS_CUSTOM_KERNEL(name, functions, in_place, types) \
  {ir::OpCode::CUSTOM, name, Prepare##functions, Eval##functions, in_place, types},
#include "core/kernels/registry.inc"
#undef EDGETASKS_KERNEL
#undef EDGETASKS_CUSTOM_KERNEL
};

}  // namespace

absl::Span<const ir::Kernel> AllKernels() { return kKernels; }

const ir::Kernel* FindKernel(ir::OpCode code, absl::string_view custom_name) {
  for (const ir::Kernel& kernel : kKernels) {
    if (kernel.code == code && custom_name == kernel.custom_name) return &kernel;
  }
  return nullptr;
}

}  // namespace edgetasks::kernels
