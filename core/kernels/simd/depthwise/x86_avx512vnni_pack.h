// How the depthwise family with AVX-512 VNNI packs a filter. For its one source file; everything
// here is static, so that no other file can get hold of it.
#ifndef CORE_KERNELS_SIMD_DEPTHWISE_X86_AVX512VNNI_PACK_H_
#define CORE_KERNELS_SIMD_DEPTHWISE_X86_AVX512VNNI_PACK_H_

#include <immintrin.h>

#include "core/kernels/simd/depthwise/depthwise.h"
#include "core/kernels/simd/x86_avx512_requantize.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: see above

constexpr int64_t kBytes = 64;
constexpr int64_t kChannels = 64;  // computed together
constexpr int64_t kGroup = 4;      // rows that VPDPBUSD adds up

// The beginning of a packed filter. Then for each 64 channels: for each column of the filter and
// each group of rows four vectors of weights; then the numbers of the channels.
struct Header {
  OutputRange range;
  Way way;
  int32_t weight_zero;
  int32_t unused[10];  // a whole cache line
};
static_assert(sizeof(Header) == kBytes, "blocks stay aligned");

struct BlockEnd {
  RequantizedChannels channels[4];
};

int64_t Groups(int64_t filter_h) { return (filter_h + kGroup - 1) / kGroup; }

int64_t BlockBytes(int64_t filter_h, int64_t filter_w) {
  return filter_w * Groups(filter_h) * 4 * kBytes + static_cast<int64_t>(sizeof(BlockEnd));
}

int64_t PackedBytes(int64_t taps, int64_t channels) {
  // A filter of one row has as many groups as taps; no other of as many taps has more.
  const int64_t blocks = (channels + kChannels - 1) / kChannels;
  return static_cast<int64_t>(sizeof(Header)) + blocks * BlockBytes(1, taps);
}

// Four rows of 64 channels -> for m in 0..3 a vector whose lanes of 128 bits hold channels
// 16 * lane + 4 * m and the three after it, four rows each.
void Interleave(const __m512i (&rows)[4], __m512i (&mixed)[4]) {
  const __m512i ab_low = _mm512_unpacklo_epi8(rows[0], rows[1]);
  const __m512i ab_high = _mm512_unpackhi_epi8(rows[0], rows[1]);
  const __m512i cd_low = _mm512_unpacklo_epi8(rows[2], rows[3]);
  const __m512i cd_high = _mm512_unpackhi_epi8(rows[2], rows[3]);
  mixed[0] = _mm512_unpacklo_epi16(ab_low, cd_low);
  mixed[1] = _mm512_unpackhi_epi16(ab_low, cd_low);
  mixed[2] = _mm512_unpacklo_epi16(ab_high, cd_high);
  mixed[3] = _mm512_unpackhi_epi16(ab_high, cd_high);
}

// So few channels, the last, that a vector holds those of two pixels: they are packed twice.
bool FitsTwice(int64_t channels) { return channels <= kChannels / 2; }

// The weights of 64 channels from c on, and their sums.
void PackWeights(const DepthwiseWeights& w, int64_t c, uint8_t* to, __m512i (&sums)[4]) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(w.flip));
  const __mmask64 mask = Mask64(w.channels - c);
  const bool twice = FitsTwice(w.channels - c);
  for (__m512i& sum : sums) sum = _mm512_setzero_si512();
  for (int64_t j = 0; j < w.filter_w; ++j) {
    for (int64_t first = 0; first < w.filter_h; first += kGroup) {
      __m512i rows[4], mixed[4];
      for (int64_t i = 0; i < kGroup; ++i) {
        rows[i] = _mm512_setzero_si512();
        if (first + i >= w.filter_h) continue;
        const uint8_t* row = w.data + ((first + i) * w.filter_w + j) * w.channels + c;
        rows[i] = _mm512_maskz_mov_epi8(
            mask, _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, row), flips));
        if (twice) rows[i] = _mm512_shuffle_i64x2(rows[i], rows[i], 0x44);
      }
      Interleave(rows, mixed);
      for (int m = 0; m < 4; ++m, to += kBytes) {
        sums[m] = _mm512_dpbusd_epi32(sums[m], _mm512_set1_epi8(1), mixed[m]);
        _mm512_storeu_si512(to, mixed[m]);
      }
    }
  }
}

