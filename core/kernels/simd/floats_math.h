// Functions of vectors of floats. For files that are compiled with the flags of a set: see
// floats.h.
#ifndef CORE_KERNELS_SIMD_FLOATS_MATH_H_
#define CORE_KERNELS_SIMD_FLOATS_MATH_H_

#include "core/kernels/simd/floats.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: as in floats.h

// exp of numbers <= 80: 2^n * exp(r), |r| <= ln(2) / 2, with the Taylor polynomial of degree 6,
// whose remainder is below 2^-22 there; 0 where n < -126. NaN stays.
[[maybe_unused]] Floats Exp(Floats x) {
  x = x.AtLeast(Floats::All(-120.0f));
  const Floats n = (x * Floats::All(1.44269504f)).Rounded();
  // ln(2) in two parts, the first with so few bits that its product with n is exact.
  Floats r = x.SubtractProduct(n, Floats::All(0.693359375f));
  r = r.SubtractProduct(n, Floats::All(-2.12194440e-4f));
  Floats y = Floats::All(1.0f / 720);
  y = Floats::All(1.0f / 120).AddProduct(y, r);
  y = Floats::All(1.0f / 24).AddProduct(y, r);
  y = Floats::All(1.0f / 6).AddProduct(y, r);
  y = Floats::All(0.5f).AddProduct(y, r);
  y = Floats::All(1.0f).AddProduct(y, r);
  y = Floats::All(1.0f).AddProduct(y, r);
  return y.TimesPowerOfTwo(n);
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_FLOATS_MATH_H_
