// Random numbers for the microkernels of 8-bit convolutions.
#ifndef TESTS_SUPPORT_BYTE_CONV_DATA_H_
#define TESTS_SUPPORT_BYTE_CONV_DATA_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "core/base/fixed_point.h"
#include "core/kernels/simd/requantization.h"

namespace edgetasks::test {

class ByteConvData {
 public:
  int Integer(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool Once(int in) { return Integer(1, in) == 1; }

  // Any bytes, with more than their share of the extremes.
  std::vector<uint8_t> Bytes(int64_t count) {
    std::vector<uint8_t> bytes(count);
    for (uint8_t& byte : bytes) {
      const int dice = Integer(0, 7);
      byte = static_cast<uint8_t>(dice == 0 ? 0 : dice == 1 ? 255 : Integer(0, 255));
    }
    return bytes;
  }

 private:
  std::mt19937 random_{5};
};

// Numbers of so many channels, and the requantization that points to them.
struct RandomRequantization {
  // Ordinary ones have multipliers of networks: below a half, results of the range's order where
  // sums are of the order of `sum`. Others have anything that files can hold.
  RandomRequantization(ByteConvData* data, int64_t channels, bool ordinary, double sum) {
    const auto integer = [&](int low, int high) { return data->Integer(low, high); };
    const bool per_channel = data->Once(2);
    for (int64_t c = 0; c < channels; ++c) {
      bias.push_back(ordinary ? integer(-20000, 20000)
                              : integer(-2147483647 - 1, 2147483647) >> integer(0, 30));
      if (c > 0 && !per_channel) continue;
      const bool nothing = data->Once(20);
      const int shift = ordinary ? -std::clamp(std::ilogb(sum / 100), 1, 30) : integer(-31, 4);
      multipliers.push_back(nothing ? 0 : data->Once(8) ? 1 << 30 : integer(1 << 30, 2147483647));
      multipliers.push_back(nothing ? 0 : shift);
    }
    const bool is_signed = data->Once(2);
    r.bias = data->Once(4) ? nullptr : bias.data();
    r.multipliers = multipliers.data();
    r.multiplier_step = per_channel ? 1 : 0;
    r.zero = is_signed ? integer(-128, 127) : integer(0, 255);
    r.min = is_signed ? -128 : 0;
    r.max = r.min + 255;
    if (data->Once(3)) r.min = r.zero;
    if (data->Once(3)) r.max = std::min(r.max, r.zero + 60);
  }
  RandomRequantization(const RandomRequantization&) = delete;

  uint8_t Apply(int64_t sum, int64_t channel) const {
    uint32_t total = static_cast<uint32_t>(static_cast<uint64_t>(sum));
    if (r.bias != nullptr) total += static_cast<uint32_t>(bias[channel]);
    const int32_t* m = &multipliers[2 * channel * r.multiplier_step];
    const int64_t scaled = MultiplyFixed(static_cast<int32_t>(total), FixedMultiplier{m[0], m[1]});
    return static_cast<uint8_t>(std::clamp<int64_t>(scaled + r.zero, r.min, r.max));
  }

  std::vector<int32_t> bias, multipliers;
  kernels::simd::Requantization r;
};

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_BYTE_CONV_DATA_H_
