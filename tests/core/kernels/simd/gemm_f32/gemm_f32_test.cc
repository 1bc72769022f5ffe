// Every implementation of the gemm_f32 family that this processor can run, against double and
// against the specification.
#include "core/kernels/simd/gemm_f32/gemm_f32.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/kernels/simd/gemm_f32/select.h"
#include "gtest/gtest.h"
#include "tests/support/same_bits.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

class GemmF32Test : public ::testing::TestWithParam<const GemmF32Kernels*> {
 protected:
  std::vector<float> Random(int64_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = std::uniform_real_distribution<float>(-1, 1)(random_);
    return values;
  }

  void Check(int64_t rows, int64_t columns, int64_t depth, bool has_bias, FloatRange range) {
    const int64_t a_stride = depth + 3, b_stride = depth + 1, c_stride = columns + 2;
    const std::vector<float> a = Random(rows * a_stride), bias = Random(columns);
    const std::vector<float> b = Random(columns * b_stride);
    std::vector<float> panel(F32PanelFloats(depth) + 1, 7.0f), c(rows * c_stride, 7.0f);
    GetParam()->pack({b.data(), b_stride, columns, depth}, has_bias ? bias.data() : nullptr,
                     panel.data());
    EXPECT_EQ(panel.back(), 7.0f) << "packed beyond the panel";
    GetParam()->multiply({rows, a.data(), a_stride}, columns, depth, panel.data(),
                         rows % 2 == 0 ? nullptr : b.data(), range, c.data(), c_stride);
    std::vector<float> unpacked(rows * c_stride, 7.0f);
    GetParam()->multiply_unpacked({rows, a.data(), a_stride}, {b.data(), b_stride, columns, depth},
                                  has_bias ? bias.data() : nullptr, range, unpacked.data(),
                                  c_stride);
    ExpectSpecified(rows, b.data(), columns, depth, has_bias ? bias.data() : nullptr, a, range, c,
                    unpacked);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        double sum = has_bias ? bias[j] : 0.0, size = std::fabs(sum);
        for (int64_t k = 0; k < depth; ++k) {
          const double product = double{a[i * a_stride + k]} * b[j * b_stride + k];
          sum += product;
          size += std::fabs(product);
        }
        const double bound = static_cast<double>(depth + 1) * std::ldexp(size, -23);
        const double expected = std::min<double>(range.max, std::max<double>(range.min, sum));
        ASSERT_NEAR(c[i * c_stride + j], expected, bound) << i << ", " << j;
        ASSERT_NEAR(unpacked[i * c_stride + j], expected, bound) << i << ", " << j;
      }
      ASSERT_EQ(c[i * c_stride + columns], 7.0f) << "written beyond the columns";
      ASSERT_EQ(unpacked[i * c_stride + columns], 7.0f) << "written beyond the columns";
    }
  }

  // `c` and `unpacked` are what the specification makes of the same, with the strides of Check.
  static void ExpectSpecified(int64_t rows, const float* b, int64_t columns, int64_t depth,
                              const float* bias, const std::vector<float>& a, FloatRange range,
                              const std::vector<float>& c, const std::vector<float>& unpacked) {
    const GemmF32Kernels& specification = *RunnableGemmF32Kernels().back();
    const F32Weights weights = {b, depth + 1, columns, depth};
    const F32Rows a_rows = {rows, a.data(), depth + 3};
    std::vector<float> panel(F32PanelFloats(depth)), expected(c.size(), 7.0f);
    specification.pack(weights, bias, panel.data());
    specification.multiply(a_rows, columns, depth, panel.data(), nullptr, range, expected.data(),
                           columns + 2);
    EXPECT_TRUE(testing::SameBits(expected, c)) << rows << "x" << columns << "x" << depth;
    expected.assign(c.size(), 7.0f);
    specification.multiply_unpacked(a_rows, weights, bias, range, expected.data(), columns + 2);
    EXPECT_TRUE(testing::SameBits(expected, unpacked)) << rows << "x" << columns << "x" << depth;
  }

  std::mt19937 random_{3};
};

TEST_P(GemmF32Test, EveryNumberOfRows) {
  for (int64_t rows = 1; rows <= 30; ++rows) {
    for (const int64_t columns : {3, 16, 20, 32}) Check(rows, columns, 19, true, {-1.5f, 1.5f});
  }
}

TEST_P(GemmF32Test, EveryNumberOfColumns) {
  for (int64_t columns = 1; columns <= kF32Columns; ++columns) {
    Check(7, columns, 40, columns % 2 == 0, {-kInfinity, kInfinity});
  }
}

TEST_P(GemmF32Test, DepthsAboutTheVectors) {
  for (const int64_t depth : {1, 7, 8, 9, 15, 16, 17, 31, 33, 300}) {
    Check(5, 32, depth, true, {0.0f, kInfinity});
  }
}

TEST_P(GemmF32Test, RowsDoNotDependOnTheirNeighbours) {
  const int64_t depth = 70;
  const std::vector<float> a = Random(29 * depth), b = Random(32 * depth);
  std::vector<float> panel(F32PanelFloats(depth)), together(29 * 32), alone(32);
  GetParam()->pack({b.data(), depth, 32, depth}, nullptr, panel.data());
  const FloatRange range = {-kInfinity, kInfinity};
  GetParam()->multiply({29, a.data(), depth}, 32, depth, panel.data(), nullptr, range,
                       together.data(), 32);
  for (int64_t i = 0; i < 29; ++i) {
    GetParam()->multiply({1, a.data() + i * depth, depth}, 32, depth, panel.data(), nullptr, range,
                         alone.data(), 32);
    for (int64_t j = 0; j < 32; ++j) ASSERT_EQ(together[i * 32 + j], alone[j]);
  }
}

TEST_P(GemmF32Test, NanStaysNan) {
  const float a[] = {std::numeric_limits<float>::quiet_NaN()}, b[] = {1.0f};
  std::vector<float> panel(F32PanelFloats(1));
  GetParam()->pack({b, 1, 1, 1}, nullptr, panel.data());
  float c = 0.0f;
  GetParam()->multiply({1, a, 1}, 1, 1, panel.data(), nullptr, {0.0f, 6.0f}, &c, 1);
  EXPECT_TRUE(std::isnan(c));
}

INSTANTIATE_TEST_SUITE_P(Levels, GemmF32Test, ::testing::ValuesIn(RunnableGemmF32Kernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
