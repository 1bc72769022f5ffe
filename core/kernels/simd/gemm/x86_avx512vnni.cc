// The gemm family with AVX-512 VNNI: packed panels, and the table.
#include "core/kernels/simd/gemm/x86_avx512vnni.h"

#include "core/kernels/simd/gemm/gemm.h"
#include "core/kernels/simd/x86_avx512_transpose.h"

namespace edgetasks::kernels::simd {

extern const GemmKernels kGemmScalar;
extern const RowKernels kGemmRowsAvx512Vnni;

namespace {

// Up to 64 elements of a row as int8, zeros behind them.
struct LoadS8 {
  using Type = int8_t;
  static constexpr int64_t kElementsPerByte = 1;
  static __m512i At(const int8_t* data, int64_t element, int64_t count) {
    return _mm512_maskz_loadu_epi8(Mask64(count), data + element);
  }
};
struct LoadU8 {
  using Type = uint8_t;
  static constexpr int64_t kElementsPerByte = 1;
  static __m512i At(const uint8_t* data, int64_t element, int64_t count) {
    const __mmask64 mask = Mask64(count);
    const __m512i bytes = _mm512_maskz_loadu_epi8(mask, data + element);
    return _mm512_maskz_sub_epi8(mask, bytes, _mm512_set1_epi8(-128));
  }
};
struct LoadS4 {  // of an even element
  using Type = uint8_t;
  static constexpr int64_t kElementsPerByte = 2;
  static __m512i At(const uint8_t* data, int64_t element, int64_t count) {
    const __mmask32 bytes = static_cast<__mmask32>(Mask64((count + 1) / 2));
    const __m512i pairs = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(bytes, data + element / 2));
    // 0x00HL becomes 0x0H0L; then each byte's sign is extended: (nibble ^ 8) - 8.
    const __m512i spread =
        _mm512_or_si512(_mm512_and_si512(pairs, _mm512_set1_epi16(0x0F)),
                        _mm512_slli_epi16(_mm512_and_si512(pairs, _mm512_set1_epi16(0xF0)), 4));
    const __m512i eight = _mm512_set1_epi8(8);
    return _mm512_maskz_sub_epi8(Mask64(count), _mm512_xor_si512(spread, eight), eight);
  }
};

// Not inline: unrolled into its callers, it packs hot rows 1.6 times as fast, and rows that come
// from memory, as they do, three times as slowly.
__attribute__((noinline)) void Transpose(__m512i (&r)[16]) { Transpose16x16(r); }

// Sixteen columns from `first` on, elements [k, k + 64), as sixteen groups of four. Asks for those
// of the sixteen columns after them.
template <typename Load>
void LoadGroups(const WeightRows<typename Load::Type>& b, int64_t first, int64_t k,
                __m512i (&groups)[16]) {
  const int64_t count = Min(kBytes, b.depth - k);
  for (int i = 0; i < kLanes; ++i) {
    const int64_t element = b.begin + (first + i) * b.stride + k;
    if (first + i < b.columns) {
      Prefetch(b.data + element / Load::kElementsPerByte,
               kLanes * b.stride / Load::kElementsPerByte);
      groups[i] = Load::At(b.data, element, count);
    } else {
      groups[i] = _mm512_setzero_si512();
    }
  }
  Transpose(groups);
}

template <typename Load>
void Pack(const WeightRows<typename Load::Type>& b, uint8_t* panel) {
  const int64_t depth = PanelDepth(b.depth);
  for (int64_t first = 0; first < kPanelColumns; first += kLanes) {
    __m512i sums = _mm512_setzero_si512();
    for (int64_t k = 0; k < b.depth; k += kBytes) {
      __m512i groups[16];
      LoadGroups<Load>(b, first, k, groups);
      const int64_t count = Min(16, (depth - k) / kPanelDepthUnit);
      for (int64_t g = 0; g < count; ++g) {
        sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), groups[g]);
        _mm512_storeu_si512(
            panel + ((k / kPanelDepthUnit + g) * kPanelColumns + first) * kPanelDepthUnit,
            groups[g]);
      }
    }
    _mm512_storeu_si512(panel + depth * kPanelColumns + first * 4, sums);
  }
}

void PackS4(const WeightRows<uint8_t>& b, uint8_t* panel) {
  if ((b.begin | b.stride) % 2 != 0) return kGemmScalar.pack_s4(b, panel);
  Pack<LoadS4>(b, panel);
}

