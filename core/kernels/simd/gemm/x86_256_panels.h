// What the files of the gemm family for 256-bit registers share beside their products: packing, and
// floats to integers and back. Everything here is local to the file that includes it: see
// x86_256.h.
#ifndef CORE_KERNELS_SIMD_GEMM_X86_256_PANELS_H_
#define CORE_KERNELS_SIMD_GEMM_X86_256_PANELS_H_

#include "core/kernels/simd/gemm/x86_256.h"

namespace edgetasks::kernels::simd {

extern const GemmKernels kGemmScalar;

namespace {

// Four elements of a row of B, as int8 in the bytes of an integer. `element` is even for s4.
struct LoadS8 {
  using Type = int8_t;
  static uint32_t Four(const int8_t* data, int64_t element) {
    uint32_t four;
    __builtin_memcpy(&four, data + element, sizeof(four));
    return four;
  }
  static int32_t One(const int8_t* data, int64_t element) { return data[element]; }
};
struct LoadU8 {
  using Type = uint8_t;
  static uint32_t Four(const uint8_t* data, int64_t element) {
    uint32_t four;
    __builtin_memcpy(&four, data + element, sizeof(four));
    return four ^ 0x80808080u;  // less 128
  }
  static int32_t One(const uint8_t* data, int64_t element) { return data[element] - 128; }
};
struct LoadS4 {
  using Type = uint8_t;
  static uint32_t Four(const uint8_t* data, int64_t element) {
    uint16_t nibbles;
    __builtin_memcpy(&nibbles, data + element / 2, sizeof(nibbles));
    const uint32_t n = nibbles;
    const uint32_t spread = (n & 0xFu) | (n & 0xF0u) << 4 | (n & 0xF00u) << 8 | (n & 0xF000u) << 12;
    return spread | (spread & 0x08080808u) * 0x1Eu;  // the sign, into the upper halves
  }
  static int32_t One(const uint8_t* data, int64_t element) {
    const int32_t nibble = (data[element >> 1] >> ((element & 1) * 4)) & 0xF;
    return (nibble ^ 8) - 8;
  }
};

// The sum of the bytes of four elements.
int32_t SumOfFour(uint32_t four) {
  int32_t sum = 0;
  for (int i = 0; i < 4; ++i) sum += static_cast<int8_t>(four >> (8 * i));
  return sum;
}

void StoreFour(uint32_t four, int64_t group, int64_t column, uint8_t* panel) {
  __builtin_memcpy(panel + (group * kPanelColumns + column) * kPanelDepthUnit, &four, sizeof(four));
}

// The groups of one column of a panel, zeros behind the depth; each(group, four) is told of them.
template <typename Load, typename Each>
void PackColumn(const WeightRows<typename Load::Type>& b, int64_t column, uint8_t* panel,
                const Each& each) {
  const int64_t begin = b.begin + column * b.stride, whole = b.depth / kPanelDepthUnit;
  for (int64_t group = 0; group < whole; ++group) {
    const uint32_t four = Load::Four(b.data, begin + group * kPanelDepthUnit);
    StoreFour(four, group, column, panel);
    each(group, four);
  }
  if (whole * kPanelDepthUnit == b.depth) return;
  uint32_t rest = 0;
  for (int64_t k = whole * kPanelDepthUnit; k < b.depth; ++k) {
    const auto byte = static_cast<uint8_t>(Load::One(b.data, begin + k));
    rest |= uint32_t{byte} << (8 * (k % kPanelDepthUnit));
  }
  StoreFour(rest, whole, column, panel);
  each(whole, rest);
}

void ClearColumn(int64_t depth, int64_t column, uint8_t* panel) {
  for (int64_t group = 0; group < PanelDepth(depth) / kPanelDepthUnit; ++group) {
    StoreFour(0, group, column, panel);
  }
}

template <typename Load>
void Pack(const WeightRows<typename Load::Type>& b, uint8_t* panel) {
  uint8_t* sums = panel + PanelDepth(b.depth) * kPanelColumns;
  for (int64_t j = 0; j < kPanelColumns; ++j) {
    int32_t sum = 0;
    if (j < b.columns) {
      PackColumn<Load>(b, j, panel, [&](int64_t, uint32_t four) { sum += SumOfFour(four); });
    } else {
      ClearColumn(b.depth, j, panel);
    }
    __builtin_memcpy(sums + j * sizeof(sum), &sum, sizeof(sum));
  }
}

void PackS4(const WeightRows<uint8_t>& b, uint8_t* panel) {
  if ((b.begin | b.stride) % 2 != 0) return kGemmScalar.pack_s4(b, panel);
  Pack<LoadS4>(b, panel);
}

void PackS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, uint8_t* panel) {
  float* scales = reinterpret_cast<float*>(panel + b.depth * kPanelColumns);
  const int64_t count = b.depth / blocks.block_size;
  float* weighted_sums = scales + count * kPanelColumns;
  for (int64_t j = 0; j < kPanelColumns; ++j) {
    weighted_sums[j] = 0.0f;
    if (j >= b.columns) {
      ClearColumn(b.depth, j, panel);
      for (int64_t block = 0; block < count; ++block) scales[block * kPanelColumns + j] = 0.0f;
      continue;
    }
    const uint16_t* half = blocks.scales + j * blocks.stride;
    int64_t left = blocks.block_size, block = 0;
    int32_t sum = 0;
    PackColumn<LoadS4>(b, j, panel, [&](int64_t, uint32_t four) {
      sum += SumOfFour(four);
      left -= kPanelDepthUnit;
      if (left > 0) return;
      const float scale = _cvtsh_ss(half[block]);
      scales[block * kPanelColumns + j] = scale;
      weighted_sums[j] = __builtin_fmaf(scale, static_cast<float>(sum), weighted_sums[j]);
      sum = 0;
      left = blocks.block_size;
      ++block;
    });
  }
}

// Up to eight floats, zeros behind them.
__m256 LoadPart(const float* from, int64_t count) {
  if (count >= kLanes) return _mm256_loadu_ps(from);
  alignas(32) float part[kLanes] = {};
  __builtin_memcpy(part, from, static_cast<size_t>(count) * sizeof(float));
  return _mm256_load_ps(part);
}
void StorePart(__m256 v, int64_t count, float* to) {
  if (count >= kLanes) return _mm256_storeu_ps(to, v);
  alignas(32) float part[kLanes];
  _mm256_store_ps(part, v);
  __builtin_memcpy(to, part, static_cast<size_t>(count) * sizeof(float));
}

void Quantize(const float* row, int64_t count, uint8_t* q, float* scale, int32_t* zero) {
  // VMINPS and VMAXPS give the second operand where one is NaN.
  __m256 least = _mm256_setzero_ps(), greatest = _mm256_setzero_ps();
  for (int64_t k = 0; k < count; k += kLanes) {
    const __m256 values = LoadPart(row + k, count - k);
    least = _mm256_min_ps(values, least);
    greatest = _mm256_max_ps(values, greatest);
  }
  alignas(32) float ends[2 * kLanes];  // of the same range as the whole row
  _mm256_store_ps(ends, least);
  _mm256_store_ps(ends + kLanes, greatest);
  uint8_t ignored[2 * kLanes];
  kGemmScalar.quantize(ends, 2 * kLanes, ignored, scale, zero);
  const __m256 inverse = _mm256_set1_ps(1.0f / *scale);
  const __m256 zero_point = _mm256_set1_ps(static_cast<float>(*zero));
  for (int64_t k = 0; k < count; k += kLanes) {
    const __m256 steps = _mm256_round_ps(_mm256_mul_ps(LoadPart(row + k, count - k), inverse),
                                         _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    // NaN becomes 0.
    const __m256 value =
        _mm256_min_ps(_mm256_max_ps(_mm256_add_ps(steps, zero_point), _mm256_setzero_ps()),
                      _mm256_set1_ps(255.0f));
    const __m256i integers = _mm256_cvttps_epi32(value);
    const __m128i words =
        _mm_packus_epi32(_mm256_castsi256_si128(integers), _mm256_extracti128_si256(integers, 1));
    const int64_t bytes = _mm_cvtsi128_si64(_mm_packus_epi16(words, words));
    __builtin_memcpy(q + k, &bytes, static_cast<size_t>(Min(kLanes, count - k)));
  }
}

// sums(i, j, count): eight sums of row i from column j on, scales of B applied.
template <typename Sums>
void Scale(const GemmKernels::Scaling& s, float* c, int64_t c_stride, Sums sums) {
  const __m256 min = _mm256_set1_ps(s.min), max = _mm256_set1_ps(s.max);
  for (int64_t i = 0; i < s.rows; ++i) {
    const __m256 a_scale = _mm256_set1_ps(s.a_scales[i]);
    for (int64_t j = 0; j < s.columns; j += kLanes) {
      const int64_t count = s.columns - j;
      __m256 value = _mm256_mul_ps(sums(i, j, count), a_scale);
      if (s.bias != nullptr) value = _mm256_add_ps(value, LoadPart(s.bias + j, count));
      value = _mm256_min_ps(max, _mm256_max_ps(min, value));  // NaN, the second operand, stays
      StorePart(value, count, c + i * c_stride + j);
    }
  }
}

void ScaleSums(const GemmKernels::Scaling& s, const int32_t* sums, int64_t sums_stride, float* c,
               int64_t c_stride) {
  Scale(s, c, c_stride, [&](int64_t i, int64_t j, int64_t count) {
    const __m256 scales =
        s.b_scale_step == 0 ? _mm256_set1_ps(s.b_scales[0]) : LoadPart(s.b_scales + j, count);
    const __m256i integers = _mm256_castps_si256(
        LoadPart(reinterpret_cast<const float*>(sums) + i * sums_stride + j, count));
    return _mm256_mul_ps(_mm256_cvtepi32_ps(integers), scales);
  });
}

void ScaleFloats(const GemmKernels::Scaling& s, const float* sums, int64_t sums_stride, float* c,
                 int64_t c_stride) {
  Scale(s, c, c_stride, [&](int64_t i, int64_t j, int64_t count) {
    return LoadPart(sums + i * sums_stride + j, count);
  });
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_X86_256_PANELS_H_
