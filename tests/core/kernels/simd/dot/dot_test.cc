// Every implementation of the dot family that this processor can run, against sums in double and
// in exact integers, and floats against the specification.
#include "core/kernels/simd/dot/dot.h"

#include <cmath>
#include <random>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/base/half.h"
#include "core/kernels/simd/dot/select.h"
#include "gtest/gtest.h"
#include "tests/support/same_bits.h"

namespace edgetasks::kernels::simd {
namespace {

struct Case {
  int64_t rows, columns, depth;
};

// Around the tiles: 4 rows, 4 columns, 8 and 16 elements, blocks of 8 and 16 columns; and primes.
std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (int64_t rows : {0, 1, 3, 4, 5, 9}) {
    for (int64_t columns : {0, 1, 3, 4, 5, 8, 17, 31}) {
      for (int64_t depth : {0, 1, 7, 8, 9, 15, 16, 17, 61, 64})
        cases.push_back({rows, columns, depth});
    }
  }
  cases.push_back({2, 5, 1031});
  return cases;
}

class DotTest : public ::testing::TestWithParam<const DotKernels*> {
 protected:
  // Integers of all values in [low, high], the ends often.
  template <typename T>
  std::vector<T> Integers(int64_t count, int low, int high) {
    std::vector<T> values(count);
    for (T& value : values) {
      const int dice = std::uniform_int_distribution<int>(0, 7)(random_);
      value = static_cast<T>(dice == 0   ? low
                             : dice == 1 ? high
                                         : std::uniform_int_distribution<int>(low, high)(random_));
    }
    return values;
  }
  std::vector<float> Floats(int64_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = std::normal_distribution<float>()(random_);
    return values;
  }

  // Runs `dot` and compares with exact sums. a_of(i, k) and b_of(j, k) give the elements as
  // numbers. Float sums: dot.h promises depth * 2^-23 * sum |a b|.
  template <typename A, typename B, typename C, typename BOf>
  void Check(void (*DotKernels::*dot)(const DotBlock<A, B, C>&), const Case& shape,
             const std::vector<A>& a, int64_t a_stride, const B* b, int64_t b_stride,
             int64_t b_begin, BOf b_of) {
    const int64_t c_stride = shape.columns + 2;
    constexpr C kUntouched = 77;
    std::vector<C> c(shape.rows * c_stride, kUntouched);
    (kernels().*dot)({shape.rows, shape.columns, shape.depth, a.data(), a_stride, b, b_stride,
                      c.data(), c_stride, b_begin});
    if constexpr (std::is_floating_point_v<C>) {
      std::vector<C> expected(shape.rows * c_stride, kUntouched);
      (RunnableDotKernels().back()->*dot)({shape.rows, shape.columns, shape.depth, a.data(),
                                           a_stride, b, b_stride, expected.data(), c_stride,
                                           b_begin});
      ASSERT_TRUE(testing::SameBits(expected, c))
          << shape.rows << "x" << shape.columns << "x" << shape.depth;
    }
    for (int64_t i = 0; i < shape.rows; ++i) {
      for (int64_t j = 0; j < shape.columns; ++j) {
        double exact = 0, magnitude = 0;  // integers here stay below 2^53
        for (int64_t k = 0; k < shape.depth; ++k) {
          const double product = static_cast<double>(a[i * a_stride + k]) * b_of(j, k);
          exact += product;
          magnitude += std::abs(product);
        }
        const double bound =
            std::is_floating_point_v<C> ? shape.depth * std::ldexp(1.0, -23) * magnitude : 0.0;
        ASSERT_NEAR(c[i * c_stride + j], exact, bound)
            << shape.rows << "x" << shape.columns << "x" << shape.depth << " at " << i << "," << j;
      }
      for (int64_t j = shape.columns; j < c_stride; ++j) {
        ASSERT_EQ(c[i * c_stride + j], kUntouched) << "written beyond the row";
      }
    }
  }

  // Vectors hold exactly what the block reads, so that AddressSanitizer sees any over-read (and at
  // least one element: pointers are never null).
  static int64_t Extent(int64_t rows, int64_t stride, int64_t depth) {
    return rows == 0 || depth == 0 ? 1 : (rows - 1) * stride + depth;
  }

  template <typename A, typename B, typename C, typename Decode>
  void CheckAll(void (*DotKernels::*dot)(const DotBlock<A, B, C>&), int a_low, int a_high,
                int b_low, int b_high, Decode decode) {
    for (const Case& shape : Cases()) {
      const int64_t a_stride = shape.depth + 3, b_stride = shape.depth + 1;
      std::vector<A> a;
      if constexpr (std::is_floating_point_v<A>) {
        a = Floats(Extent(shape.rows, a_stride, shape.depth));
      } else {
        a = Integers<A>(Extent(shape.rows, a_stride, shape.depth), a_low, a_high);
      }
      const auto b = Integers<B>(Extent(shape.columns, b_stride, shape.depth), b_low, b_high);
      Check(dot, shape, a, a_stride, b.data(), b_stride, 0,
            [&](int64_t j, int64_t k) { return decode(b[j * b_stride + k]); });
    }
  }

