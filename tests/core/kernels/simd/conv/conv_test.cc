// Every implementation of the conv family that this processor can run, against exact arithmetic.
#include "core/kernels/simd/conv/conv.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/base/fixed_point.h"
#include "core/kernels/ref/quantized_arithmetic.h"
#include "core/kernels/simd/conv/select.h"
#include "gtest/gtest.h"

namespace edgetasks::kernels::simd {
namespace {

class ConvKernelsTest : public ::testing::TestWithParam<const ConvKernels*> {
 protected:
  int Integer(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  std::vector<uint8_t> Bytes(int64_t count) {
    std::vector<uint8_t> bytes(count);
    for (uint8_t& byte : bytes) {
      const int dice = Integer(0, 7);
      byte = static_cast<uint8_t>(dice == 0 ? 0 : dice == 1 ? 255 : Integer(0, 255));
    }
    return bytes;
  }
  const ConvKernels& kernels() const { return *GetParam(); }
  std::mt19937 random_{5};
};

// MultiplyFixed is tested against TFLite's own numbers elsewhere.
TEST_P(ConvKernelsTest, RequantizesAsTheReferenceDoes) {
  for (const int64_t columns : {1, 7, 8, 9, 15, 16, 17, 40}) {
    for (const int step : {0, 1}) {
      for (int round = 0; round < 50; ++round) {
        const int64_t rows = Integer(1, 3), stride = columns + 2;
        std::vector<int32_t> sums(rows * stride), bias(columns), offsets(rows), multipliers;
        for (int32_t& sum : sums) {
          // Large and small ones.
          sum = Integer(-2147483647 - 1, 2147483647) >> Integer(0, 30);
        }
        for (int32_t& b : bias) b = Integer(-100000, 100000);
        for (int32_t& offset : offsets) offset = Integer(-100000, 100000);
        for (int64_t j = 0; j < (step == 0 ? 1 : columns); ++j) {
          const bool nothing = Integer(0, 20) == 0;
          multipliers.push_back(nothing ? 0 : Integer(1 << 30, 2147483647));
          multipliers.push_back(nothing ? 0 : Integer(-31, 4));
        }
        const bool is_signed = Integer(0, 1) == 0;
        Requantization r;
        r.row_offsets = Integer(0, 1) == 0 ? nullptr : offsets.data();
        r.bias = Integer(0, 1) == 0 ? nullptr : bias.data();
        r.multipliers = multipliers.data();
        r.multiplier_step = step;
        r.zero = is_signed ? Integer(-128, 127) : Integer(0, 255);
        r.min = is_signed ? -128 : 0;
        r.max = r.min + 255;
        if (Integer(0, 2) == 0) r.min = r.zero;
        std::vector<uint8_t> q(rows * stride, 0xEE);
        kernels().requantize(r, rows, columns, sums.data(), stride, q.data(), stride);
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < columns; ++j) {
            uint32_t sum = static_cast<uint32_t>(sums[i * stride + j]);
            if (r.row_offsets != nullptr) sum += static_cast<uint32_t>(offsets[i]);
            if (r.bias != nullptr) sum += static_cast<uint32_t>(bias[j]);
            const FixedMultiplier m = {multipliers[2 * j * step], multipliers[2 * j * step + 1]};
            const int64_t scaled = MultiplyFixed(static_cast<int32_t>(sum), m);
            const auto expected =
                static_cast<uint8_t>(std::clamp<int64_t>(scaled + r.zero, r.min, r.max));
            ASSERT_EQ(q[i * stride + j], expected)
                << static_cast<int32_t>(sum) << " * " << m.mantissa << " >> " << -m.shift;
          }
          ASSERT_EQ(q[i * stride + columns], 0xEE) << "written beyond the row";
        }
      }
    }
  }
}

TEST_P(ConvKernelsTest, SumsTapsOfEachChannel) {
  for (const int64_t taps : {1, 2, 3, 4, 5, 9, 25}) {
    for (const int64_t channels : {1, 16, 63, 64, 65, 100, 130}) {
      for (const bool is_signed : {false, true}) {
        const std::vector<uint8_t> weights = Bytes(taps * channels);
        std::vector<std::vector<uint8_t>> pixels;
        std::vector<const uint8_t*> pointers;
        for (int64_t t = 0; t < taps; ++t) pixels.push_back(Bytes(channels));
        for (const auto& row : pixels) pointers.push_back(row.data());
        const int32_t offset = is_signed ? 0 : 128;
        DepthwisePixel p = {pointers.data(), taps, channels};
        p.flip = is_signed ? 128 : 0;
        p.input_zero = Integer(0, 255);
        p.weight_zero = is_signed ? 0 : Integer(-128, 127);
        std::vector<uint8_t> memory(DepthwiseFilterBytes(taps, channels) + 64, 0xEE);
        void* start = memory.data();
        size_t space = memory.size();
        auto* packed = static_cast<uint8_t*>(
            std::align(64, DepthwiseFilterBytes(taps, channels), start, space));
        kernels().pack_depthwise(weights.data(), taps, channels, offset, packed);
        for (const int64_t begin : {int64_t{0}, kDepthwiseChannels}) {
          if (begin >= channels) continue;
          std::vector<int32_t> sums(RoundUp(channels, kDepthwiseChannels) - begin);
          kernels().depthwise(p, packed, begin, channels, sums.data());
          for (int64_t c = begin; c < channels; ++c) {
            int64_t exact = 0;
            for (int64_t t = 0; t < taps; ++t) {
              const int pixel = is_signed ? static_cast<int8_t>(pixels[t][c]) + 128 : pixels[t][c];
              const int weight = is_signed ? static_cast<int8_t>(weights[t * channels + c])
                                           : weights[t * channels + c] - 128;
              exact += int64_t{pixel - p.input_zero} * (weight - p.weight_zero);
            }
            ASSERT_EQ(sums[c - begin], exact) << taps << " taps, channel " << c;
          }
        }
      }
    }
  }
}

TEST_P(ConvKernelsTest, SumsTensorsAsTheReferenceDoes) {
  for (int round = 0; round < 200; ++round) {
    const auto scale = [&] { return std::ldexp(1.0f + 0.01f * Integer(0, 99), Integer(-8, 0)); };
    const ref::Affine a = {scale(), Integer(-128, 127)}, b = {scale(), Integer(-128, 127)};
    const ref::Affine output = {scale() * 2.0f, Integer(-128, 127)};
    const ref::ActivationRange<int32_t> range = {Integer(0, 1) == 0 ? -128 : output.zero_point,
                                                 127};
    const bool subtract = Integer(0, 1) == 0;
    ref::QuantizedSum<int8_t> sum;
    if (!sum.Init(a, b, output, subtract, range)) continue;
    SumOfBytes s = {true, subtract, a.zero_point, b.zero_point, output.zero_point};
    const auto copy = [](FixedMultiplier from, int32_t(&to)[2]) {
      to[0] = from.mantissa;
      to[1] = from.shift;
    };
    copy(sum.a_multiplier, s.a_multiplier);
    copy(sum.b_multiplier, s.b_multiplier);
    copy(sum.output_multiplier, s.output_multiplier);
    s.min = range.min;
    s.max = range.max;
    const int64_t count = Integer(1, 70);
    const std::vector<uint8_t> x = Bytes(count), y = Bytes(count);
    std::vector<uint8_t> q(count + 1, 0xEE);
    kernels().sum_bytes(s, x.data(), y.data(), count, q.data());
    for (int64_t i = 0; i < count; ++i) {
      ASSERT_EQ(static_cast<int8_t>(q[i]),
                sum(static_cast<int8_t>(x[i]), static_cast<int8_t>(y[i])));
    }
    ASSERT_EQ(q[count], 0xEE) << "written beyond the end";
    // The same numbers as uint8: everything 128 more.
    s.is_signed = false;
    for (int32_t* zero : {&s.a_zero, &s.b_zero, &s.output_zero, &s.min, &s.max}) *zero += 128;
    std::vector<uint8_t> ux = x, uy = y, uq(count);
    for (int64_t i = 0; i < count; ++i) ux[i] ^= 128, uy[i] ^= 128;
    kernels().sum_bytes(s, ux.data(), uy.data(), count, uq.data());
    for (int64_t i = 0; i < count; ++i) ASSERT_EQ(uq[i], q[i] ^ 128);
  }
}

TEST_P(ConvKernelsTest, FlipsAndSums) {
  for (const int64_t count : {0, 1, 63, 64, 65, 200}) {
    for (const int flip : {0, 128}) {
      const std::vector<uint8_t> from = Bytes(count);
      std::vector<uint8_t> to(count + 1, 0xEE);
      int64_t sum = 0;
      for (uint8_t byte : from) sum += byte ^ flip;
      EXPECT_EQ(kernels().flip(from.data(), count, static_cast<uint8_t>(flip), to.data()), sum);
      for (int64_t k = 0; k < count; ++k) ASSERT_EQ(to[k], from[k] ^ flip);
      EXPECT_EQ(to[count], 0xEE);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, ConvKernelsTest, ::testing::ValuesIn(RunnableConvKernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
