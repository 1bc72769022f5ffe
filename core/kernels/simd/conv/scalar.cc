// The specification of the conv family, in plain loops.
#include <algorithm>

#include "core/base/fixed_point.h"
#include "core/kernels/simd/conv/conv.h"

namespace edgetasks::kernels::simd {
namespace {

void Requantize(const Requantization& r, int64_t rows, int64_t columns, const int32_t* sums,
                int64_t sums_stride, uint8_t* q, int64_t q_stride) {
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      uint32_t sum = static_cast<uint32_t>(sums[i * sums_stride + j]);
      if (r.row_offsets != nullptr) sum += static_cast<uint32_t>(r.row_offsets[i]);
      if (r.bias != nullptr) sum += static_cast<uint32_t>(r.bias[j]);
      const int32_t* multiplier = r.multipliers + 2 * j * r.multiplier_step;
      const int64_t scaled =
          MultiplyFixed(static_cast<int32_t>(sum), FixedMultiplier{multiplier[0], multiplier[1]});
      q[i * q_stride + j] =
          static_cast<uint8_t>(std::clamp<int64_t>(scaled + r.zero, r.min, r.max));
    }
  }
}

// Here: [channels / 64][taps / 4][64][4].
int64_t PackedIndex(int64_t taps, int64_t tap, int64_t channel) {
  const int64_t block = channel / kDepthwiseChannels;
  const int64_t block_bytes =
      (RoundUp(taps, kTapUnit) + static_cast<int64_t>(sizeof(int32_t))) * kDepthwiseChannels;
  return block * block_bytes +
         (tap / kTapUnit * kDepthwiseChannels + channel % kDepthwiseChannels) * kTapUnit +
         tap % kTapUnit;
}

void PackDepthwise(const uint8_t* weights, int64_t taps, int64_t channels, int32_t offset,
                   uint8_t* packed) {
  std::fill_n(packed, DepthwiseFilterBytes(taps, channels), uint8_t{0});
  for (int64_t t = 0; t < taps; ++t) {
    for (int64_t c = 0; c < channels; ++c) {
      packed[PackedIndex(taps, t, c)] = static_cast<uint8_t>(weights[t * channels + c] - offset);
    }
  }
}

void Depthwise(const DepthwisePixel& p, const uint8_t* packed, int64_t begin, int64_t end,
               int32_t* sums) {
  for (int64_t c = begin; c < end; ++c) {
    uint32_t sum = 0;
    for (int64_t t = 0; t < p.taps; ++t) {
      const int32_t pixel = static_cast<uint8_t>(p.tap_pixels[t][c] ^ p.flip) - p.input_zero;
      const int32_t weight = static_cast<int8_t>(packed[PackedIndex(p.taps, t, c)]) - p.weight_zero;
      sum += static_cast<uint32_t>(pixel * weight);
    }
    sums[c - begin] = static_cast<int32_t>(sum);
  }
}

void Sum(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  constexpr int32_t kUnit = int32_t{1} << 20;
  const auto widen = [&](uint8_t byte) {
    return s.is_signed ? int32_t{static_cast<int8_t>(byte)} : int32_t{byte};
  };
  const auto multiply = [](int32_t x, const int32_t(&m)[2]) {
    return MultiplyFixed(x, FixedMultiplier{m[0], m[1]});
  };
  for (int64_t i = 0; i < count; ++i) {
    const int32_t x = multiply((widen(a[i]) - s.a_zero) * kUnit, s.a_multiplier);
    const int32_t y = multiply((widen(b[i]) - s.b_zero) * kUnit, s.b_multiplier);
    const int64_t sum = multiply(s.subtract ? x - y : x + y, s.output_multiplier);
    q[i] = static_cast<uint8_t>(std::clamp<int64_t>(sum + s.output_zero, s.min, s.max));
  }
}

int32_t Flip(const uint8_t* from, int64_t count, uint8_t flip, uint8_t* to) {
  uint32_t sum = 0;
  for (int64_t k = 0; k < count; ++k) {
    to[k] = from[k] ^ flip;
    sum += to[k];
  }
  return static_cast<int32_t>(sum);
}

}  // namespace

extern const ConvKernels kConvScalar;
const ConvKernels kConvScalar = {CpuLevel::kScalar, Requantize, PackDepthwise,
                                 Depthwise,         Sum,        Flip};

}  // namespace edgetasks::kernels::simd
