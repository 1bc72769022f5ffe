// The number types of CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV: how one product is added to an
// accumulator, and how an accumulator becomes an output. The loops of the three are templates over
// these.
//
// Each arithmetic has
//   In, Filter, Acc, Out      the element types;
//   Zeros zeros(batch)        what stands for zero in the input and in the filter;
//   Add(x, w, zeros, &acc)    acc += (x - zeros.input) * (w - zeros.filter);
//   Finish(acc, batch, c)     bias, scale and activation of output channel c.
// Accumulators of integers are unsigned: they wrap where a hostile file makes them overflow.
#ifndef CORE_KERNELS_REF_FILTER_ARITHMETIC_H_
#define CORE_KERNELS_REF_FILTER_ARITHMETIC_H_

#include <algorithm>
#include <cstdint>

#include "core/base/fixed_point.h"
#include "core/kernels/ref/activation.h"

namespace edgetasks::kernels::ref {

struct Zeros {
  int32_t input = 0, filter = 0;
};

// real = sum of x * w, + bias.
struct FloatArithmetic {
  using In = float;
  using Filter = float;
  using Acc = float;
  using Out = float;

  const float* bias;  // [channels], or null
  ActivationRange<float> range;

  Zeros zeros(int) const { return {}; }
  static void Add(float x, float w, Zeros, float* acc) { *acc += x * w; }
  float Finish(float acc, int, int channel) const {
    return range.Clamp(bias != nullptr ? acc + bias[channel] : acc);
  }
};

// Dynamic range ("hybrid"): f32 activations were quantized on the fly, each batch entry with its
// own scale and zero point; weights are symmetric int8. real = acc * input scale * filter scale +
// bias.
struct HybridArithmetic {
  using In = int8_t;
  using Filter = int8_t;
  using Acc = uint32_t;
  using Out = float;

  const float* bias;  // [channels], or null
  ActivationRange<float> range;
  const float* filter_scales;  // [channels], or [1] with filter_scale_step 0
  int filter_scale_step;
  const float* input_scales;   // [batches]
  const int32_t* input_zeros;  // [batches]

  Zeros zeros(int batch) const { return {input_zeros[batch], 0}; }
  static void Add(int8_t x, int8_t w, Zeros zeros, uint32_t* acc) {
    *acc += static_cast<uint32_t>((x - zeros.input) * w);
  }
  float Finish(uint32_t acc, int batch, int channel) const {
    const float scale = input_scales[batch] * filter_scales[int64_t{channel} * filter_scale_step];
    const float value = static_cast<float>(static_cast<int32_t>(acc)) * scale;
    return range.Clamp(bias != nullptr ? value + bias[channel] : value);
  }
};

// int8 x int8 -> int8 and uint8 x uint8 -> uint8, int32 accumulators:
// q = round((acc + bias) * multiplier[c]) + output zero point, clamped.
template <typename T>
struct IntegerArithmetic {
  using In = T;
  using Filter = T;
  using Acc = uint32_t;
  using Out = T;

  const int32_t* bias;  // [channels], or null
  ActivationRange<int32_t> range;
  const FixedMultiplier* multipliers;  // [channels], or [1] with multiplier_step 0
  int multiplier_step;
  Zeros zero_points;
  int32_t output_zero;

  Zeros zeros(int) const { return zero_points; }
  static void Add(T x, T w, Zeros zeros, uint32_t* acc) {
    *acc += static_cast<uint32_t>((x - zeros.input) * (w - zeros.filter));
  }
  T Finish(uint32_t acc, int, int channel) const {
    if (bias != nullptr) acc += static_cast<uint32_t>(bias[channel]);
    const int64_t scaled =
        MultiplyFixed(static_cast<int32_t>(acc), multipliers[int64_t{channel} * multiplier_step]);
    return static_cast<T>(std::clamp<int64_t>(scaled + output_zero, range.min, range.max));
  }
};

// int16 x int8 -> int16, int64 accumulators, all zero points 0.
struct Int16Arithmetic {
  using In = int16_t;
  using Filter = int8_t;
  using Acc = uint64_t;
  using Out = int16_t;

  const int64_t* bias64;  // [channels], or null
  const int32_t* bias32;  // [channels], or null; one of the two is null
  ActivationRange<int32_t> range;
  const FixedMultiplier* multipliers;  // [channels], or [1] with multiplier_step 0
  int multiplier_step;

  Zeros zeros(int) const { return {}; }
  static void Add(int16_t x, int8_t w, Zeros, uint64_t* acc) {
    *acc += static_cast<uint64_t>(int64_t{x * w});
  }
  int16_t Finish(uint64_t acc, int, int channel) const {
    if (bias64 != nullptr) acc += static_cast<uint64_t>(bias64[channel]);
    if (bias32 != nullptr) acc += static_cast<uint64_t>(int64_t{bias32[channel]});
    const int32_t scaled =
        MultiplyFixed(static_cast<int64_t>(acc), multipliers[int64_t{channel} * multiplier_step]);
    return static_cast<int16_t>(std::clamp(scaled, range.min, range.max));
  }
};

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_FILTER_ARITHMETIC_H_
