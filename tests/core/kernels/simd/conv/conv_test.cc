// Every implementation of the conv family that this processor can run, against exact arithmetic.
#include "core/kernels/simd/conv/conv.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/base/fixed_point.h"
#include "core/kernels/simd/conv/select.h"
#include "gtest/gtest.h"
#include "tests/support/byte_conv_data.h"

namespace edgetasks::kernels::simd {
namespace {

class ConvKernelsTest : public ::testing::TestWithParam<const ConvKernels*> {
 protected:
  const ConvKernels& kernels() const { return *GetParam(); }

  // Rows of pixels and of weights, multiplied and compared with int64 sums.
  void Check(int64_t rows, int64_t columns, int64_t depth, bool ordinary) {
    const bool is_signed = data_.Once(2);
    test::RandomRequantization numbers(&data_, columns, ordinary, 5000 * std::sqrt(depth));
    if (kernels().floats_are_exact != nullptr) {
      numbers.r.floats_are_exact = kernels().floats_are_exact(numbers.r, columns);
    }
    const int64_t a_stride = ConvDepth(depth) + data_.Integer(0, 3);
    const int64_t b_stride = depth + data_.Integer(0, 3), q_stride = columns + 2;
    const std::vector<uint8_t> a = data_.Bytes(rows * a_stride);
    const std::vector<uint8_t> b = data_.Bytes(columns * b_stride);
    ConvWeights w = {b.data(), b_stride, columns, depth};
    ConvPixels p = {rows, a.data(), a_stride};
    p.flip = is_signed ? 128 : 0;
    w.flip = is_signed ? 0 : 128;
    p.zero = data_.Once(4) ? 255 : data_.Integer(0, 255);
    w.zero = is_signed ? 0 : data_.Once(4) ? -128 : data_.Integer(-128, 127);
    const int64_t panel_bytes = kernels().panel_bytes(depth);
    std::vector<uint8_t> memory(panel_bytes + 128, 0xEE), q(rows * q_stride, 0xEE);
    uint8_t* panel = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64);
    kernels().pack(w, numbers.r, p.zero, panel);
    EXPECT_EQ(panel[panel_bytes], 0xEE) << "packed beyond the panel";
    const uint8_t* next = data_.Once(2) ? nullptr : b.data();
    std::vector<int32_t> row_sums(rows);
    kernels().sum_rows(p, depth, row_sums.data());
    kernels().multiply(p, w.zero != 0 ? row_sums.data() : nullptr, columns, depth, panel, next,
                       q.data(), q_stride);
    const bool has_unpacked = kernels().multiply_unpacked != nullptr;
    std::vector<uint8_t> unpacked(rows * q_stride, 0xEE);
    if (has_unpacked) {
      kernels().multiply_unpacked(p, w, numbers.r, unpacked.data(), q_stride);
    }
    for (int64_t i = 0; i < rows; ++i) {
      int64_t row_sum = 0;
      for (int64_t k = 0; k < depth; ++k) row_sum += a[i * a_stride + k] ^ p.flip;
      ASSERT_EQ(row_sums[i], row_sum);
      for (int64_t j = 0; j < columns; ++j) {
        int64_t sum = 0;
        for (int64_t k = 0; k < depth; ++k) {
          sum += int64_t{(a[i * a_stride + k] ^ p.flip) - p.zero} *
                 (static_cast<int8_t>(b[j * b_stride + k] ^ w.flip) - w.zero);
        }
        ASSERT_EQ(q[i * q_stride + j], numbers.Apply(sum, j))
            << "sum " << sum << " at " << i << ", " << j;
      }
      ASSERT_EQ(q[i * q_stride + columns], 0xEE) << "written beyond the columns";
      if (!has_unpacked) continue;
      for (int64_t j = 0; j <= columns; ++j) {
        ASSERT_EQ(unpacked[i * q_stride + j], q[i * q_stride + j])
            << "unpacked at " << i << ", " << j;
      }
    }
  }

