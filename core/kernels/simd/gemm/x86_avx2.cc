// The gemm family with AVX2: products with packed panels, and the table.
//
// Without VPDPBUSD, bytes are widened to 16 bits and multiplied by VPMADDWD, whose sums of two
// products are exact.
#include "core/kernels/simd/gemm/x86_256_panels.h"

namespace edgetasks::kernels::simd {

extern const RowKernels kGemmRowsAvx2;

namespace {

// Four bytes of A, widened, for all columns.
__m256i Broadcast4(const uint8_t* a) {
  int four;
  __builtin_memcpy(&four, a, sizeof(four));
  return _mm256_cvtepu8_epi16(_mm_set1_epi32(four));
}

// Of eight columns: the sums of their pairs of lanes.
__m256i JoinPairs(__m256i first, __m256i second) {
  return _mm256_permute4x64_epi64(_mm256_hadd_epi32(first, second), _MM_SHUFFLE(3, 1, 2, 0));
}

__m256i Widened(const uint8_t* panel) {
  return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(panel)));
}

// Adds the products of a group of four to the sums of kRows rows by eight columns.
template <int kRows>
__attribute__((always_inline)) inline void AddGroup(const uint8_t* rows, int64_t stride,
                                                    const uint8_t* panel,
                                                    __m256i (&acc)[kRows][2]) {
  const __m256i b0 = Widened(panel), b1 = Widened(panel + 16);
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    const __m256i four = Broadcast4(rows + r * stride);
    acc[r][0] = _mm256_add_epi32(acc[r][0], _mm256_madd_epi16(four, b0));
    acc[r][1] = _mm256_add_epi32(acc[r][1], _mm256_madd_epi16(four, b1));
  }
}

template <int kRows>
void MultiplyRows(const ActivationRows& a, int64_t row, int64_t depth, const uint8_t* panel,
                  int32_t* c, int64_t c_stride) {
  const uint8_t* rows = a.data + row * a.stride;
  const int64_t padded = PanelDepth(depth);
  const uint8_t* all_sums = panel + padded * kPanelColumns;
  for (int64_t j = 0; j < kPanelColumns; j += kLanes) {
    __m256i acc[kRows][2];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) acc[r][0] = acc[r][1] = _mm256_setzero_si256();
    const uint8_t* b = panel + j * kPanelDepthUnit;
    for (int64_t k = 0; k < padded; k += kPanelDepthUnit, b += kPanelColumns * kPanelDepthUnit) {
      AddGroup<kRows>(rows + k, a.stride, b, acc);
    }
    const __m256i sums = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(all_sums + j * 4));
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const __m256i shift = _mm256_mullo_epi32(_mm256_set1_epi32(a.zeros[row + r]), sums);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(c + (row + r) * c_stride + j),
                          _mm256_sub_epi32(JoinPairs(acc[r][0], acc[r][1]), shift));
    }
  }
}

void Multiply(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
              int64_t c_stride) {
  int64_t row = 0;
  for (; row + 4 <= a.rows; row += 4) MultiplyRows<4>(a, row, depth, panel, c, c_stride);
  for (; row < a.rows; ++row) MultiplyRows<1>(a, row, depth, panel, c, c_stride);
}

template <int kRows>
void MultiplyBlockRows(const ActivationRows& a, int64_t row, int64_t depth, int64_t block_size,
                       const uint8_t* panel, float* c, int64_t c_stride) {
  const uint8_t* rows = a.data + row * a.stride;
  const float* scales = reinterpret_cast<const float*>(panel + depth * kPanelColumns);
  const float* weighted_sums = scales + depth / block_size * kPanelColumns;
  for (int64_t j = 0; j < kPanelColumns; j += kLanes) {
    __m256 total[kRows];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      total[r] = _mm256_mul_ps(_mm256_set1_ps(static_cast<float>(-a.zeros[row + r])),
                               _mm256_loadu_ps(weighted_sums + j));
    }
    const uint8_t* b = panel + j * kPanelDepthUnit;
    const float* scale = scales + j;
    for (int64_t begin = 0; begin < depth; begin += block_size, scale += kPanelColumns) {
      __m256i acc[kRows][2];
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) acc[r][0] = acc[r][1] = _mm256_setzero_si256();
      for (int64_t k = begin; k < begin + block_size; k += kPanelDepthUnit) {
        AddGroup<kRows>(rows + k, a.stride, b, acc);
        b += kPanelColumns * kPanelDepthUnit;
      }
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        total[r] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(JoinPairs(acc[r][0], acc[r][1])),
                                   _mm256_loadu_ps(scale), total[r]);
      }
    }
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) _mm256_storeu_ps(c + (row + r) * c_stride + j, total[r]);
  }
}

void MultiplyBlocks(const ActivationRows& a, int64_t depth, int64_t block_size,
                    const uint8_t* panel, float* c, int64_t c_stride) {
  int64_t row = 0;
  for (; row + 4 <= a.rows; row += 4) {
    MultiplyBlockRows<4>(a, row, depth, block_size, panel, c, c_stride);
  }
  for (; row < a.rows; ++row) {
    MultiplyBlockRows<1>(a, row, depth, block_size, panel, c, c_stride);
  }
}

}  // namespace

extern const GemmKernels kGemmAvx2;
const GemmKernels kGemmAvx2 = {
    CpuLevel::kAvx2, false,        true,        Pack<LoadS8>,   Pack<LoadU8>,
    PackS4,          PackS4Blocks, Multiply,    MultiplyBlocks, &kGemmRowsAvx2,
    Quantize,        ScaleSums,    ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
