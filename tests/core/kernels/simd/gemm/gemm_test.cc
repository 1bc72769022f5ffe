// Every implementation of the gemm family that this processor can run, against exact integers, sums
// in double and, where floats are added up, the specification.
#include "core/kernels/simd/gemm/gemm.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/base/half.h"
#include "core/kernels/ref/quantize_on_the_fly.h"
#include "core/kernels/simd/gemm/select.h"
#include "gtest/gtest.h"
#include "tests/support/same_bits.h"

namespace edgetasks::kernels::simd {
namespace {

struct Case {
  int64_t rows, columns, depth;
};

// Around the tiles: 1 to 8 rows, 4 and 16 and 32 columns, groups of 4 and vectors of 64 elements.
std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (int64_t rows : {1, 2, 3, 4, 5, 6, 7, 8, 9, 17}) {
    for (int64_t columns : {1, 3, 4, 5, 16, 17, 31, 32}) {
      for (int64_t depth : {1, 3, 4, 5, 63, 64, 65, 67, 128, 131, 1500, 1536, 1537}) {
        cases.push_back({rows, columns, depth});
      }
    }
  }
  return cases;
}

class GemmTest : public ::testing::TestWithParam<const GemmKernels*> {
 protected:
  template <typename T>
  std::vector<T> Integers(int64_t count) {
    std::uniform_int_distribution<int> any(std::numeric_limits<T>::min(),
                                           std::numeric_limits<T>::max());
    std::vector<T> values(count);
    for (T& value : values) {
      const int dice = std::uniform_int_distribution<int>(0, 7)(random_);
      value = dice == 0   ? std::numeric_limits<T>::min()
              : dice == 1 ? std::numeric_limits<T>::max()
                          : static_cast<T>(any(random_));
    }
    return values;
  }

  // Rows of activations at a stride; vectors hold exactly what may be read, so that
  // AddressSanitizer sees any over-read.
  void MakeActivations(const Case& shape, int64_t readable, int64_t stride) {
    a_values_ = Integers<uint8_t>((shape.rows - 1) * stride + readable);
    zeros_.resize(shape.rows);
    for (int32_t& zero : zeros_) zero = std::uniform_int_distribution<int>(0, 255)(random_);
    zeros_[0] = 0;
    if (shape.rows > 1) zeros_[1] = 255;
    a_ = {shape.rows, a_values_.data(), stride, zeros_.data()};
  }

  template <typename BOf>
  int64_t Exact(int64_t i, int64_t j, int64_t begin, int64_t end, const BOf& b_of) const {
    int64_t sum = 0;
    for (int64_t k = begin; k < end; ++k) {
      sum += (a_values_[i * a_.stride + k] - zeros_[i]) * int64_t{b_of(j, k)};
    }
    return sum;
  }

  // The sums that are wanted of the first `columns`, zeros of the others up to `filled`.
  template <typename BOf>
  void ExpectSums(const Case& shape, const std::vector<int32_t>& c, int64_t c_stride,
                  int64_t filled, const BOf& b_of) {
    for (int64_t i = 0; i < shape.rows; ++i) {
      for (int64_t j = 0; j < c_stride; ++j) {
        const int64_t expected = j < shape.columns ? Exact(i, j, 0, shape.depth, b_of)
                                 : j < filled      ? 0
                                                   : kUntouched;
        ASSERT_EQ(c[i * c_stride + j], expected)
            << shape.rows << "x" << shape.columns << "x" << shape.depth << " at " << i << "," << j;
      }
    }
  }

  template <typename B, typename BOf>
  void CheckPanel(void (*pack)(const WeightRows<B>&, uint8_t*), const WeightRows<B>& b,
                  const Case& shape, const BOf& b_of) {
    MakeActivations(shape, PanelDepth(shape.depth), PanelDepth(shape.depth) + 3);
    const auto panel = AlignedBytes(PanelBytes(shape.depth));
    pack(b, panel);
    const int64_t c_stride = kPanelColumns + 1;
    std::vector<int32_t> c(shape.rows * c_stride, kUntouched);
    kernels().multiply(a_, shape.depth, panel, c.data(), c_stride);
    ExpectSums(shape, c, c_stride, kPanelColumns, b_of);
  }

  // a_, ordered by `k`.
  ActivationRows OrderedForS4(const GemmKernels& k, int64_t depth) {
    uint8_t* ordered = AlignedBytes(a_.rows * OrderedBytes(depth));
    k.rows->order_for_s4(a_, depth, ordered);
    return {a_.rows, ordered, OrderedBytes(depth), a_.zeros};
  }