// Writes the scales of sixteen columns from `first` on as floats, a row of the panel for each
// block.
void WriteScales(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, int64_t first,
                 float* scales) {
  const int64_t count = b.depth / blocks.block_size;
  // As integers to where the floats will be: what is stored in parts must not be read at once.
  auto* halves = reinterpret_cast<uint8_t*>(scales + first);
  for (int i = 0; i < kLanes; ++i) {
    const bool inside = first + i < b.columns;
    const uint16_t* from = blocks.scales + (inside ? (first + i) * blocks.stride : 0);
    for (int64_t block = 0; block < count; ++block) {
      const uint32_t half = inside ? from[block] : 0;
      __builtin_memcpy(halves + (block * kPanelColumns + i) * sizeof(half), &half, sizeof(half));
    }
  }
  for (int64_t block = 0; block < count; ++block) {
    float* row = scales + block * kPanelColumns + first;
    _mm512_storeu_ps(row, _mm512_cvtph_ps(_mm512_cvtepi32_epi16(_mm512_loadu_si512(row))));
  }
}

void PackS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, uint8_t* panel) {
  float* scales = reinterpret_cast<float*>(panel + b.depth * kPanelColumns);
  float* weighted_sums = scales + b.depth / blocks.block_size * kPanelColumns;
  for (int64_t first = 0; first < kPanelColumns; first += kLanes) {
    WriteScales(b, blocks, first, scales);
    const float* scale = scales + first;
    __m512 weighted = _mm512_setzero_ps();
    __m512i sum = _mm512_setzero_si512();
    int64_t left = blocks.block_size;
    for (int64_t k = 0; k < b.depth; k += kBytes) {
      __m512i groups[16];
      LoadGroups<LoadS4>(b, first, k, groups);
      const int64_t count = Min(16, (b.depth - k) / kPanelDepthUnit);
      for (int64_t g = 0; g < count; ++g) {
        sum = _mm512_dpbusd_epi32(sum, _mm512_set1_epi8(1), groups[g]);
        const int64_t group = k / kPanelDepthUnit + g;
        _mm512_storeu_si512(panel + (group * kPanelColumns + first) * kPanelDepthUnit, groups[g]);
        left -= kPanelDepthUnit;
        if (left > 0) continue;
        weighted = _mm512_fmadd_ps(_mm512_loadu_ps(scale), _mm512_cvtepi32_ps(sum), weighted);
        sum = _mm512_setzero_si512();
        scale += kPanelColumns;
        left = blocks.block_size;
      }
    }
    _mm512_storeu_ps(weighted_sums + first, weighted);
  }
}

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

void Quantize(const float* row, int64_t count, uint8_t* q, float* scale, int32_t* zero) {
  // VMINPS and VMAXPS give the second operand where one is NaN.
  __m512 least = _mm512_setzero_ps(), greatest = _mm512_setzero_ps();
  for (int64_t k = 0; k < count; k += kLanes) {
    const __m512 values = _mm512_maskz_loadu_ps(Mask16(count - k), row + k);
    least = _mm512_min_ps(values, least);
    greatest = _mm512_max_ps(values, greatest);
  }
  const float low = _mm512_reduce_min_ps(least), high = _mm512_reduce_max_ps(greatest);
  const float ends[2] = {low, high};  // of the same range as the whole row
  uint8_t ignored[2];
  kGemmScalar.quantize(ends, 2, ignored, scale, zero);
  const __m512 inverse = _mm512_set1_ps(1.0f / *scale);
  const __m512 zero_point = _mm512_set1_ps(static_cast<float>(*zero));
  const __m512 nothing = _mm512_setzero_ps(), full = _mm512_set1_ps(255.0f);
  for (int64_t k = 0; k < count; k += kLanes) {
    const __mmask16 mask = Mask16(count - k);
    const __m512 steps =
        _mm512_roundscale_ps(_mm512_mul_ps(_mm512_maskz_loadu_ps(mask, row + k), inverse),
                             _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    // NaN becomes 0.
    const __m512 value =
        _mm512_min_ps(_mm512_max_ps(_mm512_add_ps(steps, zero_point), nothing), full);
    _mm_mask_storeu_epi8(q + k, mask, _mm512_cvtepi32_epi8(_mm512_cvttps_epi32(value)));
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
    CpuLevel::kAvx512Vnni,
    true,
    Pack<LoadS8>,
    Pack<LoadU8>,
    PackS4,
    PackS4Blocks,
    Multiply,
    MultiplyBlocks,
    &kGemmRowsAvx512Vnni,
    Quantize,
    ScaleSums,
    ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
