// How the gemm family with AVX-512 VNNI packs panels. For its one source file; everything here is
// static, so that no other file can get hold of it.
#ifndef CORE_KERNELS_SIMD_GEMM_X86_AVX512VNNI_PACK_H_
#define CORE_KERNELS_SIMD_GEMM_X86_AVX512VNNI_PACK_H_

#include "core/kernels/simd/gemm/gemm.h"
#include "core/kernels/simd/gemm/x86_avx512vnni.h"
#include "core/kernels/simd/x86_avx512_transpose.h"

namespace edgetasks::kernels::simd {

extern const GemmKernels kGemmScalar;

namespace {  // NOLINT: see above

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

// The sum of the four elements of each lane, in four parts: one would wait for itself.
struct LaneSums {
  __m512i parts[4] = {};
  void Add(int64_t i, __m512i groups) {
    parts[i % 4] = _mm512_dpbusd_epi32(parts[i % 4], _mm512_set1_epi8(1), groups);
  }
  __m512i Take() {
    const __m512i sum = _mm512_add_epi32(_mm512_add_epi32(parts[0], parts[1]),
                                         _mm512_add_epi32(parts[2], parts[3]));
    parts[0] = parts[1] = parts[2] = parts[3] = _mm512_setzero_si512();
    return sum;
  }
};

// Sixteen columns from `first` on, elements [k, k + 64), as sixteen groups of four. Asks for those
// of the sixteen columns after them.
template <typename Load>
__attribute__((always_inline)) inline void LoadGroups(const WeightRows<typename Load::Type>& b,
                                                      int64_t first, int64_t k,
                                                      __m512i (&groups)[16]) {
  const int64_t count = Min(kBytes, b.depth - k);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i) {
    const int64_t element = b.begin + (first + i) * b.stride + k;
    if (first + i < b.columns) {
      PrefetchAhead(b.data + element / Load::kElementsPerByte,
                    kLanes * b.stride / Load::kElementsPerByte);
      groups[i] = Load::At(b.data, element, count);
    } else {
      groups[i] = _mm512_setzero_si512();
    }
  }
  Transpose16x16(groups);
}

template <typename Load>
void Pack(const WeightRows<typename Load::Type>& b, uint8_t* panel) {
  const int64_t depth = PanelDepth(b.depth);
  for (int64_t first = 0; first < kPanelColumns; first += kLanes) {
    LaneSums sums;
    uint8_t* to = panel + first * kPanelDepthUnit;
    for (int64_t k = 0; k < b.depth; k += kBytes, to += kBytes * kPanelColumns) {
      __m512i groups[16];
      LoadGroups<Load>(b, first, k, groups);
      const int64_t count = (depth - k) / kPanelDepthUnit;
#pragma GCC unroll 16
      for (int g = 0; g < 16; ++g) {
        if (g >= count) break;
        sums.Add(g, groups[g]);
        _mm512_storeu_si512(to + g * 2 * kBytes, groups[g]);
      }
    }
    _mm512_storeu_si512(panel + depth * kPanelColumns + first * 4, sums.Take());
  }
}

void PackS4(const WeightRows<uint8_t>& b, uint8_t* panel) {
  if ((b.begin | b.stride) % 2 != 0) return kGemmScalar.pack_s4(b, panel);
  Pack<LoadS4>(b, panel);
}

// In a panel of blocks nibbles are the upper halves of bytes, sixteen times what they are, and
// scales are a sixteenth, which changes no bit of their products.
constexpr float kBlockScale = 1.0f / 16;

// `bytes` of each of up to sixteen rows `stride` bytes apart, turned: t[q] is bytes [4q, 4q + 4) of
// sixteen rows. Asks for those of the sixteen rows after them.
__attribute__((always_inline)) inline void LoadTurned(const void* from, int64_t stride,
                                                      int64_t rows, __mmask64 bytes,
                                                      __m512i (&t)[16]) {
  const auto* row = static_cast<const uint8_t*>(from);
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; ++i, row += stride) {
    if (i < rows) {
      PrefetchAhead(row, kLanes * stride);
      t[i] = _mm512_maskz_loadu_epi8(bytes, row);
    } else {
      t[i] = _mm512_setzero_si512();
    }
  }
  Transpose16x16(t);
}

