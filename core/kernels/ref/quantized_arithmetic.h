// ADD, SUB, MUL, LEAKY_RELU and rescaling of quantized integers with TFLite's rounding.
// Source: TFLite 8-bit quantization specification; the left shifts of 20 bits (8-bit types) and 15
// bits (int16) are those of its ADD and SUB kernels.
#ifndef CORE_KERNELS_REF_QUANTIZED_ARITHMETIC_H_
#define CORE_KERNELS_REF_QUANTIZED_ARITHMETIC_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/base/fixed_point.h"
#include "core/kernels/ref/activation.h"
#include "core/kernels/ref/affine.h"

namespace edgetasks::kernels::ref {

// a + b or a - b. Both operands are moved left, brought to the common scale 2 * max(scale a,
// scale b), added, and brought to the output's scale. T is int8_t, uint8_t or int16_t.
template <typename T>
struct QuantizedSum {
  static constexpr int kLeftShift = sizeof(T) == 1 ? 20 : 15;

  int32_t a_zero_point = 0, b_zero_point = 0, output_zero_point = 0;
  int32_t b_sign = 1;  // -1 subtracts
  FixedMultiplier a_multiplier, b_multiplier, output_multiplier;
  ActivationRange<int32_t> range;

  // Requires zero points within T: then |operand - zero point| < 2^8 (2^16), the shifted operand
  // fits int32, and with multipliers of at most 1/2 so does the sum. False where the output's
  // scale is zero or so small that its multiplier is above 1: compute through real numbers.
  bool Init(Affine a, Affine b, Affine output, bool subtract,
            const ActivationRange<int32_t>& activation) {
    a_zero_point = a.zero_point;
    b_zero_point = b.zero_point;
    output_zero_point = output.zero_point;
    b_sign = subtract ? -1 : 1;
    range = activation;
    const double common = 2.0 * std::max(a.scale, b.scale);
    if (!(common > 0.0) || !(output.scale > 0.0f)) return false;
    a_multiplier = ToFixedMultiplier(a.scale / common);
    b_multiplier = ToFixedMultiplier(b.scale / common);
    const double output_real =
        common / (static_cast<double>(int32_t{1} << kLeftShift) * output.scale);
    output_multiplier = ToFixedMultiplier(output_real);
    return output_real < 1.0 && output_multiplier.shift <= 0;
  }

  T operator()(T a, T b) const {
    constexpr int32_t kUnit = int32_t{1} << kLeftShift;
    const int32_t shifted_a = (static_cast<int32_t>(a) - a_zero_point) * kUnit;
    const int32_t shifted_b = (static_cast<int32_t>(b) - b_zero_point) * kUnit;
    const int32_t sum =
        MultiplyFixed(shifted_a, a_multiplier) + b_sign * MultiplyFixed(shifted_b, b_multiplier);
    const int64_t result = int64_t{MultiplyFixed(sum, output_multiplier)} + output_zero_point;
    return static_cast<T>(std::clamp<int64_t>(result, range.min, range.max));
  }
};

// a * b: the integer product, brought to the output's scale.
template <typename T>
struct QuantizedProduct {
  int32_t a_zero_point = 0, b_zero_point = 0, output_zero_point = 0;
  FixedMultiplier multiplier;
  ActivationRange<int32_t> range;

  // Requires zero points within T. False where the integers could overflow (int16 with zero
  // points, an output scale far below the product's) or the output's scale is zero: compute
  // through real numbers.
  bool Init(Affine a, Affine b, Affine output, const ActivationRange<int32_t>& activation) {
    a_zero_point = a.zero_point;
    b_zero_point = b.zero_point;
    output_zero_point = output.zero_point;
    range = activation;
    if (!(output.scale > 0.0f)) return false;
    multiplier = ToFixedMultiplier(static_cast<double>(a.scale) * b.scale / output.scale);
    if (sizeof(T) == 1) return multiplier.shift <= 14;  // |product| <= 2^16, shifted <= 2^30
    return a_zero_point == 0 && b_zero_point == 0 && multiplier.shift <= 0;  // |product| <= 2^30
  }

  T operator()(T a, T b) const {
    const int32_t product =
        (static_cast<int32_t>(a) - a_zero_point) * (static_cast<int32_t>(b) - b_zero_point);
    const int64_t result = int64_t{MultiplyFixed(product, multiplier)} + output_zero_point;
    return static_cast<T>(std::clamp<int64_t>(result, range.min, range.max));
  }
};

// From one scale and zero point to another. The input and the output have up to 16 bits, the output
// may be int32.
struct Rescale {
  int32_t input_zero_point = 0, output_zero_point = 0;
  FixedMultiplier multiplier;

  // Requires an input zero point within a type of up to 16 bits: then |input - zero point| < 2^16.
  // False where the shifted difference could overflow or the output's scale is zero: compute
  // through real numbers.
  bool Init(Affine input, Affine output, double factor = 1.0) {
    input_zero_point = input.zero_point;
    output_zero_point = output.zero_point;
    if (!(output.scale > 0.0f)) return false;
    const double real = factor * input.scale / output.scale;
    multiplier = ToFixedMultiplier(real);
    return std::isfinite(real) && real >= 0.0 && multiplier.shift <= 14;
  }

  // (input - its zero point) * sign, rescaled, not yet clamped. sign is 1 or -1.
  int64_t Apply(int32_t input, int32_t sign = 1) const {
    return int64_t{MultiplyFixed((input - input_zero_point) * sign, multiplier)} +
           output_zero_point;
  }
};

template <typename T>
inline T ClampTo(int64_t value) {
  return static_cast<T>(
      std::clamp<int64_t>(value, std::numeric_limits<T>::lowest(), std::numeric_limits<T>::max()));
}

// x >= 0 ? x : alpha * x, each side with its own multiplier.
template <typename T>
struct QuantizedLeakyRelu {
  Rescale positive, negative;
  int32_t negative_sign = 1;

  // As Rescale::Init, for both sides.
  bool Init(Affine input, Affine output, float alpha) {
    negative_sign = alpha < 0.0f ? -1 : 1;
    return positive.Init(input, output) && negative.Init(input, output, std::abs(alpha));
  }

  T operator()(T x) const {
    return ClampTo<T>(x >= positive.input_zero_point ? positive.Apply(x)
                                                     : negative.Apply(x, negative_sign));
  }
};

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_QUANTIZED_ARITHMETIC_H_
