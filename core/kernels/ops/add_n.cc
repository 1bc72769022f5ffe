// ADD_N: the sum of any number of tensors of one shape.
#include <algorithm>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/integer_math.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// A block is summed aside and then stored: the output may be the memory of input 0, which may be
// given more than once.
template <typename T>
void EvalAs(ir::EvalContext& context) {
  constexpr int64_t kBlock = 256;
  T* output = context.out<T>(0);
  context.pool().ParallelFor(context.output(0).num_elements(), kMinElementsPerThread,
                             [&](int64_t begin, int64_t end) {
                               T sum[kBlock];
                               for (int64_t first = begin; first < end; first += kBlock) {
                                 const int64_t n = std::min(kBlock, end - first);
                                 std::copy_n(context.in<T>(0) + first, n, sum);
                                 for (int k = 1; k < context.num_inputs(); ++k) {
                                   const T* term = context.in<T>(k) + first;
                                   for (int64_t i = 0; i < n; ++i) {
                                     if constexpr (std::is_floating_point_v<T>) {
                                       sum[i] += term[i];
                                     } else {
                                       sum[i] = ref::WrapAdd(sum[i], term[i]);
                                     }
                                   }
                                 }
                                 std::copy_n(sum, n, output + first);
                               }
                             });
}

}  // namespace

absl::Status PrepareAddN(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, -1, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32, DType::kInt32, DType::kInt64}));
  const DType dtype = context.input(0).dtype();
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {dtype}));
  for (int i = 1; i < context.num_inputs(); ++i) {
    if (!context.has_input(i)) return context.Invalid("input ", i, " is left out");
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {dtype}));
    if (context.input(i).shape != context.input(0).shape) {
      return context.Invalid("input ", i, " has shape ", context.input(i).shape.ToString(),
                             ", input 0 ", context.input(0).shape.ToString(),
                             "; they must be equal");
    }
  }
  return SetOutputShapeOfInput(context);
}

absl::Status EvalAddN(ir::EvalContext& context) {
  switch (context.output(0).dtype()) {
    case DType::kInt32:
      EvalAs<int32_t>(context);
      break;
    case DType::kInt64:
      EvalAs<int64_t>(context);
      break;
    default:
      EvalAs<float>(context);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