// Writes the scales of sixteen columns from `first` on as floats, a row of the panel for each
// block.
void WriteScales(const WeightBlocks& blocks, int64_t count, int64_t first, int64_t columns,
                 float* scales) {
  const auto store = [](float* to, __m512i halves) {
    const __m512 values = _mm512_cvtph_ps(_mm512_cvtepi32_epi16(halves));
    _mm512_storeu_ps(to, _mm512_mul_ps(values, _mm512_set1_ps(kBlockScale)));
  };
  for (int64_t block = 0; block < count; block += 32) {
    __m512i pairs[16];
    LoadTurned(blocks.scales + first * blocks.stride + block, blocks.stride * 2, columns - first,
               Mask64((count - block) * 2), pairs);
    float* to = scales + block * kPanelColumns + first;
#pragma GCC unroll 16
    for (int q = 0; q < 16; ++q, to += 2 * kPanelColumns) {
      if (block + 2 * q >= count) break;
      store(to, pairs[q]);
      if (block + 2 * q + 1 < count) store(to + kPanelColumns, _mm512_srli_epi32(pairs[q], 16));
    }
  }
}

// The nibbles of two bytes of each lane, from byte `kFirst` on, as upper halves of four bytes.
template <int kFirst>
__attribute__((always_inline)) inline __m512i UpperHalves(__m512i bytes) {
  constexpr int kTwice = kFirst * 0x0101 + (kFirst + 1) * 0x01010000;
  const __m512i spread = _mm512_broadcast_i32x4(
      _mm_setr_epi32(kTwice, kTwice + 0x04040404, kTwice + 0x08080808, kTwice + 0x0C0C0C0C));
  const __m512i twice = _mm512_shuffle_epi8(bytes, spread);
  const __m512i even = _mm512_set1_epi16(0x00FF);
  // Bytes of `even` from the first, the others from the second.
  const __m512i both = _mm512_ternarylogic_epi32(even, _mm512_slli_epi16(twice, 4), twice, 0xCA);
  return _mm512_and_si512(both, _mm512_set1_epi8(static_cast<char>(0xF0)));
}

void PackS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, uint8_t* panel) {
  const int64_t count = b.depth / blocks.block_size;
  float* scales = reinterpret_cast<float*>(panel + b.depth * kPanelColumns);
  float* weighted_sums = scales + count * kPanelColumns;
  for (int64_t first = 0; first < kPanelColumns; first += kLanes) {
    WriteScales(blocks, count, first, b.columns, scales);
    const float* scale = scales + first;
    __m512 weighted = _mm512_setzero_ps();
    LaneSums sums;
    int64_t left = blocks.block_size;
    uint8_t* to = panel + first * kPanelDepthUnit;
    for (int64_t k = 0; k < b.depth; k += 2 * kBytes) {
      __m512i eights[16];
      LoadTurned(b.data + (b.begin + first * b.stride + k) / 2, b.stride / 2, b.columns - first,
                 Mask64((b.depth - k) / 2), eights);
#pragma GCC unroll 16
      for (int q = 0; q < 16; ++q, to += 4 * kBytes) {
        if (k + 8 * q >= b.depth) break;
        const __m512i first_four = UpperHalves<0>(eights[q]), last_four = UpperHalves<2>(eights[q]);
        _mm512_storeu_si512(to, first_four);
        _mm512_storeu_si512(to + 2 * kBytes, last_four);
        sums.Add(2 * q, first_four);
        sums.Add(2 * q + 1, last_four);
        if (q % 4 != 3 || (left -= 32) > 0) continue;
        weighted =
            _mm512_fmadd_ps(_mm512_loadu_ps(scale), _mm512_cvtepi32_ps(sums.Take()), weighted);
        scale += kPanelColumns;
        left = blocks.block_size;
      }
    }
    _mm512_storeu_ps(weighted_sums + first, weighted);
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_X86_AVX512VNNI_PACK_H_
