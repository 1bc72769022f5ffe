// Every implementation of the bytes family that this processor can run, against the reference.
#include "core/kernels/simd/bytes/bytes.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/kernels/ref/quantized_arithmetic.h"
#include "core/kernels/simd/bytes/select.h"
#include "gtest/gtest.h"

namespace edgetasks::kernels::simd {
namespace {

class ByteKernelsTest : public ::testing::TestWithParam<const ByteKernels*> {
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
  const ByteKernels& kernels() const { return *GetParam(); }

  // What the kernels are told of a sum of int8 tensors.
  static SumOfBytes NumbersOf(const ref::QuantizedSum<int8_t>& sum) {
    SumOfBytes s = {true, sum.b_sign < 0, sum.a_zero_point, sum.b_zero_point,
                    sum.output_zero_point};
    const auto copy = [](FixedMultiplier from, int32_t(&to)[2]) {
      to[0] = from.mantissa;
      to[1] = from.shift;
    };
    copy(sum.a_multiplier, s.a_multiplier);
    copy(sum.b_multiplier, s.b_multiplier);
    copy(sum.output_multiplier, s.output_multiplier);
    s.min = sum.range.min;
    s.max = sum.range.max;
    return s;
  }

  std::mt19937 random_{5};
};

TEST_P(ByteKernelsTest, SumsTensorsAsTheReferenceDoes) {
  for (int round = 0; round < 200; ++round) {
    const auto scale = [&] { return std::ldexp(1.0f + 0.01f * Integer(0, 99), Integer(-8, 0)); };
    const ref::Affine a = {scale(), Integer(-128, 127)}, b = {scale(), Integer(-128, 127)};
    const ref::Affine output = {scale() * 2.0f, Integer(-128, 127)};
    const ref::ActivationRange<int32_t> range = {Integer(0, 1) == 0 ? -128 : output.zero_point,
                                                 127};
    const bool subtract = Integer(0, 1) == 0;
    ref::QuantizedSum<int8_t> sum;
    if (!sum.Init(a, b, output, subtract, range)) continue;
    SumOfBytes s = NumbersOf(sum);
    if (kernels().find_floats != nullptr) kernels().find_floats(&s);
    const int64_t count = Integer(1, 70);
    const std::vector<uint8_t> x = Bytes(count), y = Bytes(count);
    std::vector<uint8_t> q(count + 1, 0xEE);
    kernels().sum(s, x.data(), y.data(), count, q.data());
    for (int64_t i = 0; i < count; ++i) {
      ASSERT_EQ(static_cast<int8_t>(q[i]),
                sum(static_cast<int8_t>(x[i]), static_cast<int8_t>(y[i])));
    }
    ASSERT_EQ(q[count], 0xEE) << "written beyond the end";
    // The same numbers as uint8: everything 128 more.
    s.is_signed = false;
    for (int32_t* zero : {&s.a_zero, &s.b_zero, &s.output_zero, &s.min, &s.max}) *zero += 128;
    if (kernels().find_floats != nullptr) kernels().find_floats(&s);
    std::vector<uint8_t> ux = x, uy = y, uq(count);
    for (int64_t i = 0; i < count; ++i) ux[i] ^= 128, uy[i] ^= 128;
    kernels().sum(s, ux.data(), uy.data(), count, uq.data());
    for (int64_t i = 0; i < count; ++i) ASSERT_EQ(uq[i], q[i] ^ 128);
  }
}

// Scales as networks have them, and some whose sums lie on steps.
TEST_P(ByteKernelsTest, SumsAllPairsAsTheReferenceDoes) {
  int by_floats = 0;
  std::uniform_real_distribution<float> real(0.01f, 0.1f);
  for (int round = 0; round < 20; ++round) {
    const bool on_steps = round % 5 == 0;
    const auto scale = [&] { return on_steps ? std::ldexp(1.0f, -Integer(3, 5)) : real(random_); };
    const ref::Affine a = {scale(), Integer(-128, 127)}, b = {scale(), Integer(-128, 127)};
    const ref::Affine output = {scale() + 0.02f * !on_steps, Integer(-128, 127)};
    ref::QuantizedSum<int8_t> sum;
    if (!sum.Init(a, b, output, round % 2 == 0, {round % 3 == 0 ? output.zero_point : -128, 127})) {
      continue;
    }
    SumOfBytes s = NumbersOf(sum);
    if (kernels().find_floats != nullptr) kernels().find_floats(&s);
    by_floats += s.by_floats;
    for (int x = -128; x < 128; ++x) {
      std::vector<uint8_t> xs(256, static_cast<uint8_t>(x)), ys(256), q(256);
      for (int y = 0; y < 256; ++y) ys[y] = static_cast<uint8_t>(y - 128);
      kernels().sum(s, xs.data(), ys.data(), 256, q.data());
      for (int y = -128; y < 128; ++y) {
        ASSERT_EQ(static_cast<int8_t>(q[y + 128]),
                  sum(static_cast<int8_t>(x), static_cast<int8_t>(y)))
            << x << " and " << y << (s.by_floats ? " by floats" : " by integers");
      }
    }
  }
  EXPECT_EQ(by_floats > 8, kernels().find_floats != nullptr);
}

INSTANTIATE_TEST_SUITE_P(Levels, ByteKernelsTest, ::testing::ValuesIn(RunnableByteKernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
