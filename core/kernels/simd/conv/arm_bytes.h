// What the files of the conv family for ARM share that pack weights as bytes. Local to the file
// that includes it.
#ifndef CORE_KERNELS_SIMD_CONV_ARM_BYTES_H_
#define CORE_KERNELS_SIMD_CONV_ARM_BYTES_H_

#include "core/kernels/simd/arm_requantize.h"
#include "core/kernels/simd/conv/arm_rows.h"

namespace edgetasks::kernels::simd {
namespace {

// The end of a panel of bytes, behind depth * 32 weights.
struct PanelEnd {
  RequantizedChannels<kConvColumns> channels;
  OutputRange range;
  int32_t weight_zero;
};

int64_t PanelBytes(int64_t depth) {
  return ConvDepth(depth) * kConvColumns + static_cast<int64_t>(sizeof(PanelEnd));
}

// Sixteen weights of a column from k on, zeros behind the depth or where there is no such column.
int8x16_t LoadSixteen(const ConvWeights& w, int64_t column, int64_t k) {
  if (column >= w.columns) return vdupq_n_s8(0);
  const uint8_t* row = w.data + column * w.stride + k;
  if (k + 16 <= w.depth) {
    return vreinterpretq_s8_u8(veorq_u8(vld1q_u8(row), vdupq_n_u8(w.flip)));
  }
  uint8_t part[16] = {};
  for (int64_t i = 0; k + i < w.depth; ++i) part[i] = row[i] ^ w.flip;
  return vreinterpretq_s8_u8(vld1q_u8(part));
}

// Packs a panel. PackFour(first, panel) writes four columns and returns the sums of their weights;
// pixels enter products less `offset`. With z the zeros:
// sum (a - za)(w - zw) = sum (a - offset) w + (offset - za) sum w + depth za zw - zw sum a.
template <typename PackFour>
void PackPanel(const ConvWeights& w, const Requantization& r, int32_t pixel_zero, int32_t offset,
               uint8_t* panel, const PackFour& pack_four) {
  auto* end = reinterpret_cast<PanelEnd*>(panel + ConvDepth(w.depth) * kConvColumns);
  const int32x4_t zeros = vdupq_n_s32(
      static_cast<int32_t>(static_cast<uint64_t>(int64_t{pixel_zero} * w.zero * w.depth)));
  for (int64_t first = 0; first < kConvColumns; first += 4) {
    int32_t start[4];
    vst1q_s32(start, vmlaq_n_s32(zeros, pack_four(first, panel), offset - pixel_zero));
    for (int64_t i = 0; i < 4; ++i) {
      // Any numbers will do behind the last channel.
      const int64_t channel = first + i < w.columns ? first + i : 0;
      end->channels.Set(first + i, r, channel, static_cast<uint32_t>(start[i]));
    }
  }
  end->range = MakeOutputRange(r);
  end->weight_zero = w.zero;
}

// What sums of a row lack, for all columns: the weights' zero times the row's sum.
int32x4_t RowStart(const PanelEnd& end, const int32_t* row_sums, int64_t row) {
  const uint32_t sum = row_sums != nullptr ? static_cast<uint32_t>(row_sums[row]) : 0;
  return vdupq_n_s32(static_cast<int32_t>(0u - static_cast<uint32_t>(end.weight_zero) * sum));
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_CONV_ARM_BYTES_H_