  uint8_t* AlignedBytes(int64_t count) {
    panel_.assign(count + 64, 0xEE);
    void* start = panel_.data();
    size_t space = panel_.size();
    return static_cast<uint8_t*>(std::align(64, count, start, space));
  }

  static int Nibble(const std::vector<uint8_t>& bytes, int64_t element) {
    const int nibble = element % 2 == 0 ? bytes[element / 2] & 0xF : bytes[element / 2] >> 4;
    return nibble >= 8 ? nibble - 16 : nibble;
  }

  // Packed weights in blocks: some sums wrong in one bit of a scale would be out of the bound.
  struct Blocks {
    std::vector<uint8_t> bytes;
    std::vector<uint16_t> scales;
    WeightRows<uint8_t> rows;
    WeightBlocks blocks;
  };
  Blocks MakeBlocks(const Case& shape, int64_t block_size) {
    Blocks b;
    const int64_t stride = shape.depth + 2, count = shape.depth / block_size;
    b.bytes = Integers<uint8_t>(((shape.columns - 1) * stride + shape.depth + 1) / 2);
    b.scales.resize(shape.columns * (count + 1));
    for (uint16_t& scale : b.scales) {
      scale = FloatToHalf(std::uniform_real_distribution<float>(-2, 2)(random_));
    }
    b.rows = {b.bytes.data(), 0, stride, shape.columns, shape.depth};
    b.blocks = {block_size, b.scales.data(), count + 1};
    return b;
  }

  std::vector<float> BlocksByRows(const GemmKernels& k, const Case& shape, const Blocks& b,
                                  const std::vector<float>& sums) {
    std::vector<float> c(shape.rows * kPanelColumns);
    k.rows->multiply_s4_blocks(OrderedForS4(k, shape.depth), b.rows, b.blocks, sums.data(),
                               c.data(), kPanelColumns);
    return c;
  }

  std::vector<float> BlocksByPanels(const GemmKernels& k, const Case& shape, const Blocks& b) {
    uint8_t* panel = AlignedBytes(BlockPanelBytes(shape.depth, b.blocks.block_size));
    k.pack_s4_blocks(b.rows, b.blocks, panel);
    std::vector<float> c(shape.rows * kPanelColumns);
    k.multiply_blocks(a_, shape.depth, b.blocks.block_size, panel, c.data(), kPanelColumns);
    return c;
  }

  void ExpectBlockSums(const Case& shape, const Blocks& b, const std::vector<float>& c,
                       int64_t c_stride) {
    const int64_t size = b.blocks.block_size, count = shape.depth / size;
    const auto b_of = [&](int64_t j, int64_t k) { return Nibble(b.bytes, j * b.rows.stride + k); };
    for (int64_t i = 0; i < shape.rows; ++i) {
      for (int64_t j = 0; j < shape.columns; ++j) {
        double exact = 0, magnitude = 0;
        for (int64_t block = 0; block < count; ++block) {
          const double scale = HalfToFloat(b.scales[j * b.blocks.stride + block]);
          int64_t raw = 0, sum_b = 0;
          for (int64_t k = block * size; k < (block + 1) * size; ++k) {
            raw += a_values_[i * a_.stride + k] * b_of(j, k);
            sum_b += b_of(j, k);
          }
          const int64_t rest = -zeros_[i] * sum_b;
          exact += scale * static_cast<double>(raw + rest);
          magnitude += std::abs(scale) *
                       (std::abs(static_cast<double>(raw)) + std::abs(static_cast<double>(rest)));
        }
        const double bound = static_cast<double>(count + 4) * std::ldexp(magnitude, -22);
        ASSERT_NEAR(c[i * c_stride + j], exact, bound)
            << shape.rows << "x" << shape.columns << "x" << shape.depth << "/" << size << " at "
            << i << "," << j;
      }
    }
  }

  const GemmKernels& kernels() const { return *GetParam(); }

