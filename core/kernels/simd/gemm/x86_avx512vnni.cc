// The gemm family with AVX-512 VNNI: packed panels, and the table.
#include "core/kernels/simd/gemm/x86_avx512vnni.h"

#include "core/kernels/simd/gemm/gemm.h"
#include "core/kernels/simd/gemm/x86_avx512vnni_pack.h"

namespace edgetasks::kernels::simd {

extern const RowKernels kGemmRowsAvx512Vnni;

namespace {

// Four bytes of A for all lanes.
__m512i Broadcast4(const uint8_t* a) {
  int four;
  __builtin_memcpy(&four, a, sizeof(four));
  return _mm512_set1_epi32(four);
}

// kRows rows of A against all columns of the panel: 2 * kRows vectors of sums in registers.
template <int kRows>
void MultiplyRows(const ActivationRows& a, int64_t row, int64_t depth, const uint8_t* panel,
                  int32_t* c, int64_t c_stride) {
  const uint8_t* rows = a.data + row * a.stride;
  const int64_t padded = PanelDepth(depth);
  const __m512i sums0 = _mm512_loadu_si512(panel + padded * kPanelColumns);
  const __m512i sums1 = _mm512_loadu_si512(panel + padded * kPanelColumns + kBytes);
  __m512i acc[kRows][2];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    const __m512i zero = _mm512_set1_epi32(-a.zeros[row + r]);
    acc[r][0] = _mm512_mullo_epi32(zero, sums0);
    acc[r][1] = _mm512_mullo_epi32(zero, sums1);
  }
  for (int64_t k = 0; k < padded; k += kPanelDepthUnit, panel += 2 * kBytes) {
    const __m512i b0 = _mm512_loadu_si512(panel);
    const __m512i b1 = _mm512_loadu_si512(panel + kBytes);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const __m512i four = Broadcast4(rows + r * a.stride + k);
      acc[r][0] = _mm512_dpbusd_epi32(acc[r][0], four, b0);
      acc[r][1] = _mm512_dpbusd_epi32(acc[r][1], four, b1);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    _mm512_storeu_si512(c + (row + r) * c_stride, acc[r][0]);
    _mm512_storeu_si512(c + (row + r) * c_stride + kLanes, acc[r][1]);
  }
}

void Multiply(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
              int64_t c_stride) {
  int64_t row = 0;
  for (; row + 8 <= a.rows; row += 8) MultiplyRows<8>(a, row, depth, panel, c, c_stride);
  switch (a.rows - row) {
    case 7:
      return MultiplyRows<7>(a, row, depth, panel, c, c_stride);
    case 6:
      return MultiplyRows<6>(a, row, depth, panel, c, c_stride);
    case 5:
      return MultiplyRows<5>(a, row, depth, panel, c, c_stride);
    case 4:
      return MultiplyRows<4>(a, row, depth, panel, c, c_stride);
    case 3:
      return MultiplyRows<3>(a, row, depth, panel, c, c_stride);
    case 2:
      return MultiplyRows<2>(a, row, depth, panel, c, c_stride);
    case 1:
      return MultiplyRows<1>(a, row, depth, panel, c, c_stride);
  }
}

// Integer sums of a block, and float sums of all blocks: half as many rows as above.
// kBlock: the size of blocks where it is known, so that a block is code without a loop; 0: `size`.
template <int kRows, int kBlock>
void MultiplyBlockRows(const ActivationRows& a, int64_t row, int64_t depth, int64_t size,
                       const uint8_t* panel, float* c, int64_t c_stride) {
  const int64_t block_size = kBlock > 0 ? kBlock : size;
  const uint8_t* rows = a.data + row * a.stride;
  const float* scales = reinterpret_cast<const float*>(panel + depth * kPanelColumns);
  const float* weighted_sums = scales + depth / block_size * kPanelColumns;
  __m512 total[kRows][2];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    const __m512 zero = _mm512_set1_ps(static_cast<float>(-a.zeros[row + r]));
    total[r][0] = _mm512_mul_ps(zero, _mm512_loadu_ps(weighted_sums));
    total[r][1] = _mm512_mul_ps(zero, _mm512_loadu_ps(weighted_sums + kLanes));
  }
  for (int64_t begin = 0; begin < depth; begin += block_size, scales += kPanelColumns) {
    __m512i acc[kRows][2];
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) acc[r][0] = acc[r][1] = _mm512_setzero_si512();
#pragma GCC unroll 8
    for (int64_t i = 0; i < block_size; i += kPanelDepthUnit, panel += 2 * kBytes) {
      __m512i b0 = _mm512_loadu_si512(panel);
      __m512i b1 = _mm512_loadu_si512(panel + kBytes);
      // Compilers would load both again for each row, and loads are what there are too few of.
      __asm__("" : "+v"(b0), "+v"(b1));
#pragma GCC unroll 4
      for (int r = 0; r < kRows; ++r) {
        const __m512i four = Broadcast4(rows + r * a.stride + begin + i);
        acc[r][0] = _mm512_dpbusd_epi32(acc[r][0], four, b0);
        acc[r][1] = _mm512_dpbusd_epi32(acc[r][1], four, b1);
      }
    }
    const __m512 scale0 = _mm512_loadu_ps(scales), scale1 = _mm512_loadu_ps(scales + kLanes);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      total[r][0] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(acc[r][0]), scale0, total[r][0]);
      total[r][1] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(acc[r][1]), scale1, total[r][1]);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    _mm512_storeu_ps(c + (row + r) * c_stride, total[r][0]);
    _mm512_storeu_ps(c + (row + r) * c_stride + kLanes, total[r][1]);
  }
}

