// Fused activations as ranges that a result is clamped to.
// Source: TFLite schema, ActivationFunctionType. RELU: [0, inf), RELU_N1_TO_1: [-1, 1],
// RELU6: [0, 6]. TANH and SIGN_BIT are no ranges; no TFLite kernel of the kinds here runs them.
#ifndef CORE_KERNELS_REF_ACTIVATION_H_
#define CORE_KERNELS_REF_ACTIVATION_H_

#include <cmath>
#include <cstdint>
#include <limits>

#include "core/ir/op_params.h"

namespace edgetasks::kernels::ref {

template <typename T>
struct ActivationRange {
  T min = std::numeric_limits<T>::lowest();
  T max = std::numeric_limits<T>::max();

  // NaN stays NaN.
  T Clamp(T value) const {
    const T above = value < min ? min : value;
    return above > max ? max : above;
  }
};

// False for an activation that is not a range. NONE leaves infinities alone.
[[nodiscard]] inline bool FloatActivationRange(ir::Activation activation,
                                               ActivationRange<float>* range) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (activation) {
    case ir::Activation::kNone:
      *range = {-kInfinity, kInfinity};
      return true;
    case ir::Activation::kRelu:
      *range = {0.0f, kInfinity};
      return true;
    case ir::Activation::kReluN1To1:
      *range = {-1.0f, 1.0f};
      return true;
    case ir::Activation::kRelu6:
      *range = {0.0f, 6.0f};
      return true;
    default:
      return false;
  }
}

// The range in the integers of an output with this scale and zero point, within [type_min,
// type_max]. Any scale and zero point are safe. A scale of zero makes every real number the zero
// point: the range is then what the type and the zero point leave.
[[nodiscard]] inline bool QuantizedActivationRange(ir::Activation activation, float scale,
                                                   int32_t zero_point, int32_t type_min,
                                                   int32_t type_max,
                                                   ActivationRange<int32_t>* range) {
  ActivationRange<float> real;
  if (!FloatActivationRange(activation, &real)) return false;
  const auto quantize = [&](double value, int32_t unbounded) {
    if (std::isinf(value)) return unbounded;
    const double steps = scale > 0.0f ? std::round(value / scale) : 0.0;
    const double q = steps + zero_point;
    return q <= type_min ? type_min : q >= type_max ? type_max : static_cast<int32_t>(q);
  };
  range->min = quantize(real.min, type_min);
  range->max = quantize(real.max, type_max);
  return true;
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_ACTIVATION_H_