  static constexpr int32_t kUntouched = 77;
  std::mt19937 random_{1};
  std::vector<uint8_t> a_values_, panel_;
  std::vector<int32_t> zeros_;
  ActivationRows a_;
};

TEST_P(GemmTest, PanelsOfS8) {
  for (const Case& shape : Cases()) {
    const int64_t stride = shape.depth + 1;
    const auto b = Integers<int8_t>((shape.columns - 1) * stride + shape.depth);
    ASSERT_NO_FATAL_FAILURE(CheckPanel(kernels().pack_s8,
                                       {b.data(), 0, stride, shape.columns, shape.depth}, shape,
                                       [&](int64_t j, int64_t k) { return b[j * stride + k]; }));
  }
}

TEST_P(GemmTest, PanelsOfU8AreLess128) {
  for (const Case& shape : Cases()) {
    const auto b = Integers<uint8_t>(shape.columns * shape.depth);
    ASSERT_NO_FATAL_FAILURE(
        CheckPanel(kernels().pack_u8, {b.data(), 0, shape.depth, shape.columns, shape.depth}, shape,
                   [&](int64_t j, int64_t k) { return b[j * shape.depth + k] - 128; }));
  }
}

TEST_P(GemmTest, PanelsOfS4BeginAtAnyNibble) {
  for (const Case& shape : Cases()) {
    for (const int64_t begin : {0, 1, 2}) {
      for (const int64_t stride : {shape.depth, shape.depth + 1}) {
        const auto b =
            Integers<uint8_t>((begin + (shape.columns - 1) * stride + shape.depth + 1) / 2);
        ASSERT_NO_FATAL_FAILURE(CheckPanel(
            kernels().pack_s4, {b.data(), begin, stride, shape.columns, shape.depth}, shape,
            [&](int64_t j, int64_t k) { return Nibble(b, begin + j * stride + k); }));
      }
    }
  }
}

TEST_P(GemmTest, RowsOfS8) {
  for (const Case& shape : Cases()) {
    const int64_t stride = shape.depth + 1, c_stride = shape.columns + 2;
    const auto b = Integers<int8_t>((shape.columns - 1) * stride + shape.depth);
    MakeActivations(shape, shape.depth, shape.depth + 1);
    std::vector<int32_t> c(shape.rows * c_stride, kUntouched);
    const WeightRows<int8_t> rows = {b.data(), 0, stride, shape.columns, shape.depth};
    std::vector<int32_t> sums(shape.columns);
    kernels().rows->sums_s8(rows, sums.data());
    kernels().rows->multiply_s8(a_, rows, sums.data(), c.data(), c_stride);
    ASSERT_NO_FATAL_FAILURE(ExpectSums(shape, c, c_stride, shape.columns,
                                       [&](int64_t j, int64_t k) { return b[j * stride + k]; }));
  }
}

TEST_P(GemmTest, RowsOfS4) {
  for (const Case& shape : Cases()) {
    const int64_t begin = 2, stride = shape.depth + shape.depth % 2, c_stride = shape.columns + 2;
    const auto b = Integers<uint8_t>((begin + (shape.columns - 1) * stride + shape.depth + 1) / 2);
    MakeActivations(shape, shape.depth, shape.depth + 1);
    std::vector<int32_t> c(shape.rows * c_stride, kUntouched);
    const WeightRows<uint8_t> rows = {b.data(), begin, stride, shape.columns, shape.depth};
    std::vector<int32_t> sums(shape.columns);
    kernels().rows->sums_s4(rows, sums.data());
    kernels().rows->multiply_s4(OrderedForS4(kernels(), shape.depth), rows, sums.data(), c.data(),
                                c_stride);
    ASSERT_NO_FATAL_FAILURE(
        ExpectSums(shape, c, c_stride, shape.columns,
                   [&](int64_t j, int64_t k) { return Nibble(b, begin + j * stride + k); }));
  }
}

TEST_P(GemmTest, BlocksOfS4) {
  for (const int64_t block_size : {32, 64, 96, 128, 256}) {
    for (const int64_t blocks : {1, 2, 3, 5, 18, 49}) {
      for (const int64_t rows : {1, 3, 4, 6}) {
        for (const int64_t columns : {1, 4, 7, 32}) {
          const Case shape = {rows, columns, blocks * block_size};
          const Blocks b = MakeBlocks(shape, block_size);
          MakeActivations(shape, shape.depth, shape.depth + 1);
          const GemmKernels& specification = *RunnableGemmKernels().back();
          std::vector<float> sums(columns), specified_sums(columns);
          kernels().rows->sums_s4_blocks(b.rows, b.blocks, sums.data());
          specification.rows->sums_s4_blocks(b.rows, b.blocks, specified_sums.data());
          ASSERT_TRUE(testing::SameBits(specified_sums, sums)) << shape.depth << "/" << block_size;

          const std::vector<float> by_rows = BlocksByRows(kernels(), shape, b, sums);
          ASSERT_NO_FATAL_FAILURE(ExpectBlockSums(shape, b, by_rows, kPanelColumns));
          ASSERT_TRUE(
              testing::SameBits(BlocksByRows(specification, shape, b, specified_sums), by_rows))
              << shape.depth << "/" << block_size;

          const std::vector<float> by_panels = BlocksByPanels(kernels(), shape, b);
          ASSERT_NO_FATAL_FAILURE(ExpectBlockSums(shape, b, by_panels, kPanelColumns));
          ASSERT_TRUE(testing::SameBits(BlocksByPanels(specification, shape, b), by_panels))
              << shape.depth << "/" << block_size;
        }
      }
    }
  }
}

TEST_P(GemmTest, QuantizesAsTheReferenceDoes) {
  for (const int64_t count : {0, 1, 7, 16, 17, 100, 576}) {
    for (const float spread : {0.0f, 1e-40f, 1e-30f, 0.7f, 3e38f}) {
      for (const float shift : {0.0f, 5.0f, -5.0f}) {
        std::vector<float> row(count);
        for (float& x : row) {
          x = spread * (std::uniform_real_distribution<float>(-1, 1)(random_) + shift / 5);
        }
        std::vector<int8_t> expected(count);
        const ref::OnTheFly q = ref::QuantizeAsymmetric(row.data(), count, expected.data());
        std::vector<uint8_t> got(count);
        float scale = 0;
        int32_t zero = -1;
        kernels().quantize(row.data(), count, got.data(), &scale, &zero);
        EXPECT_EQ(scale, q.scale);
        EXPECT_EQ(zero, q.zero_point + 128);
        for (int64_t k = 0; k < count; ++k) ASSERT_EQ(got[k], expected[k] + 128) << k;
      }
    }
  }
}

TEST_P(GemmTest, QuantizesWhatIsNoNumberToSomething) {
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> row = {1.0f, std::nanf(""), infinity, -infinity, 2.0f};
  std::vector<uint8_t> q(row.size());
  float scale = 0;
  int32_t zero = -1;
  kernels().quantize(row.data(), 5, q.data(), &scale, &zero);
  EXPECT_GE(zero, 0);
  EXPECT_LE(zero, 255);
}

TEST_P(GemmTest, ScalesSums) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const int64_t columns : {1, 15, 16, 17, 33}) {
    for (const bool with_bias : {false, true}) {
      const int64_t rows = 3, stride = columns + 1;
      std::vector<int32_t> sums(rows * stride);
      std::vector<float> a_scales(rows), b_scales(columns), bias(columns);
      for (int32_t& sum : sums)
        sum = std::uniform_int_distribution<int>(-1000000, 1000000)(random_);
      for (auto* values : {&a_scales, &b_scales, &bias}) {
        for (float& x : *values) x = std::normal_distribution<float>()(random_);
      }
      bias[0] = std::nanf("");
      for (const int64_t step : {0, 1}) {
        const GemmKernels::Scaling s = {rows,
                                        columns,
                                        a_scales.data(),
                                        b_scales.data(),
                                        step,
                                        with_bias ? bias.data() : nullptr,
                                        -infinity,
                                        1000.0f};
        std::vector<float> c(rows * stride, 5.0f), products(rows * stride, 5.0f);
        kernels().scale_sums(s, sums.data(), stride, c.data(), stride);
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < columns; ++j) {
            volatile float product = static_cast<float>(sums[i * stride + j]) * b_scales[j * step];
            products[i * stride + j] = product;
            volatile float value = product * a_scales[i];
            if (with_bias) value = value + bias[j];
            const float expected = value > 1000.0f ? 1000.0f : value;
            if (with_bias && j == 0) {
              ASSERT_TRUE(std::isnan(c[i * stride + j]));
            } else {
              ASSERT_EQ(c[i * stride + j], expected);
            }
          }
          ASSERT_EQ(c[i * stride + columns], 5.0f) << "written beyond the row";
        }
        kernels().scale_floats(s, products.data(), stride, products.data(), stride);
        for (size_t at = with_bias ? 1 : 0; at < static_cast<size_t>(columns); ++at) {
          ASSERT_EQ(products[at], c[at]);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, GemmTest, ::testing::ValuesIn(RunnableGemmKernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
