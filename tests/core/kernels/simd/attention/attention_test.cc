// Every implementation of the attention family that this processor can run, against double and
// against the specification.
#include "core/kernels/simd/attention/attention.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/base/half.h"
#include "core/kernels/simd/attention/select.h"
#include "core/kernels/simd/dot/select.h"
#include "gtest/gtest.h"
#include "tests/support/same_bits.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

class AttentionKernelsTest : public ::testing::TestWithParam<const AttentionKernels*> {
 protected:
  std::vector<float> Normal(int64_t count, float spread = 1.0f) {
    std::vector<float> values(count);
    for (float& value : values) value = spread * std::normal_distribution<float>()(random_);
    return values;
  }
  const AttentionKernels& kernels() const { return *GetParam(); }
  static const AttentionKernels& specification() { return *RunnableAttentionKernels().back(); }
  std::mt19937 random_{3};
};

// The bound of the dot family: depth * 2^-23 * sum |a b|. Vectors hold exactly what may be read.
TEST_P(AttentionKernelsTest, Columns) {
  if (kernels().columns == nullptr) return;  // the dot family serves, which has tests of its own
  for (const int64_t rows : {1, 2, 3, 4, 5, 16}) {
    for (const int64_t columns : {1, 15, 16, 17, 63, 64, 65, 130}) {
      for (const int64_t depth : {1, 2, 33}) {
        const int64_t a_stride = depth + 3, b_stride = columns + 1, c_stride = columns + 1;
        const auto a = Normal((rows - 1) * a_stride + depth);
        const auto b = Normal((depth - 1) * b_stride + columns);
        std::vector<float> c(rows * c_stride, 5.0f);
        kernels().columns(
            {rows, columns, depth, a.data(), a_stride, b.data(), b_stride, c.data(), c_stride, 0});
        std::vector<float> expected(rows * c_stride, 5.0f);
        RunnableDotKernels().back()->f32_f32_columns({rows, columns, depth, a.data(), a_stride,
                                                      b.data(), b_stride, expected.data(), c_stride,
                                                      0});
        ASSERT_TRUE(testing::SameBits(expected, c)) << rows << "x" << columns << "x" << depth;
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < columns; ++j) {
            double exact = 0, magnitude = 0;
            for (int64_t k = 0; k < depth; ++k) {
              const double product = static_cast<double>(a[i * a_stride + k]) * b[k * b_stride + j];
              exact += product;
              magnitude += std::abs(product);
            }
            ASSERT_NEAR(c[i * c_stride + j], exact, depth * std::ldexp(magnitude, -23))
                << rows << "x" << columns << "x" << depth << " at " << i << "," << j;
          }
          ASSERT_EQ(c[i * c_stride + columns], 5.0f) << "written beyond the row";
        }
      }
    }
  }
}

float Widen(uint16_t value) { return HalfToFloat(value); }
float Widen(int8_t value) { return value; }

// The bound is the dot family's; results are those of the specification.
template <typename B, typename Random>
void CheckColumns(void (*product)(const DotBlock<float, B, float>&),
                  void (*specification)(const DotBlock<float, B, float>&),
                  const std::vector<float>& normal, const Random& random_b) {
  for (const int64_t rows : {1, 2, 3, 4, 5, 16}) {
    for (const int64_t columns : {1, 5, 8, 15, 16, 17, 33, 64, 70}) {
      for (const int64_t depth : {1, 2, 15, 16, 17, 40}) {
        const int64_t a_stride = depth + 3, b_stride = columns + 1, c_stride = columns + 1;
        const std::vector<float> a(normal.begin(), normal.begin() + (rows - 1) * a_stride + depth);
        std::vector<B> b((depth - 1) * b_stride + columns);
        for (B& value : b) value = random_b();
        std::vector<float> c(rows * c_stride, 5.0f), expected(rows * c_stride, 5.0f);
        product({rows, columns, depth, a.data(), a_stride, b.data(), b_stride, c.data(), c_stride});
        specification({rows, columns, depth, a.data(), a_stride, b.data(), b_stride,
                       expected.data(), c_stride});
        ASSERT_TRUE(testing::SameBits(expected, c)) << rows << "x" << columns << "x" << depth;
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < columns; ++j) {
            double exact = 0, magnitude = 0;
            for (int64_t k = 0; k < depth; ++k) {
              const double term =
                  static_cast<double>(a[i * a_stride + k]) * Widen(b[k * b_stride + j]);
              exact += term;
              magnitude += std::abs(term);
            }
            ASSERT_NEAR(c[i * c_stride + j], exact, depth * std::ldexp(magnitude, -23))
                << rows << "x" << columns << "x" << depth << " at " << i << "," << j;
          }
          ASSERT_EQ(c[i * c_stride + columns], 5.0f) << "written beyond the row";
        }
      }
    }
  }
}