template <int kBlock>
void MultiplyBlocksOf(const ActivationRows& a, int64_t depth, int64_t block_size,
                      const uint8_t* panel, float* c, int64_t c_stride) {
  int64_t row = 0;
  for (; row + 4 <= a.rows; row += 4) {
    MultiplyBlockRows<4, kBlock>(a, row, depth, block_size, panel, c, c_stride);
  }
  for (; row < a.rows; ++row) {
    MultiplyBlockRows<1, kBlock>(a, row, depth, block_size, panel, c, c_stride);
  }
}

void MultiplyBlocks(const ActivationRows& a, int64_t depth, int64_t block_size,
                    const uint8_t* panel, float* c, int64_t c_stride) {
  if (block_size == 32) return MultiplyBlocksOf<32>(a, depth, block_size, panel, c, c_stride);
  MultiplyBlocksOf<0>(a, depth, block_size, panel, c, c_stride);
}

// The scale and the zero point of a row within [low, high]: as the specification has them.
void ChooseSteps(float low, float high, float* scale, int32_t* zero) {
  const float step = high / 255.0f - low / 255.0f;
  *scale = step > 0.0f ? step : 1.0f;
  *zero = 128;
  if (!(step > 0.0f)) return;
  // Rounded half away from zero. NaN fails all comparisons.
  const __m128 exact = _mm_set_ss(-128.0f - low / step);
  const float below = _mm_cvtss_f32(_mm_roundscale_ss(exact, exact, _MM_FROUND_TO_ZERO));
  const float rest = _mm_cvtss_f32(exact) - below;
  const float nudged = (rest >= 0.5f    ? below + 1.0f
                        : rest <= -0.5f ? below - 1.0f
                                        : below) +
                       128.0f;
  *zero = nudged > 0.0f ? static_cast<int32_t>(nudged < 255.0f ? nudged : 255.0f) : 0;
}

