// What the operators that move elements share: checks in Prepare, copies in Eval.
#ifndef CORE_KERNELS_OPS_MOVEMENT_H_
#define CORE_KERNELS_OPS_MOVEMENT_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/ir/kernel.h"
#include "core/kernels/ref/strided_copy.h"

namespace edgetasks::kernels {

// Bytes of one element of a type that fills whole bytes.
inline int64_t ElementBytes(ir::DType dtype) { return ir::BitsOf(dtype) / 8; }

// UNIMPLEMENTED unless input i has a runnable type whose elements fill whole bytes.
absl::Status CheckWholeBytes(const ir::PrepareContext& context, int i);
// Output `output` takes elements of input `input` as they are: the same type, and the same meaning
// of it. Quantizations are compared where both are per tensor.
absl::Status CheckSameElements(const ir::PrepareContext& context, int input, int output);
// Both of the above.
absl::Status CheckMovable(const ir::PrepareContext& context, int input, int output);
// True unless both are quantized per tensor, with other numbers.
bool SameQuantization(const ir::Quantization& a, const ir::Quantization& b);

// *result = axis, counted from the end if negative. INVALID_ARGUMENT outside [-rank, rank).
absl::Status NormalizeAxis(const ir::PrepareContext& context, int64_t axis, int rank, int* result);

// The values of these inputs (those that are present) can be read in this Prepare.
bool HaveValues(const ir::PrepareContext& context, std::initializer_list<int> inputs);
// Leaves Prepare for later: no output has a shape yet.
absl::Status DeferShapes(ir::PrepareContext& context);
// The single value of a known integer input.
absl::Status IntValue(const ir::PrepareContext& context, int i, int64_t* value);
// Fixes the shape of output i. INVALID_ARGUMENT for more than Shape::kMaxRank dimensions, one
// outside [0, 2^31), or a size that overflows.
absl::Status SetCheckedShape(ir::PrepareContext& context, int i, absl::Span<const int64_t> dims);
std::vector<int64_t> DimsOf(const ir::Shape& shape);

// Element `i` of an int32 or int64 operand with data.
int64_t IntAt(const ir::Operand& operand, int64_t i);

// Row-major strides of a dense tensor, in bytes.
std::array<int64_t, ir::Shape::kMaxRank> ByteStrides(const ir::Shape& shape, int64_t element_bytes);

// `rows` runs of `block_bytes`, a fixed distance apart in each tensor. Simplified.
ref::StridedCopy BlockCopy(int64_t rows, int64_t src_stride, int64_t dst_stride,
                           int64_t block_bytes);

// Runs a simplified copy on the pool.
void RunCopy(ir::EvalContext& context, const ref::StridedCopy& copy, const void* src, void* dst);
// Copies `bytes` bytes; nothing where src == dst.
void CopyBytes(ir::EvalContext& context, const void* src, void* dst, int64_t bytes);
// All bytes of input i to output o; nothing where they are the same memory.
void CopyAll(ir::EvalContext& context, int i, int o);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_MOVEMENT_H_
