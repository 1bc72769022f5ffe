// Integers as real numbers: real = scale * (integer - zero_point).
// Source: TFLite 8-bit quantization specification.
#ifndef CORE_KERNELS_REF_AFFINE_H_
#define CORE_KERNELS_REF_AFFINE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/ir/dtype.h"

namespace edgetasks::kernels::ref {

struct Affine {
  float scale = 1.0f;
  int32_t zero_point = 0;

  friend bool operator==(Affine a, Affine b) {
    return a.scale == b.scale && a.zero_point == b.zero_point;
  }
};

// Exact in double for every T up to 32 bits.
template <typename Real, typename T>
inline Real Dequantize(T value, Affine affine) {
  return static_cast<Real>(affine.scale) *
         static_cast<Real>(static_cast<int64_t>(value) - affine.zero_point);
}

// The nearest integer (ties away from zero), clamped to T; NaN becomes T's lowest. A scale of zero
// stands for zeros only: every number becomes the zero point. Real is double for a T of 32 bits.
template <typename T, typename Real>
inline T QuantizeTo(Real real, Affine affine) {
  constexpr Real kLowest = static_cast<Real>(std::numeric_limits<T>::lowest());
  constexpr Real kMax = static_cast<Real>(std::numeric_limits<T>::max());
  const Real steps =
      affine.scale > 0.0f ? std::round(real / static_cast<Real>(affine.scale)) : Real{0};
  const Real q = steps + static_cast<Real>(affine.zero_point);
  return static_cast<T>(std::min(kMax, std::max(kLowest, q)));  // this order sends NaN to kLowest
}

// A tensor that can be read and written as real numbers, whatever it stores: float32 (`affine` is
// not used), int8, uint8, int16, int32.
struct RealFormat {
  ir::DType dtype = ir::DType::kFloat32;
  Affine affine;
};

// real[i] = element offset + i * stride of `data`, for i in [0, length). stride is 0 or 1.
void LoadReal(const RealFormat& format, const void* data, int64_t offset, int64_t stride,
              int64_t length, double* real);

// Elements offset .. offset + length of `data` = real, rounded as QuantizeTo does.
void StoreReal(const RealFormat& format, const double* real, int64_t length, void* data,
               int64_t offset);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_AFFINE_H_
