// The specification of the gemm_f32 family, in plain loops.
#include <algorithm>

#include "core/kernels/simd/gemm_f32/gemm_f32.h"
#include "core/kernels/simd/scalar_floats.h"

namespace edgetasks::kernels::simd {
namespace {

void Pack(const F32Weights& w, const float* bias, float* panel) {
  std::fill_n(panel, F32PanelFloats(w.depth), 0.0f);
  for (int64_t j = 0; j < w.columns; ++j) {
    if (bias != nullptr) panel[j] = bias[j];
    for (int64_t k = 0; k < w.depth; ++k) {
      panel[(k + 1) * kF32Columns + j] = w.data[j * w.stride + k];
    }
  }
}

void Multiply(const F32Rows& a, int64_t columns, int64_t depth, const float* panel, const float*,
              FloatRange range, float* c, int64_t c_stride) {
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      float sum = panel[j];
      for (int64_t k = 0; k < depth; ++k) {
        sum = FusedMultiplyAdd(a.data[i * a.stride + k], panel[(k + 1) * kF32Columns + j], sum);
      }
      const float above = sum < range.min ? range.min : sum;
      c[i * c_stride + j] = above > range.max ? range.max : above;
    }
  }
}

void MultiplyUnpacked(const F32Rows& a, const F32Weights& b, const float* bias, FloatRange range,
                      float* c, int64_t c_stride) {
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j < b.columns; ++j) {
      float sums[16] = {};
      for (int64_t k = 0; k < b.depth; ++k) {
        sums[k % 16] =
            FusedMultiplyAdd(a.data[i * a.stride + k], b.data[j * b.stride + k], sums[k % 16]);
      }
      const float sum = SumOfSixteen(sums) + (bias != nullptr ? bias[j] : 0.0f);
      const float above = sum < range.min ? range.min : sum;
      c[i * c_stride + j] = above > range.max ? range.max : above;
    }
  }
}

}  // namespace

extern const GemmF32Kernels kGemmF32Scalar;
const GemmF32Kernels kGemmF32Scalar = {CpuLevel::kScalar, Pack, Multiply, MultiplyUnpacked};

}  // namespace edgetasks::kernels::simd
