// Every implementation of the attention family that this processor can run, against double.
#include "core/kernels/simd/attention/attention.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/kernels/simd/attention/select.h"
#include "gtest/gtest.h"

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
  std::mt19937 random_{3};
};

// The bound of the dot family: depth * 2^-23 * sum |a b|. Vectors hold exactly what may be read.
TEST_P(AttentionKernelsTest, Dot) {
  if (kernels().dot == nullptr) return;  // the dot family serves, which has tests of its own
  for (const int64_t rows : {1, 2, 3, 4, 5, 7, 16}) {
    for (const int64_t columns : {1, 3, 4, 5, 9}) {
      for (const int64_t depth : {1, 15, 16, 17, 64, 100}) {
        const int64_t a_stride = depth + 3, b_stride = depth + 1, c_stride = columns + 1;
        const auto a = Normal((rows - 1) * a_stride + depth);
        const auto b = Normal((columns - 1) * b_stride + depth);
        std::vector<float> c(rows * c_stride, 5.0f);
        kernels().dot(
            {rows, columns, depth, a.data(), a_stride, b.data(), b_stride, c.data(), c_stride, 0});
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < columns; ++j) {
            double exact = 0, magnitude = 0;
            for (int64_t k = 0; k < depth; ++k) {
              const double product = static_cast<double>(a[i * a_stride + k]) * b[j * b_stride + k];
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
