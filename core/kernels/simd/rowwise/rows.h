// The loops of the rowwise family for every instruction set, by floats.h. Local to the file that
// includes it: see there.
#ifndef CORE_KERNELS_SIMD_ROWWISE_ROWS_H_
#define CORE_KERNELS_SIMD_ROWWISE_ROWS_H_

#include "core/kernels/simd/floats_math.h"
#include "core/kernels/simd/rowwise/rowwise.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: as in floats.h

// y = f(x), or with a second row y = f(x, z): each(load, i) makes the numbers from i on.
template <typename Each>
void Map(int64_t count, float* y, const Each& each) {
  int64_t i = 0;
  for (; i + Floats::kLanes <= count; i += Floats::kLanes) {
    each([i](const float* from) { return Floats::Load(from + i); }).Store(y + i);
  }
  const int64_t left = count - i;
  if (left == 0) return;
  each([i, left](const float* from) {
    return Floats::LoadFirst(from + i, left);
  }).StoreFirst(y + i, left);
}

// 1 / (1 + exp(-x)). exp(-x) is kept below what would overflow: the result is 0 there to 2^-115.
Floats LogisticOf(Floats x) {
  const Floats one = Floats::All(1.0f);
  return one / (one + Exp((Floats::Zero() - x).AtMost(Floats::All(80.0f))));
}

void Logistic(const float* x, int64_t count, float* y) {
  Map(count, y, [=](const auto& load) { return LogisticOf(load(x)); });
}

void GateSilu(const float* gate, const float* up, int64_t count, float* y) {
  Map(count, y, [=](const auto& load) {
    const Floats g = load(gate);
    return LogisticOf(g) * (g * load(up));
  });
}

// (1 + tanh(a)) / 2 is the logistic function of 2 a.
void GateGeluTanh(const float* gate, const float* up, int64_t count, float* y) {
  const Floats twice = Floats::All(1.5957691216057308f);  // 2 * sqrt(2 / pi)
  const Floats cubic = Floats::All(0.044715f), one = Floats::All(1.0f);
  Map(count, y, [=](const auto& load) {
    const Floats g = load(gate);
    const Floats a = twice * g * one.AddProduct(cubic, g * g);
    return LogisticOf(a) * (g * load(up));
  });
}

// The sum of what each(sum, value) makes of the sums so far and of more elements.
template <typename Each>
float SumOf(const float* x, int64_t count, const Each& each) {
  SixteenFloats sums = SixteenFloats::Zero();
  const auto add = [&](int part, Floats value) __attribute__((always_inline)) {
    sums.v[part] = each(sums.v[part], value);
  };
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) {
#pragma GCC unroll 4
    for (int part = 0; part < SixteenFloats::kVectors; ++part) {
      add(part, Floats::Load(x + i + part * Floats::kLanes));
    }
  }
  if (i < count) {
    ForEachPart(i, count, [&](int part, const auto& load) { add(part, load(x)); });
  }
  return sums.Sum();
}

float SumOfSquares(const float* x, int64_t count) {
  return SumOf(x, count, [](Floats sum, Floats value) { return sum.AddProduct(value, value); });
}

void RmsNorm(const float* x, const float* weight, int64_t count, float epsilon, float* y) {
  const float mean = SumOfSquares(x, count) / static_cast<float>(count) + epsilon;
  const Floats scale = Floats::All(1.0f / __builtin_sqrtf(mean));
  Map(count, y, [=](const auto& load) { return load(x) * scale * load(weight); });
}

void LayerNorm(const float* x, const float* weight, const float* bias, int64_t count, float epsilon,
               float* y) {
  const float sum = SumOf(x, count, [](Floats so_far, Floats value) { return so_far + value; });
  const Floats mean = Floats::All(sum / static_cast<float>(count));
  Map(count, y, [=](const auto& load) { return load(x) - mean; });
  const float variance = SumOfSquares(y, count) / static_cast<float>(count) + epsilon;
  const Floats scale = Floats::All(1.0f / __builtin_sqrtf(variance));
  const Floats zero = Floats::Zero(), one = Floats::All(1.0f);
  Map(count, y, [=](const auto& load) {
    const Floats factor = weight == nullptr ? one : load(weight);
    return (bias == nullptr ? zero : load(bias)).AddProduct(load(y) * scale, factor);
  });
}

void Rotate(const float* x, const float* cos, const float* sin, int64_t half, int64_t step,
            float* y) {
  for (int64_t i = 0; i < half; i += Floats::kLanes) {
    const int64_t left = half - i, n = left < Floats::kLanes ? left : Floats::kLanes;
    const auto load = [i, n](const float* from) {
      return n == Floats::kLanes ? Floats::Load(from + i) : Floats::LoadFirst(from + i, n);
    };
    const Floats first = load(x), second = load(x + half);
    const Floats turned = (first * load(cos)).SubtractProduct(second, load(sin));
    const Floats other = (first * load(sin + step)).AddProduct(second, load(cos + step));
    turned.StoreFirst(y + i, n);
    other.StoreFirst(y + half + i, n);
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ROWWISE_ROWS_H_