TEST_P(AttentionKernelsTest, RowsInFewerBits) {
  const std::vector<float> normal = Normal(16 * 43);
  const auto half = [&] { return FloatToHalf(Normal(1)[0]); };
  const auto byte = [&] {
    return static_cast<int8_t>(std::uniform_int_distribution<int>(-127, 127)(random_));
  };
  CheckColumns(kernels().columns_f16, specification().columns_f16, normal, half);
  CheckColumns(kernels().columns_s8, specification().columns_s8, normal, byte);
}

TEST_P(AttentionKernelsTest, ScoresEqualTheSpecification) {
  for (const int64_t count : {1, 2, 5, 8, 15, 16, 17, 23, 33, 100, 531}) {
    for (const float spread : {0.0f, 1.0f, 30.0f, 200.0f}) {
      const std::vector<float> x = Normal(count, spread);
      std::vector<float> mask = Normal(count, 1.0f);
      if (count > 2) mask[1] = -kInfinity;
      std::vector<float> expected = x, got = x;
      const float expected_sum = specification().masked_exp(expected.data(), mask.data(), count);
      const float sum = kernels().masked_exp(got.data(), mask.data(), count);
      EXPECT_TRUE(testing::SameBits(expected, got)) << count;
      EXPECT_EQ(sum, expected_sum) << count;
      expected = got = x;
      specification().soft_cap(expected.data(), count, 30.0f);
      kernels().soft_cap(got.data(), count, 30.0f);
      EXPECT_TRUE(testing::SameBits(expected, got)) << count;
    }
  }
}

TEST_P(AttentionKernelsTest, SoftCap) {
  for (const float cap : {0.5f, 30.0f, 50.0f}) {
    for (const int64_t count : {1, 7, 16, 19, 100}) {
      std::vector<float> x = Normal(count, 2 * cap);
      x[0] = count % 2 == 0 ? 1e30f : -kInfinity;
      std::vector<float> capped = x;
      kernels().soft_cap(capped.data(), count, cap);
      for (int64_t i = 0; i < count; ++i) {
        ASSERT_NEAR(capped[i], cap * std::tanh(static_cast<double>(x[i]) / cap),
                    std::ldexp(cap, -20));
      }
    }
  }
  float nan = std::nanf("");
  kernels().soft_cap(&nan, 1, 3.0f);
  EXPECT_TRUE(std::isnan(nan));
}

TEST_P(AttentionKernelsTest, StoreF16) {
  for (const int64_t count : {1, 7, 8, 16, 23, 100}) {
    for (const float spread : {1e-7f, 1.0f, 30000.0f}) {
      std::vector<float> x = Normal(count, spread);
      x[0] = kInfinity;
      if (count > 8) x[8] = 1.0f + std::ldexp(1.0f, -11);  // a tie
      std::vector<uint16_t> y(count + 1, 0x1234);
      kernels().store_f16(x.data(), count, y.data());
      for (int64_t i = 0; i < count; ++i) ASSERT_EQ(y[i], FloatToHalf(x[i])) << x[i];
      ASSERT_EQ(y[count], 0x1234);
    }
  }
}

