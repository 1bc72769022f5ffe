// Float activations as int8, for dynamic-range ("hybrid") operators.
#ifndef CORE_KERNELS_REF_QUANTIZE_ON_THE_FLY_H_
#define CORE_KERNELS_REF_QUANTIZE_ON_THE_FLY_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

struct OnTheFly {
  float scale = 1.0f;
  int32_t zero_point = 0;  // in [-128, 127]
};

// Chooses scale and zero point so that [min(0, least), max(0, greatest)] of the `count` values maps
// onto [-128, 127] with 0 exact, and quantizes, rounding to nearest. All zeros keep scale 1. Values
// that are not finite give results without meaning, as they would in float.
// Source: "nudged" affine quantization, B. Jacob et al. (2018), section 3.
OnTheFly QuantizeAsymmetric(const float* input, int64_t count, int8_t* output);

// The same of values that lie `stride` apart, and less the zero point: -255 to 255, what the dot
// kernels multiply.
OnTheFly QuantizeAsymmetric(const float* input, int64_t stride, int64_t count, int16_t* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_QUANTIZE_ON_THE_FLY_H_
