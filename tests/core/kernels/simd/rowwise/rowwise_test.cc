// Every implementation of the rowwise family that this processor can run, against double and
// against the specification. The bounds are those that the family's header promises.
#include "core/kernels/simd/rowwise/rowwise.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/kernels/simd/rowwise/select.h"
#include "gtest/gtest.h"
#include "tests/support/same_bits.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr float kUntouched = 77.0f;

double Sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

double GeluTanhFactor(double x) {
  return 0.5 * (1.0 + std::tanh(std::sqrt(2.0 / M_PI) * (x + 0.044715 * x * x * x)));
}

class RowwiseTest : public ::testing::TestWithParam<const RowwiseKernels*> {
 protected:
  std::vector<float> Normal(int64_t count, float spread = 1.0f) {
    std::vector<float> values(count);
    for (float& value : values) value = spread * std::normal_distribution<float>()(random_);
    return values;
  }
  // Small, large and special numbers, of any length around the vectors.
  std::vector<float> Arguments(int64_t count) {
    std::vector<float> x = Normal(count, 8.0f);
    const float ends[] = {0.0f,   -0.0f,   1e-30f,  -1e-30f,  88.0f,   -88.0f,
                          200.0f, -200.0f, 3.0e38f, -3.0e38f, -103.0f, 17.0f};
    for (size_t i = 0; i < x.size() && i < std::size(ends); ++i) x[i] = ends[i];
    return x;
  }
  const RowwiseKernels& kernels() const { return *GetParam(); }
  std::mt19937 random_{5};
};

TEST_P(RowwiseTest, Logistic) {
  for (const int64_t count : {1, 15, 16, 17, 100}) {
    const std::vector<float> x = Arguments(count);
    std::vector<float> y(count + 1, kUntouched);
    kernels().logistic(x.data(), count, y.data());
    for (int64_t i = 0; i < count; ++i) {
      const double exact = Sigmoid(x[i]);
      ASSERT_NEAR(y[i], exact, std::ldexp(exact, -20) + std::ldexp(1.0, -100)) << x[i];
    }
    EXPECT_EQ(y[count], kUntouched);
  }
}

TEST_P(RowwiseTest, Gates) {
  for (const bool silu : {true, false}) {
    for (const int64_t count : {1, 15, 16, 17, 100}) {
      std::vector<float> gate = Arguments(count), up = Normal(count);
      for (float& x : gate) x = std::abs(x) > 1e30f ? std::copysign(1e12f, x) : x;
      std::vector<float> y(count + 1, kUntouched);
      (silu ? kernels().gate_silu : kernels().gate_gelu_tanh)(gate.data(), up.data(), count,
                                                              y.data());
      for (int64_t i = 0; i < count; ++i) {
        const double product = static_cast<double>(gate[i]) * up[i];
        const double exact = product * (silu ? Sigmoid(gate[i]) : GeluTanhFactor(gate[i]));
        ASSERT_NEAR(y[i], exact, std::ldexp(std::abs(product), silu ? -20 : -19)) << gate[i];
      }
      EXPECT_EQ(y[count], kUntouched);
    }
  }
}

TEST_P(RowwiseTest, NotANumberStays) {
  std::vector<float> x(20, std::nanf("")), one(20, 1.0f), y(20);
  kernels().logistic(x.data(), 20, y.data());
  for (const float value : y) EXPECT_TRUE(std::isnan(value));
  kernels().gate_silu(x.data(), one.data(), 20, y.data());
  for (const float value : y) EXPECT_TRUE(std::isnan(value));
  kernels().gate_gelu_tanh(x.data(), one.data(), 20, y.data());
  for (const float value : y) EXPECT_TRUE(std::isnan(value));
}

TEST_P(RowwiseTest, RmsNorm) {
  for (const int64_t count : {1, 15, 16, 17, 64, 100, 576}) {
    for (const float epsilon : {0.0f, 1e-6f, 0.5f}) {
      const std::vector<float> x = Normal(count, 3.0f), weight = Normal(count);
      std::vector<float> y(count + 1, kUntouched);
      kernels().rms_norm(x.data(), weight.data(), count, epsilon, y.data());
      double squares = 0;
      for (const float value : x) squares += static_cast<double>(value) * value;
      const double rms = std::sqrt(squares / static_cast<double>(count) + epsilon);
      for (int64_t i = 0; i < count; ++i) {
        const double exact = x[i] / rms * weight[i];
        const double bound =
            (static_cast<double>(count) / 16 + 20) * std::ldexp(std::abs(exact), -24);
        ASSERT_NEAR(y[i], exact, bound) << count << " at " << i;
      }
      EXPECT_EQ(y[count], kUntouched);
    }
  }
}