// Steps of sixteen values, rounded to even. NaN becomes the least integer; what is greater than 512
// has left the range.
__attribute__((always_inline)) inline __m512i StepsOf(__m512 values, __m512 inverse) {
  // VMINPS gives the second operand where one is NaN.
  const __m512 steps = _mm512_min_ps(_mm512_set1_ps(512.0f), _mm512_mul_ps(values, inverse));
  return _mm512_cvt_roundps_epi32(steps, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

void Quantize(const float* row, int64_t count, uint8_t* q, float* scale, int32_t* zero) {
  // VMINPS and VMAXPS give the second operand where one is NaN.
  __m512 least[4] = {}, greatest[4] = {};
  int64_t k = 0;
  for (; k + kBytes <= count; k += kBytes) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) {
      const __m512 values = _mm512_loadu_ps(row + k + i * kLanes);
      least[i] = _mm512_min_ps(values, least[i]);
      greatest[i] = _mm512_max_ps(values, greatest[i]);
    }
  }
  for (; k < count; k += kLanes) {
    const __m512 values = _mm512_maskz_loadu_ps(Mask16(count - k), row + k);
    least[0] = _mm512_min_ps(values, least[0]);
    greatest[0] = _mm512_max_ps(values, greatest[0]);
  }
  ChooseSteps(_mm512_reduce_min_ps(_mm512_min_ps(_mm512_min_ps(least[0], least[1]),
                                                 _mm512_min_ps(least[2], least[3]))),
              _mm512_reduce_max_ps(_mm512_max_ps(_mm512_max_ps(greatest[0], greatest[1]),
                                                 _mm512_max_ps(greatest[2], greatest[3]))),
              scale, zero);
  const __m512 inverse = _mm512_set1_ps(1.0f / *scale);
  const __m512i zeros = _mm512_set1_epi16(static_cast<int16_t>(*zero));
  // Packing takes four integers of each operand in turn.
  const __m512i in_turn = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i last = _mm512_set1_epi32(255), nothing = _mm512_setzero_si512();
  for (k = 0; k + kBytes <= count; k += kBytes) {
    const auto steps = [&](int i) {
      return StepsOf(_mm512_loadu_ps(row + k + i * kLanes), inverse);
    };
    const __m512i low = _mm512_adds_epi16(_mm512_packs_epi32(steps(0), steps(1)), zeros);
    const __m512i high = _mm512_adds_epi16(_mm512_packs_epi32(steps(2), steps(3)), zeros);
    _mm512_storeu_si512(q + k, _mm512_permutexvar_epi32(in_turn, _mm512_packus_epi16(low, high)));
  }
  for (; k < count; k += kLanes) {
    const __mmask16 mask = Mask16(count - k);
    const __m512i steps = StepsOf(_mm512_maskz_loadu_ps(mask, row + k), inverse);
    const __m512i value = _mm512_add_epi32(steps, _mm512_set1_epi32(*zero));
    _mm_mask_storeu_epi8(
        q + k, mask,
        _mm512_cvtepi32_epi8(_mm512_min_epi32(_mm512_max_epi32(value, nothing), last)));
  }
}

// sums(i, j, mask): sixteen sums of row i from column j on, scales of B applied.
template <typename Sums>
void Scale(const GemmKernels::Scaling& s, float* c, int64_t c_stride, Sums sums) {
  const __m512 min = _mm512_set1_ps(s.min), max = _mm512_set1_ps(s.max);
  for (int64_t i = 0; i < s.rows; ++i) {
    const __m512 a_scale = _mm512_set1_ps(s.a_scales[i]);
    for (int64_t j = 0; j < s.columns; j += kLanes) {
      const __mmask16 mask = Mask16(s.columns - j);
      __m512 value = _mm512_mul_ps(sums(i, j, mask), a_scale);
      if (s.bias != nullptr) {
        value = _mm512_add_ps(value, _mm512_maskz_loadu_ps(mask, s.bias + j));
      }
      value = _mm512_min_ps(max, _mm512_max_ps(min, value));  // NaN, the second operand, stays
      _mm512_mask_storeu_ps(c + i * c_stride + j, mask, value);
    }
  }
}

void ScaleSums(const GemmKernels::Scaling& s, const int32_t* sums, int64_t sums_stride, float* c,
               int64_t c_stride) {
  Scale(s, c, c_stride, [&](int64_t i, int64_t j, __mmask16 mask) {
    const __m512 scales = s.b_scale_step == 0 ? _mm512_set1_ps(s.b_scales[0])
                                              : _mm512_maskz_loadu_ps(mask, s.b_scales + j);
    const __m512i sum = _mm512_maskz_loadu_epi32(mask, sums + i * sums_stride + j);
    return _mm512_mul_ps(_mm512_cvtepi32_ps(sum), scales);
  });
}

void ScaleFloats(const GemmKernels::Scaling& s, const float* sums, int64_t sums_stride, float* c,
                 int64_t c_stride) {
  Scale(s, c, c_stride, [&](int64_t i, int64_t j, __mmask16 mask) {
    return _mm512_maskz_loadu_ps(mask, sums + i * sums_stride + j);
  });
}

}  // namespace

extern const GemmKernels kGemmAvx512Vnni;
const GemmKernels kGemmAvx512Vnni = {
    CpuLevel::kAvx512Vnni, true,     true,           Pack<LoadS8>,         Pack<LoadU8>, PackS4,
    PackS4Blocks,          Multiply, MultiplyBlocks, &kGemmRowsAvx512Vnni, Quantize,     ScaleSums,
    ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
