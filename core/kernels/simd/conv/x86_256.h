// What the files of the conv family for 256-bit registers (AVX2, AVX-VNNI) share: the end of a
// panel, and the way from sums to bytes. Everything here is local to the file that includes it,
// which is compiled with the flags of its set.
#ifndef CORE_KERNELS_SIMD_CONV_X86_256_H_
#define CORE_KERNELS_SIMD_CONV_X86_256_H_

#include <immintrin.h>

#include "core/kernels/simd/conv/conv.h"
#include "core/kernels/simd/x86_avx2_requantize.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = 8;
constexpr int64_t kVectors = kConvColumns / kLanes;
// Rows that are multiplied together: 12 vectors of sums, and 4 registers for what meets them.
constexpr int64_t kTileRows = 3;

// The end of a panel, behind its weights.
struct PanelEnd {
  RequantizedChannels channels[kVectors];
  int32_t plain_start[kConvColumns];  // what sums begin with that do not go the quick way, no bias
  Requantization plain;               // their numbers
  OutputRange range;
  int32_t quick;
  int32_t weight_zero;
};

// Fills the end but for weight_zero. starts[j]: what the sums of column j begin with, without bias.
void SetEnd(const ConvWeights& w, const Requantization& r, const int32_t* starts, PanelEnd* end) {
  bool quick = true;
  for (int64_t j = 0; j < w.columns; ++j) {
    quick = quick && IsQuick(r, j, w.depth * 4 * 255 * 128);
  }
  for (int64_t j = 0; j < kConvColumns; ++j) {
    end->plain_start[j] = starts[j];
    // Any numbers will do behind the last channel.
    const int64_t channel = j < w.columns ? j : 0;
    const int64_t bias = r.bias != nullptr ? r.bias[channel] : 0;
    if (quick) SetChannel(j % kLanes, r, channel, starts[j] + bias, &end->channels[j / kLanes]);
  }
  end->plain = r;
  end->range = MakeOutputRange(r);
  end->quick = quick ? 1 : 0;
}

const void* StartOf(const PanelEnd& end, int64_t v) {
  return end.quick != 0 ? end.channels[v].start : end.plain_start + v * kLanes;
}

// Sums of kRows rows -> bytes, the first `columns` of each.
template <int kRows>
inline __attribute__((always_inline)) void StoreSums(const PanelEnd& end,
                                                     const __m256i (&acc)[kRows][kVectors],
                                                     int64_t columns, uint8_t* q,
                                                     int64_t q_stride) {
#pragma GCC unroll 3
  for (int r = 0; r < kRows; ++r, q += q_stride) {
    if (end.quick != 0) {
      __m256i v[kVectors];
#pragma GCC unroll 4
      for (int i = 0; i < kVectors; ++i) v[i] = RequantizeQuickly(acc[r][i], end.channels[i]);
      StoreBytes(ToBytes(v[0], v[1], v[2], v[3], end.range), columns, q);
    } else {
      int32_t sums[kConvColumns];
#pragma GCC unroll 4
      for (int i = 0; i < kVectors; ++i) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + i * kLanes), acc[r][i]);
      }
      RequantizeRow(end.plain, sums, columns, q);
    }
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_CONV_X86_256_H_