TEST_P(RowwiseTest, LayerNorm) {
  for (const int64_t count : {1, 15, 16, 17, 64, 100, 576}) {
    for (const int missing : {0, 1, 2, 3}) {  // bits: weight, bias
      constexpr float kEpsilon = 1e-3f;
      std::vector<float> x = Normal(count, 3.0f);
      for (float& value : x) value += 2.0f;
      const std::vector<float> weight = Normal(count), bias = Normal(count);
      std::vector<float> y(count + 1, kUntouched);
      const bool has_weight = (missing & 1) == 0, has_bias = (missing & 2) == 0;
      kernels().layer_norm(x.data(), has_weight ? weight.data() : nullptr,
                           has_bias ? bias.data() : nullptr, count, kEpsilon, y.data());
      double mean = 0, size = 0, variance = 0;
      for (const float value : x) mean += value / static_cast<double>(count);
      for (const float value : x) size += std::abs(value) / static_cast<double>(count);
      for (const float value : x)
        variance += std::pow(value - mean, 2) / static_cast<double>(count);
      const double deviation = std::sqrt(variance + kEpsilon);
      if (deviation < std::ldexp(size, -8)) continue;
      for (int64_t i = 0; i < count; ++i) {
        const double w = has_weight ? weight[i] : 1.0;
        const double exact = (x[i] - mean) / deviation * w + (has_bias ? bias[i] : 0.0);
        const double range = (std::abs(x[i]) + size) / deviation * std::abs(w) + std::abs(exact);
        const double bound = (static_cast<double>(count) / 16 + 24) * std::ldexp(range, -24);
        ASSERT_NEAR(y[i], exact, bound) << count << " at " << i;
      }
      EXPECT_EQ(y[count], kUntouched);
    }
  }
}

TEST_P(RowwiseTest, Rotate) {
  for (const int64_t half : {1, 2, 4, 15, 16, 17, 32, 50}) {
    for (const int64_t step : {int64_t{0}, half}) {
      const std::vector<float> x = Normal(2 * half);
      std::vector<float> cos(half + step), sin(half + step);
      for (int64_t i = 0; i < half + step; ++i) {
        const float angle = 0.37f * static_cast<float>(i + 1);
        cos[i] = std::cos(angle);
        sin[i] = std::sin(angle);
      }
      std::vector<float> y(2 * half + 1, kUntouched);
      kernels().rotate(x.data(), cos.data(), sin.data(), half, step, y.data());
      std::vector<float> in_place = x;
      kernels().rotate(in_place.data(), cos.data(), sin.data(), half, step, in_place.data());
      for (int64_t i = 0; i < half; ++i) {
        const double a = x[i], b = x[half + i];
        const double bound = std::ldexp(std::abs(a) + std::abs(b), -22);
        ASSERT_NEAR(y[i], a * cos[i] - b * sin[i], bound);
        ASSERT_NEAR(y[half + i], b * cos[step + i] + a * sin[step + i], bound);
        ASSERT_EQ(in_place[i], y[i]);
        ASSERT_EQ(in_place[half + i], y[half + i]);
      }
      EXPECT_EQ(y[2 * half], kUntouched);
    }
  }
}

TEST_P(RowwiseTest, EqualsTheSpecification) {
  const RowwiseKernels& specification = *RunnableRowwiseKernels().back();
  ASSERT_EQ(specification.level, CpuLevel::kScalar);
  for (const int64_t count : {1, 2, 5, 8, 13, 15, 16, 17, 23, 31, 33, 100, 576}) {
    const std::vector<float> x = Arguments(count), weight = Normal(count);
    const auto expect_same = [&](const auto& run) {
      std::vector<float> expected(2 * count), got(2 * count);
      run(specification, expected.data());
      run(kernels(), got.data());
      EXPECT_TRUE(testing::SameBits(expected, got)) << count;
    };
    expect_same([&](const auto& k, float* y) { k.logistic(x.data(), count, y); });
    expect_same([&](const auto& k, float* y) { k.gate_silu(x.data(), weight.data(), count, y); });
    expect_same(
        [&](const auto& k, float* y) { k.gate_gelu_tanh(x.data(), weight.data(), count, y); });
    const std::vector<float> pairs = Normal(2 * count), angles = Normal(4 * count);
    expect_same(
        [&](const auto& k, float* y) { k.rms_norm(pairs.data(), weight.data(), count, 1e-6f, y); });
    for (const float* row : {static_cast<const float*>(nullptr), weight.data()}) {
      expect_same([&](const auto& k, float* y) {
        k.layer_norm(pairs.data(), weight.data(), row, count, 1e-6f, y);
        k.layer_norm(pairs.data(), row, weight.data(), count, 1e-6f, y + count);
      });
    }
    for (const int64_t step : {int64_t{0}, count}) {
      expect_same([&](const auto& k, float* y) {
        k.rotate(pairs.data(), angles.data(), angles.data() + 2 * count, count, step, y);
      });
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, RowwiseTest, ::testing::ValuesIn(RunnableRowwiseKernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