  // Packed rows, also such that begin in the middle of a byte.
  template <typename A, typename C>
  void CheckS4(void (*DotKernels::*dot)(const DotBlock<A, uint8_t, C>&)) {
    for (const Case& shape : Cases()) {
      for (int64_t b_begin : {0, 1, 2}) {
        const int64_t a_stride = shape.depth, b_stride = shape.depth;
        std::vector<A> a;
        if constexpr (std::is_floating_point_v<A>) {
          a = Floats(Extent(shape.rows, a_stride, shape.depth));
        } else {
          a = Integers<A>(Extent(shape.rows, a_stride, shape.depth), -255, 255);
        }
        const int64_t elements = b_begin + Extent(shape.columns, b_stride, shape.depth);
        const auto b = Integers<uint8_t>((elements + 1) / 2, 0, 255);
        Check(dot, shape, a, a_stride, b.data(), b_stride, b_begin,
              [&](int64_t j, int64_t k) { return Nibble(b, b_begin + j * b_stride + k); });
      }
    }
  }

  static double Nibble(const std::vector<uint8_t>& bytes, int64_t element) {
    const int nibble = element % 2 == 0 ? bytes[element / 2] & 0xF : bytes[element / 2] >> 4;
    return nibble >= 8 ? nibble - 16 : nibble;
  }

  const DotKernels& kernels() const { return *GetParam(); }

  std::mt19937 random_{1};
};

TEST_P(DotTest, F32F32) {
  for (const Case& shape : Cases()) {
    const auto a = Floats(Extent(shape.rows, shape.depth, shape.depth));
    const auto b = Floats(Extent(shape.columns, shape.depth, shape.depth));
    Check(&DotKernels::f32_f32, shape, a, shape.depth, b.data(), shape.depth, 0,
          [&](int64_t j, int64_t k) { return b[j * shape.depth + k]; });
  }
}

TEST_P(DotTest, F32F16) {
  // 0x0000..0x7bff: all finite values that are not negative, subnormals included.
  CheckAll(&DotKernels::f32_f16, 0, 0, 0, 0x7bff,
           [](uint16_t bits) { return static_cast<double>(HalfToFloat(bits)); });
}

TEST_P(DotTest, F32BF16) {
  CheckAll(&DotKernels::f32_bf16, 0, 0, 0x3000, 0x4200,
           [](uint16_t bits) { return static_cast<double>(BFloat16ToFloat(bits)); });
}

TEST_P(DotTest, F32S8) {
  CheckAll(&DotKernels::f32_s8, 0, 0, -128, 127, [](int8_t v) { return static_cast<double>(v); });
}

TEST_P(DotTest, F32S4) { CheckS4(&DotKernels::f32_s4); }

TEST_P(DotTest, S16S8) {
  CheckAll(&DotKernels::s16_s8, -255, 255, -128, 127,
           [](int8_t v) { return static_cast<double>(v); });
}

TEST_P(DotTest, S16S8OfFull16BitActivations) {
  for (int64_t depth : {16, 256}) {
    const std::vector<int16_t> a(depth, -32768);
    const std::vector<int8_t> b(depth, -128);
    Check(&DotKernels::s16_s8, {1, 1, depth}, a, depth, b.data(), depth, 0,
          [](int64_t, int64_t) { return -128.0; });
  }
}

TEST_P(DotTest, S16U8) {
  CheckAll(&DotKernels::s16_u8, -255, 255, 0, 255,
           [](uint8_t v) { return static_cast<double>(v); });
}

TEST_P(DotTest, S16S4) { CheckS4(&DotKernels::s16_s4); }

TEST_P(DotTest, S16S16) {
  CheckAll(&DotKernels::s16_s16, -32768, 32767, -32768, 32767,
           [](int16_t v) { return static_cast<double>(v); });
}

TEST_P(DotTest, SumsWrapModulo2To32) {
  // 2^17 * 255 * 128 = 4,278,190,080 = -16,777,216 modulo 2^32.
  const int64_t depth = 1 << 17;
  const std::vector<int16_t> a(depth, -255);
  const std::vector<int8_t> b(depth, -128);
  int32_t c = 0;
  kernels().s16_s8({1, 1, depth, a.data(), depth, b.data(), depth, &c, 1, 0});
  EXPECT_EQ(c, -16777216);
}

TEST_P(DotTest, F32F32Columns) {
  for (const Case& shape : Cases()) {
    const int64_t b_stride = shape.columns + 1;
    const auto a = Floats(Extent(shape.rows, shape.depth, shape.depth));
    const auto b = Floats(Extent(shape.depth, b_stride, shape.columns));
    Check(&DotKernels::f32_f32_columns, shape, a, shape.depth, b.data(), b_stride, 0,
          [&](int64_t j, int64_t k) { return b[k * b_stride + j]; });
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, DotTest,
                         ::testing::ValuesIn(RunnableDotKernels().begin(),
                                             RunnableDotKernels().end()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

TEST(SelectDotKernelsTest, FollowsTheActiveLevel) {
  for (const DotKernels* kernels : RunnableDotKernels()) {
    ASSERT_TRUE(SelectCpuLevel(NameOf(kernels->level)).ok());
    EXPECT_EQ(&SelectDotKernels(), kernels);
  }
  ASSERT_TRUE(SelectCpuLevel().ok());
}

}  // namespace
}  // namespace edgetasks::kernels::simd