  test::ByteConvData data_;
};

TEST_P(ConvKernelsTest, EveryNumberOfRows) {
  for (int64_t rows = 1; rows <= 30; ++rows) {
    for (const int64_t columns : {5, 16, 17, 32}) Check(rows, columns, 36, true);
  }
}

TEST_P(ConvKernelsTest, EveryNumberOfColumns) {
  for (int64_t columns = 1; columns <= kConvColumns; ++columns) {
    for (const int64_t rows : {1, 2, 7}) Check(rows, columns, 20, true);
  }
}

TEST_P(ConvKernelsTest, DepthsAboutTheVectors) {
  for (const int64_t depth : {1, 2, 3, 4, 5, 27, 61, 64, 65, 67, 128, 130, 960}) {
    for (const int64_t rows : {1, 9, 14}) Check(rows, 32, depth, true);
    Check(3, 9, depth, true);
  }
}

TEST_P(ConvKernelsTest, MultipliersAndBiasesThatNoNetworkHas) {
  for (int round = 0; round < 300; ++round) {
    Check(data_.Integer(1, 16), data_.Integer(1, 32), data_.Integer(1, 70), false);
  }
}

// The last sum of each byte and the first of the next, as biases of pixels that are worth nothing.
TEST_P(ConvKernelsTest, BytesStepUpWhereTheyShould) {
  const std::vector<uint8_t> pixels(4, 77 ^ 128), weights = data_.Bytes(4 * kConvColumns);
  std::vector<uint8_t> memory(kernels().panel_bytes(4) + 64);
  uint8_t* panel = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64);
  int by_floats = 0;
  for (int round = 0; round < 60; ++round) {
    const FixedMultiplier m = {data_.Once(8) ? 1 << 30 : data_.Integer(1 << 30, 2147483647),
                               -data_.Integer(1, round < 50 ? 13 : 23)};
    const int32_t numbers[] = {m.mantissa, m.shift};
    Requantization r;
    r.multipliers = numbers;
    r.zero = data_.Once(2) ? 0 : data_.Integer(0, 200);
    r.min = data_.Once(2) ? 0 : r.zero;
    r.max = data_.Once(3) ? 220 : 255;
    if (kernels().floats_are_exact != nullptr) {
      r.floats_are_exact = kernels().floats_are_exact(r, kConvColumns);
      by_floats += r.floats_are_exact;
    }
    std::vector<int32_t> bias = {-100000, -1, 0, 1 << 20};
    for (int32_t step = r.min - r.zero - 1; step <= 256; ++step) {
      int32_t low = -(1 << 28), high = 1 << 28;  // the first sum of the step lies between
      while (low < high) {
        const int32_t middle = low + (high - low) / 2;
        MultiplyFixed(middle, m) < step ? low = middle + 1 : high = middle;
      }
      bias.push_back(low - 1), bias.push_back(low);
    }
    for (size_t c = 0; c < bias.size(); c += kConvColumns) {
      const int64_t columns = std::min<int64_t>(kConvColumns, bias.size() - c);
      r.bias = &bias[c];
      uint8_t q[kConvColumns];
      kernels().pack({weights.data(), 4, columns, 4}, r, 77, panel);
      kernels().multiply({1, pixels.data(), 4, 128, 77}, nullptr, columns, 4, panel, nullptr, q,
                         kConvColumns);
      for (int64_t i = 0; i < columns; ++i) {
        ASSERT_EQ(q[i], std::clamp(MultiplyFixed(r.bias[i], m) + r.zero, r.min, r.max))
            << "sum " << r.bias[i] << " times " << m.mantissa << " * 2^" << m.shift;
      }
    }
  }
  EXPECT_EQ(by_floats > 30, kernels().floats_are_exact != nullptr);
}

// Where sums could leave the range that quick requantization needs.
TEST_P(ConvKernelsTest, VeryDeepRows) { Check(3, 20, 20000, true); }

INSTANTIATE_TEST_SUITE_P(Levels, ConvKernelsTest, ::testing::ValuesIn(RunnableConvKernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