TEST_P(AttentionKernelsTest, StoreS8EqualsTheSpecification) {
  for (const int64_t count : {1, 4, 7, 8, 16, 23, 64, 100}) {
    for (const float spread : {0.0f, 1e-38f, 1e-20f, 1.0f, 1e30f}) {
      const std::vector<float> x = Normal(count, spread);
      std::vector<int8_t> y(count + 1, 5);
      const float scale = kernels().store_s8(x.data(), count, y.data());
      float greatest = 0;
      for (const float value : x) greatest = std::max(greatest, std::abs(value));
      const float inverse = 127.0f / greatest;
      const bool zeros = !std::isfinite(inverse);
      EXPECT_EQ(scale, zeros ? 0.0f : greatest / 127.0f);
      for (int64_t i = 0; i < count; ++i) {
        ASSERT_EQ(y[i], zeros ? 0 : std::nearbyint(x[i] * inverse)) << x[i];
      }
      ASSERT_EQ(y[count], 5);
    }
  }
  for (const float bad : {kInfinity, -kInfinity, std::nanf("")}) {
    std::vector<float> x(20, 1.0f);
    x[17] = bad;
    std::vector<int8_t> y(20, 5);
    EXPECT_TRUE(std::isnan(kernels().store_s8(x.data(), 20, y.data())));
    EXPECT_EQ(y, std::vector<int8_t>(20, 0));
  }
}

TEST_P(AttentionKernelsTest, MaskedExp) {
  for (const int64_t count : {1, 2, 15, 16, 17, 33, 100}) {
    for (const float spread : {0.0f, 1.0f, 30.0f, 200.0f}) {
      std::vector<float> x = Normal(count, spread), mask = Normal(count, 1.0f);
      if (count > 2) mask[1] = -kInfinity;
      if (count > 15) mask[7] = -2e38f;
      double max = -INFINITY;
      std::vector<float> sums(count);
      for (int64_t i = 0; i < count; ++i) {
        sums[i] = x[i] + mask[i];
        max = std::max<double>(max, sums[i]);
      }
      const float sum = kernels().masked_exp(x.data(), mask.data(), count);
      double exact_sum = 0;
      for (int64_t i = 0; i < count; ++i) {
        // The difference is rounded to float first: 2^-24 of it. Then 2^-21 of the result.
        const double difference = sums[i] - max;
        const double exact = std::exp(difference);
        const double bound =
            exact * (std::ldexp(1.0, -21) + std::abs(difference) * std::ldexp(1.0, -24)) +
            std::ldexp(1.0, -126);
        ASSERT_NEAR(x[i], exact, std::isinf(difference) ? 0.0 : bound) << difference;
        exact_sum += exact;
      }
      EXPECT_NEAR(sum, exact_sum, exact_sum * 1e-5);
    }
  }
}

TEST_P(AttentionKernelsTest, MaskedExpOfNothingIsZeros) {
  for (const int64_t count : {1, 16, 40}) {
    std::vector<float> x(count, 1.0f);
    const std::vector<float> mask(count, -kInfinity);
    EXPECT_EQ(kernels().masked_exp(x.data(), mask.data(), count), 0.0f);
    EXPECT_EQ(x, std::vector<float>(count, 0.0f));
  }
}

TEST_P(AttentionKernelsTest, NaNIsNotLost) {
  for (const int64_t at : {0, 3, 19}) {
    std::vector<float> x(20, 1.0f);
    x[at] = std::nanf("");
    const std::vector<float> mask(20, 0.0f);
    EXPECT_TRUE(std::isnan(kernels().masked_exp(x.data(), mask.data(), 20)));
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, AttentionKernelsTest,
                         ::testing::ValuesIn(RunnableAttentionKernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
