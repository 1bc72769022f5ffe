// The depthwise family with NEON.
//
// Sixteen channels at a time. Weights are packed as 16 bits, less their zero; pixels are widened as
// they are met, and SMLAL adds their products up.
#include <arm_neon.h>

#include "core/kernels/simd/arm_requantize.h"
#include "core/kernels/simd/depthwise/depthwise.h"
#include "core/kernels/simd/depthwise/taps.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kChannels = 16;  // computed together
constexpr int64_t kVectors = kChannels / 4;

// The beginning of a packed filter. Then for each 16 channels: their numbers; then for each tap
// their weights, 16 bits.
struct Header {
  OutputRange range;
  int16_t is_signed;
  int64_t unused[7];
};
static_assert(sizeof(Header) == 64, "blocks stay aligned");

using BlockBegin = RequantizedChannels<kChannels>;

int64_t BlockBytes(int64_t taps) {
  return static_cast<int64_t>(sizeof(BlockBegin)) + taps * kChannels * 2;
}

int64_t PackedBytes(int64_t taps, int64_t channels) {
  return static_cast<int64_t>(sizeof(Header)) +
         (channels + kChannels - 1) / kChannels * BlockBytes(taps);
}

// With z the zeros: sum (x - zx)(w - zw) = sum x (w - zw) - zx sum (w - zw).
void Pack(const DepthwiseWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* packed) {
  const int64_t taps = w.filter_h * w.filter_w;
  auto* header = reinterpret_cast<Header*>(packed);
  const bool is_signed = w.flip == 0;  // weights and pixels are both int8, or both uint8
  const int32_t zero = is_signed ? pixel_zero - 128 : pixel_zero;
  header->range = MakeOutputRange(r);
  header->is_signed = is_signed ? 1 : 0;
  uint8_t* block = packed + sizeof(Header);
  for (int64_t c = 0; c < w.channels; c += kChannels, block += BlockBytes(taps)) {
    auto* begin = reinterpret_cast<BlockBegin*>(block);
    auto* weights = reinterpret_cast<int16_t*>(begin + 1);
    for (int64_t i = 0; i < kChannels; ++i) {
      const bool inside = c + i < w.channels;
      int32_t sum = 0;
      for (int64_t t = 0; t < taps; ++t) {
        const int32_t weight =
            inside ? static_cast<int8_t>(w.data[t * w.channels + c + i] ^ w.flip) - w.zero : 0;
        weights[t * kChannels + i] = static_cast<int16_t>(weight);
        sum += weight;
      }
      // Any numbers will do behind the last channel.
      begin->Set(i, r, inside ? c + i : 0, static_cast<uint32_t>(-zero * sum));
    }
  }
}

struct Sums {
  int32x4_t v[kVectors];
};

// One tap of sixteen channels.
template <bool kSigned>
inline __attribute__((always_inline)) void AddTap(const uint8_t* pixel, const int16_t* weights,
                                                  Sums* sums) {
  const uint8x16_t bytes = vld1q_u8(pixel);
  const int8x16_t as_signed = vreinterpretq_s8_u8(bytes);
  const int16x8_t x = kSigned ? vmovl_s8(vget_low_s8(as_signed))
                              : vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes)));
  const int16x8_t y =
      kSigned ? vmovl_high_s8(as_signed) : vreinterpretq_s16_u16(vmovl_high_u8(bytes));
  const int16x8_t first = vld1q_s16(weights), second = vld1q_s16(weights + 8);
  sums->v[0] = vmlal_s16(sums->v[0], vget_low_s16(x), vget_low_s16(first));
  sums->v[1] = vmlal_high_s16(sums->v[1], x, first);
  sums->v[2] = vmlal_s16(sums->v[2], vget_low_s16(y), vget_low_s16(second));
  sums->v[3] = vmlal_high_s16(sums->v[3], y, second);
}

// The bytes of the first `count` of sixteen channels of a pixel.
inline void Finish(const Header& header, const BlockBegin& begin, int64_t count, const Sums& sums,
                   uint8_t* q) {
  int32x4_t v[kVectors];
#pragma GCC unroll 4
  for (int i = 0; i < kVectors; ++i) v[i] = Requantize(sums.v[i], begin, 4 * i);
  StoreBytes(ToBytes(v[0], v[1], header.range), count, q);
  if (count > 8) StoreBytes(ToBytes(v[2], v[3], header.range), count - 8, q + 8);
}

// One pixel whose taps are found.
template <bool kSigned>
void Pixel(const Header& header, const uint8_t* const* taps, int64_t num_taps, int64_t channels,
           const uint8_t* block, uint8_t* q) {
  for (int64_t c = 0; c < channels; c += kChannels, block += BlockBytes(num_taps)) {
    const auto& begin = *reinterpret_cast<const BlockBegin*>(block);
    const auto* weights = reinterpret_cast<const int16_t*>(&begin + 1);
    Sums sums;
#pragma GCC unroll 4
    for (int i = 0; i < kVectors; ++i) sums.v[i] = vld1q_s32(begin.start + 4 * i);
    if (channels - c >= kChannels) {
      for (int64_t t = 0; t < num_taps; ++t) {
        AddTap<kSigned>(taps[t] + c, weights + t * kChannels, &sums);
      }
    } else {
      // The last channels aside: whole vectors would reach beyond the picture.
      uint8_t bytes[kChannels] = {};
      for (int64_t t = 0; t < num_taps; ++t) {
        for (int64_t i = 0; i < channels - c; ++i) bytes[i] = taps[t][c + i];
        AddTap<kSigned>(bytes, weights + t * kChannels, &sums);
      }
    }
    Finish(header, begin, channels - c, sums, q + c);
  }
}

void Row(const DepthwiseRow& row, const uint8_t* packed, uint8_t* q) {
  const auto& header = *reinterpret_cast<const Header*>(packed);
  const int64_t num_taps = row.filter_h * row.filter_w;
  const uint8_t* taps[kMaxDepthwiseTaps];
  for (int64_t x = 0; x < row.out_width; ++x, q += row.channels) {
    FindTaps(row, x, taps);
    const uint8_t* blocks = packed + sizeof(Header);
    if (header.is_signed != 0) {
      Pixel<true>(header, taps, num_taps, row.channels, blocks, q);
    } else {
      Pixel<false>(header, taps, num_taps, row.channels, blocks, q);
    }
  }
}

}  // namespace

extern const DepthwiseKernels kDepthwiseNeon;
const DepthwiseKernels kDepthwiseNeon = {CpuLevel::kNeon, PackedBytes, Pack, Row};

}  // namespace edgetasks::kernels::simd
