// What the attention family does with scores, for every instruction set, by floats.h. Local to the
// file that includes it: see there.
#ifndef CORE_KERNELS_SIMD_ATTENTION_SCORES_H_
#define CORE_KERNELS_SIMD_ATTENTION_SCORES_H_

#include "core/kernels/simd/attention/attention.h"
#include "core/kernels/simd/floats_math.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: as in floats.h

int64_t CountOf(int64_t i, int64_t count) {
  return count - i < Floats::kLanes ? count - i : Floats::kLanes;
}

// x[i] += mask[i]; the greatest, NaN aside.
float AddMask(float* x, const float* mask, int64_t count) {
  constexpr float kLowest = -__builtin_inff();
  const int64_t whole = count - count % Floats::kLanes;
  Floats max = Floats::All(kLowest);
  for (int64_t i = 0; i < whole; i += Floats::kLanes) {
    const Floats value = Floats::Load(x + i) + Floats::Load(mask + i);
    value.Store(x + i);
    max = max.AtLeast(value);
  }
  float greatest = kLowest;
  for (int64_t i = whole; i < count; ++i) {
    x[i] += mask[i];
    greatest = x[i] > greatest ? x[i] : greatest;
  }
  const float before = max.Max();
  return greatest > before ? greatest : before;
}

float MaskedExp(float* x, const float* mask, int64_t count) {
  const float greatest = AddMask(x, mask, count);
  if (greatest == -__builtin_inff()) {
    float sum = 0.0f;  // maxima may lose a NaN
    for (int64_t i = 0; i < count; ++i) {
      sum += x[i] != x[i] ? x[i] : 0.0f;
      x[i] = 0.0f;
    }
    return sum;
  }
  const Floats shift = Floats::All(greatest);
  SixteenFloats sums = SixteenFloats::Zero();
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
#pragma GCC unroll 4
    for (int part = 0; part < SixteenFloats::kVectors; ++part) {
      float* at = x + i + part * Floats::kLanes;
      const Floats value = Exp(Floats::Load(at) - shift);
      value.Store(at);
      sums.v[part] = sums.v[part] + value;
    }
  }
  for (int part = 0; i < count; i += Floats::kLanes, ++part) {
    const int64_t n = CountOf(i, count);
    Exp(Floats::LoadFirst(x + i, n) - shift).StoreFirst(x + i, n);
    sums.v[part] = sums.v[part] + Floats::LoadFirst(x + i, n);
  }
  return sums.Sum();
}

// cap * tanh(y) with tanh(y) = 1 - 2 / (exp(2 y) + 1).
void SoftCap(float* x, int64_t count, float cap) {
  const Floats factor = Floats::All(2.0f / cap), caps = Floats::All(cap);
  const Floats one = Floats::All(1.0f), two = Floats::All(2.0f);
  for (int64_t i = 0; i < count; i += Floats::kLanes) {
    const int64_t n = CountOf(i, count);
    // From 80 on the result is 1.
    const Floats power = Exp((Floats::LoadFirst(x + i, n) * factor).AtMost(Floats::All(80.0f)));
    (caps * (one - two / (power + one))).StoreFirst(x + i, n);
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ATTENTION_SCORES_H_
