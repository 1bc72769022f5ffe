// The exponentials of the attention family for every instruction set, by floats.h. Local to the
// file that includes it: see there.
#ifndef CORE_KERNELS_SIMD_ATTENTION_MASKED_EXP_H_
#define CORE_KERNELS_SIMD_ATTENTION_MASKED_EXP_H_

#include "core/kernels/simd/attention/attention.h"
#include "core/kernels/simd/floats_math.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: as in floats.h

float MaskedExp(float* x, const float* mask, int64_t count) {
  constexpr float kLowest = -__builtin_inff();
  const int64_t whole = count - count % Floats::kLanes;
  Floats max = Floats::All(kLowest);
  for (int64_t i = 0; i < whole; i += Floats::kLanes) {
    const Floats value = Floats::Load(x + i) + Floats::Load(mask + i);
    value.Store(x + i);
    max = value.AtLeast(max);
  }
  float greatest = max.Max();
  for (int64_t i = whole; i < count; ++i) {
    x[i] += mask[i];
    greatest = x[i] > greatest ? x[i] : greatest;
  }
  if (greatest == kLowest) {
    float sum = 0.0f;  // maxima may lose a NaN
    for (int64_t i = 0; i < count; ++i) {
      sum += x[i] != x[i] ? x[i] : 0.0f;
      x[i] = 0.0f;
    }
    return sum;
  }
  const Floats shift = Floats::All(greatest);
  Floats sums = Floats::Zero();
  for (int64_t i = 0; i < whole; i += Floats::kLanes) {
    const Floats value = Exp(Floats::Load(x + i) - shift);
    value.Store(x + i);
    sums = sums + value;
  }
  float sum = sums.Sum();
  if (whole < count) {
    Exp(Floats::LoadFirst(x + whole, count - whole) - shift).StoreFirst(x + whole, count - whole);
    for (int64_t i = whole; i < count; ++i) sum += x[i];
  }
  return sum;
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ATTENTION_MASKED_EXP_H_
