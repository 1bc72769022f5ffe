// The specification of the dot family, in plain loops.
#include "core/base/half.h"
#include "core/kernels/simd/dot/dot.h"
#include "core/kernels/simd/scalar_floats.h"

namespace edgetasks::kernels::simd {
namespace {

// Element i of a row, widened.
struct LoadF32 {
  static float At(const float* row, int64_t i) { return row[i]; }
};
struct LoadF16 {
  static float At(const uint16_t* row, int64_t i) { return HalfToFloat(row[i]); }
};
struct LoadBf16 {
  static float At(const uint16_t* row, int64_t i) { return BFloat16ToFloat(row[i]); }
};
template <typename T>
struct LoadInteger {
  static int32_t At(const T* row, int64_t i) { return row[i]; }
};
struct LoadS4 {
  static int32_t At(const uint8_t* tensor, int64_t i) {
    const int32_t nibble = (tensor[i >> 1] >> ((i & 1) * 4)) & 0xF;
    return (nibble ^ 8) - 8;  // sign extension
  }
};

template <typename Load, typename B>
void DotFloat(const DotBlock<float, B, float>& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    const float* a = p.a + i * p.a_stride;
    for (int64_t j = 0; j < p.columns; ++j) {
      const int64_t begin = p.b_begin + j * p.b_stride;
      float sums[16] = {};
      for (int64_t k = 0; k < p.depth; k += 16) {
        for (int64_t s = 0; s < 16; ++s) {
          const bool inside = k + s < p.depth;
          const float x = inside ? a[k + s] : 0.0f;
          const float y = inside ? static_cast<float>(Load::At(p.b, begin + k + s)) : 0.0f;
          sums[s] = FusedMultiplyAdd(x, y, sums[s]);
        }
      }
      p.c[i * p.c_stride + j] = SumOfSixteen(sums);
    }
  }
}

// Sum of depth products modulo 2^32, beginning at element `begin` of b.
template <typename Load, typename B>
int32_t SumOfProducts(const int16_t* a, const B* b, int64_t begin, int64_t depth) {
  uint32_t sum = 0;
  for (int64_t k = 0; k < depth; ++k) {
    sum += static_cast<uint32_t>(a[k] * Load::At(b, begin + k));
  }
  return static_cast<int32_t>(sum);
}

template <typename Load, typename B>
void DotInteger(const DotBlock<int16_t, B, int32_t>& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.columns; ++j) {
      p.c[i * p.c_stride + j] =
          SumOfProducts<Load>(p.a + i * p.a_stride, p.b, p.b_begin + j * p.b_stride, p.depth);
    }
  }
}

void DotS16S16(const DotBlock<int16_t, int16_t, int64_t>& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    const int16_t* a = p.a + i * p.a_stride;
    for (int64_t j = 0; j < p.columns; ++j) {
      const int16_t* b = p.b + p.b_begin + j * p.b_stride;
      int64_t sum = 0;
      for (int64_t k = 0; k < p.depth; ++k) sum += static_cast<int32_t>(a[k]) * b[k];
      p.c[i * p.c_stride + j] = sum;
    }
  }
}

void DotF32F32Columns(const DotBlock<float, float, float>& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    const float* a = p.a + i * p.a_stride;
    float* c = p.c + i * p.c_stride;
    for (int64_t j = 0; j < p.columns; ++j) c[j] = 0.0f;
    for (int64_t k = 0; k < p.depth; ++k) {
      const float* b = p.b + k * p.b_stride;
      for (int64_t j = 0; j < p.columns; ++j) c[j] = FusedMultiplyAdd(a[k], b[j], c[j]);
    }
  }
}

}  // namespace

extern const DotKernels kDotScalar;
const DotKernels kDotScalar = {
    CpuLevel::kScalar,
    DotFloat<LoadF32, float>,
    DotFloat<LoadF16, uint16_t>,
    DotFloat<LoadBf16, uint16_t>,
    DotFloat<LoadInteger<int8_t>, int8_t>,
    DotFloat<LoadS4, uint8_t>,
    DotInteger<LoadInteger<int8_t>, int8_t>,
    DotInteger<LoadInteger<uint8_t>, uint8_t>,
    DotInteger<LoadS4, uint8_t>,
    DotS16S16,
    DotF32F32Columns,
};

}  // namespace edgetasks::kernels::simd