// Numbers of 64 channels in their order -> in that of mixed vectors: a transpose of 128 bits each.
void Mix(__m512i (&v)[4]) {
  const __m512i t0 = _mm512_shuffle_i32x4(v[0], v[1], 0x88);
  const __m512i t1 = _mm512_shuffle_i32x4(v[2], v[3], 0x88);
  const __m512i t2 = _mm512_shuffle_i32x4(v[0], v[1], 0xDD);
  const __m512i t3 = _mm512_shuffle_i32x4(v[2], v[3], 0xDD);
  v[0] = _mm512_shuffle_i32x4(t0, t1, 0x88);
  v[2] = _mm512_shuffle_i32x4(t0, t1, 0xDD);
  v[1] = _mm512_shuffle_i32x4(t2, t3, 0x88);
  v[3] = _mm512_shuffle_i32x4(t2, t3, 0xDD);
}

void MixedChannels(const Requantization& r, int64_t first, int64_t count,
                   ChannelNumbers (&numbers)[4]) {
  __m512i bias[4], mantissa[4], shift[4];
  for (int i = 0; i < 4; ++i) {
    const int at = FitsTwice(count) ? 16 * i % 32 : 16 * i;
    const ChannelNumbers n = LoadChannels(r, first + at, count - at);
    bias[i] = n.bias, mantissa[i] = n.mantissa, shift[i] = n.shift;
  }
  Mix(bias), Mix(mantissa), Mix(shift);
  for (int m = 0; m < 4; ++m) numbers[m] = {bias[m], mantissa[m], shift[m]};
}

// Every channel of a filter goes the same way.
Way WayOfAll(const DepthwiseWeights& w, const Requantization& r) {
  Way way = Way::kFloatsOfAllBytes;
  for (int64_t c = 0; c < w.channels; c += 16) {
    const ChannelNumbers n = LoadChannels(r, c, w.channels - c);
    way = Lesser(way, WayOf(r, n, w.filter_h * w.filter_w, w.zero));
  }
  return way;
}

// With z the zeros: sum (x - zx)(w - zw) = sum x (w - zw) - zx sum (w - zw).
void PackBlocks(const DepthwiseWeights& w, const Requantization& r, int32_t pixel_zero,
                uint8_t* packed) {
  const int64_t taps = w.filter_h * w.filter_w;
  const int64_t block_bytes = BlockBytes(w.filter_h, w.filter_w);
  // Nine rows are too many for the prefetchers.
  for (int64_t i = 0; i < taps * w.channels; i += kBytes) Prefetch(w.data + i);
  PrefetchChannels(r, w.channels);
  const Way way = WayOfAll(w, r);
  const __m512i minus_zero = _mm512_set1_epi32(-pixel_zero);
  const __m512i zeros = _mm512_set1_epi32(static_cast<int32_t>(pixel_zero * w.zero * taps));
  auto* header = reinterpret_cast<Header*>(packed);
  header->range = MakeOutputRange(r);
  header->way = way;
  header->weight_zero = w.zero;
  uint8_t* block = packed + sizeof(Header);
  for (int64_t c = 0; c < w.channels; c += kChannels, block += block_bytes) {
    __m512i sums[4];
    PackWeights(w, c, block, sums);
    ChannelNumbers numbers[4];
    MixedChannels(r, c, w.channels - c, numbers);
    auto* end = reinterpret_cast<BlockEnd*>(block + block_bytes - sizeof(BlockEnd));
    for (int m = 0; m < 4; ++m) {
      const __m512i start = _mm512_add_epi32(_mm512_add_epi32(numbers[m].bias, zeros),
                                             _mm512_mullo_epi32(minus_zero, sums[m]));
      SetChannels(numbers[m], start, way, &end->channels[m]);
    }
  }
}

// So few channels that a vector holds several pixels: they are packed as often as they fit.
bool IsNarrow(int64_t channels) { return channels < kChannels && kChannels % channels == 0; }

void Pack(const DepthwiseWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* packed) {
  if (!IsNarrow(w.channels)) return PackBlocks(w, r, pixel_zero, packed);
  const int64_t taps = w.filter_h * w.filter_w;
  uint8_t weights[kMaxDepthwiseTaps * kChannels];
  int32_t bias[kChannels], multipliers[2 * kChannels];
  for (int64_t i = 0; i < kChannels; ++i) {
    const int64_t c = i % w.channels;
    for (int64_t t = 0; t < taps; ++t) weights[t * kChannels + i] = w.data[t * w.channels + c];
    bias[i] = r.bias != nullptr ? r.bias[c] : 0;
    multipliers[2 * i] = r.multipliers[2 * c * r.multiplier_step];
    multipliers[2 * i + 1] = r.multipliers[2 * c * r.multiplier_step + 1];
  }
  DepthwiseWeights repeated = w;
  repeated.data = weights;
  repeated.channels = kChannels;
  Requantization numbers = r;
  numbers.bias = bias;
  numbers.multipliers = multipliers;
  numbers.multiplier_step = 1;
  PackBlocks(repeated, numbers, pixel_zero, packed);
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_X86_AVX512VNNI_PACK_H_
