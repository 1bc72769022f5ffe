// ROTARY_EMBEDDING (fused): turns pairs of elements of the last axis by an angle of their position.
//
//   x [.., T, D], cos and sin [1.., T, C] -> [.., T, D]
//
// Element i is the partner of element h + i. C < D: h = C, both of a pair use the angle i, and what
// stands behind the first 2 C elements stays as it is. C = D: h = D / 2, and each element has its
// own number of cos and sin. Source: Su et al., "RoFormer" (2021), in the order of halves that
// GPT-NeoX uses; core/graph/recognise_rotary_embedding.cc names the ops that this stands for.
#include <cstring>

#include "core/kernels/ops/op.h"
#include "core/kernels/simd/rowwise/select.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  const simd::RowwiseKernels* kernels = nullptr;
  int64_t positions = 0, depth = 0, angles = 0;  // T, D, C
  int64_t half = 0, step = 0;
};

}  // namespace

absl::Status PrepareRotaryEmbedding(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  for (int i = 0; i < 3; ++i) {
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {ir::DType::kFloat32}));
  }
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kFloat32}));
  const ir::Shape &x = context.input(0).shape, &cos = context.input(1).shape;
  const bool fits =
      x.rank() >= 2 && cos.rank() >= 2 && context.input(2).shape == cos &&
      cos.back(1) == x.back(1) && cos.back(0) > 0 &&
      cos.num_elements() == int64_t{cos.back(0)} * cos.back(1) &&
      (cos.back(0) == x.back(0) ? x.back(0) % 2 == 0 : int64_t{cos.back(0)} * 2 <= x.back(0));
  if (!fits) {
    return context.Invalid("the input has shape ", x.ToString(), ", cos ", cos.ToString(),
                           " and sin ", context.input(2).shape.ToString(),
                           "; expected [.., T, D] and twice [T, C] with C = D even, or 2 C <= D");
  }
  auto* p = context.MakePrepared<Prepared>();
  p->kernels = &simd::SelectRowwiseKernels();
  p->positions = x.back(1);
  p->depth = x.back(0);
  p->angles = cos.back(0);
  p->half = p->angles == p->depth ? p->depth / 2 : p->angles;
  p->step = p->angles == p->depth ? p->half : 0;
  context.SetOutputShape(0, x);
  return absl::OkStatus();
}

absl::Status EvalRotaryEmbedding(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const auto *x = context.in<float>(0), *cos = context.in<float>(1), *sin = context.in<float>(2);
  auto* output = context.out<float>(0);
  const int64_t rest = p.depth - 2 * p.half;
  const int64_t rows = context.input(0).num_elements() / p.depth;
  // About 32 k elements are worth a thread.
  context.pool().ParallelFor(rows, 32768 / p.depth + 1, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      const float* row = x + r * p.depth;
      float* to = output + r * p.depth;
      const int64_t angle = r % p.positions * p.angles;
      p.kernels->rotate(row, cos + angle, sin + angle, p.half, p.step, to);
      if (rest > 0) {
        std::memcpy(to + 2 * p.half, row + 2 * p.half, static_cast<size_t>(rest) * sizeof(float));
      }
    }
  });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
