// The depthwise family with AVX2. Compiled with its flags: everything here is local to this file.
//
// 32 channels at a time. Weights are packed as 16 bits, less their zero; the bytes of two taps are
// widened and interleaved, so that VPMADDWD adds the taps up.
#include <immintrin.h>

#include "core/kernels/simd/depthwise/depthwise.h"
#include "core/kernels/simd/depthwise/taps.h"
#include "core/kernels/simd/x86_avx2_requantize.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kChannels = 32;  // computed together
constexpr int64_t kLanes = 8;
constexpr int64_t kVectors = kChannels / kLanes;

// The beginning of a packed filter. Then for each 32 channels: their numbers; then for each pair of
// taps four vectors of pairs of weights.
struct Header {
  OutputRange range;
  int32_t quick;
  int32_t is_signed;
  Requantization plain;  // of channels that do not go the quick way
  int64_t unused[2];
};

// Vector v holds channels ChannelOf(v, 0) and so on.
struct BlockBegin {
  RequantizedChannels channels[kVectors];
  int32_t plain_start[kChannels];  // in the same order; no bias
};

int64_t Pairs(int64_t taps) { return (taps + 1) / 2; }

int64_t BlockBytes(int64_t taps) {
  return static_cast<int64_t>(sizeof(BlockBegin)) + Pairs(taps) * kChannels * 4;
}

int64_t PackedBytes(int64_t taps, int64_t channels) {
  return static_cast<int64_t>(sizeof(Header)) +
         (channels + kChannels - 1) / kChannels * BlockBytes(taps);
}

// Sixteen channels are widened to one vector of 16 bits; interleaving two of these by their low
// halves gives channels 0..3 and 8..11, by their high halves 4..7 and 12..15.
int64_t ChannelOf(int64_t v, int64_t i) { return v / 2 * 16 + v % 2 * 4 + i / 4 * 8 + i % 4; }

// With z the zeros: sum (x - zx)(w - zw) = sum x (w - zw) - zx sum (w - zw).
void Pack(const DepthwiseWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* packed) {
  const int64_t taps = w.filter_h * w.filter_w, reach = taps * 4 * 255 * 128;
  auto* header = reinterpret_cast<Header*>(packed);
  const bool is_signed = w.flip == 0;  // weights and pixels are both int8, or both uint8
  const int32_t zero = is_signed ? pixel_zero - 128 : pixel_zero;
  bool quick = true;
  for (int64_t c = 0; c < w.channels; ++c) quick = quick && IsQuick(r, c, reach);
  header->range = MakeOutputRange(r);
  header->quick = quick ? 1 : 0;
  header->is_signed = is_signed ? 1 : 0;
  header->plain = r;
  uint8_t* block = packed + sizeof(Header);
  for (int64_t c = 0; c < w.channels; c += kChannels, block += BlockBytes(taps)) {
    auto* begin = reinterpret_cast<BlockBegin*>(block);
    auto* weights = reinterpret_cast<int16_t*>(begin + 1);
    for (int64_t at = 0; at < kChannels; ++at) {
      const int64_t v = at / kLanes, i = at % kLanes, channel = c + ChannelOf(v, i);
      const bool inside = channel < w.channels;
      int32_t sum = 0;
      for (int64_t t = 0; t < 2 * Pairs(taps); ++t) {
        const int32_t weight =
            inside && t < taps
                ? static_cast<int8_t>(w.data[t * w.channels + channel] ^ w.flip) - w.zero
                : 0;
        weights[(t / 2 * kChannels + at) * 2 + t % 2] = static_cast<int16_t>(weight);
        sum += weight;
      }
      begin->plain_start[at] = -zero * sum;
      const int64_t known = inside ? channel : 0;  // any numbers will do behind the last
      const int64_t bias = r.bias != nullptr ? r.bias[known] : 0;
      if (quick) SetChannel(i, r, known, bias - int64_t{zero} * sum, &begin->channels[v]);
    }
  }
}

struct Sums {
  __m256i v[kVectors];
};

// Sixteen bytes as 16 bits.
template <bool kSigned>
inline __m256i Widen(const uint8_t* bytes) {
  const __m128i all = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  return kSigned ? _mm256_cvtepi8_epi16(all) : _mm256_cvtepu8_epi16(all);
}

// `taps` has an even number of pointers to 32 bytes.
template <bool kSigned>
inline void AddTaps(const uint8_t* const* taps, int64_t pairs, int64_t channel,
                    const int16_t* weights, Sums* sums) {
  for (int64_t p = 0; p < pairs; ++p, taps += 2, weights += 2 * kChannels) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      const __m256i x = Widen<kSigned>(taps[0] + channel + 16 * half);
      const __m256i y = Widen<kSigned>(taps[1] + channel + 16 * half);
      const int16_t* w = weights + 2 * 16 * half;
      __m256i* acc = sums->v + 2 * half;
      acc[0] =
          _mm256_add_epi32(acc[0], _mm256_madd_epi16(_mm256_unpacklo_epi16(x, y), LoadVector(w)));
      acc[1] = _mm256_add_epi32(acc[1],
                                _mm256_madd_epi16(_mm256_unpackhi_epi16(x, y), LoadVector(w + 16)));
    }
  }
}

// Requantized numbers of vectors 0 and 1, or 2 and 3 -> in the order of their channels.
inline void InOrder(__m256i* low, __m256i* high) {
  const __m256i first = _mm256_permute2x128_si256(*low, *high, 0x20);
  *high = _mm256_permute2x128_si256(*low, *high, 0x31);
  *low = first;
}

// The bytes of 32 channels of a pixel.
void Finish(const Header& header, const BlockBegin& begin, int64_t channel, int64_t count,
            const Sums& sums, uint8_t* q) {
  if (header.quick == 0) {
    int32_t in_order[kChannels];
    for (int64_t v = 0; v < kVectors; ++v) {
      int32_t numbers[kLanes];
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(numbers), sums.v[v]);
      for (int64_t i = 0; i < kLanes; ++i) in_order[ChannelOf(v, i)] = numbers[i];
    }
    Requantization r = header.plain;
    if (r.bias != nullptr) r.bias += channel;
    r.multipliers += 2 * channel * r.multiplier_step;
    return RequantizeRow(r, in_order, count < kChannels ? count : kChannels, q);
  }
  __m256i v[kVectors];
#pragma GCC unroll 4
  for (int i = 0; i < kVectors; ++i) v[i] = RequantizeQuickly(sums.v[i], begin.channels[i]);
  InOrder(&v[0], &v[1]);
  InOrder(&v[2], &v[3]);
  StoreBytes(ToBytes(v[0], v[1], v[2], v[3], header.range), count, q);
}

// One pixel whose taps are found.
template <bool kSigned>
void Pixel(const Header& header, const uint8_t* const* taps, int64_t num_taps, int64_t channels,
           const uint8_t* block, uint8_t* q) {
  const int64_t pairs = Pairs(num_taps);
  for (int64_t c = 0; c < channels; c += kChannels, block += BlockBytes(num_taps)) {
    const auto& begin = *reinterpret_cast<const BlockBegin*>(block);
    const auto* weights = reinterpret_cast<const int16_t*>(&begin + 1);
    Sums sums;
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      sums.v[v] =
          LoadVector(header.quick != 0 ? begin.channels[v].start : begin.plain_start + v * kLanes);
    }
    if (channels - c >= kChannels) {
      AddTaps<kSigned>(taps, pairs, c, weights, &sums);
    } else {
      // The last channels aside: whole vectors would reach beyond the picture.
      uint8_t bytes[2][kChannels] = {};
      const uint8_t* const pair[2] = {bytes[0], bytes[1]};
      for (int64_t p = 0; p < pairs; ++p) {
        for (int64_t i = 0; i < channels - c; ++i) {
          bytes[0][i] = taps[2 * p][c + i];
          bytes[1][i] = taps[2 * p + 1][c + i];
        }
        AddTaps<kSigned>(pair, 1, 0, weights + p * 2 * kChannels, &sums);
      }
    }
    Finish(header, begin, c, channels - c, sums, q + c);
  }
}

void Row(const DepthwiseRow& row, const uint8_t* packed, uint8_t* q) {
  const auto& header = *reinterpret_cast<const Header*>(packed);
  const int64_t num_taps = row.filter_h * row.filter_w;
  const uint8_t* taps[kMaxDepthwiseTaps + 1];
  taps[num_taps] = row.zeros;  // of an odd number, the last meets weights of zero
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

extern const DepthwiseKernels kDepthwiseAvx2;
const DepthwiseKernels kDepthwiseAvx2 = {CpuLevel::kAvx2, PackedBytes, Pack, Row};

}  // namespace edgetasks::kernels::simd
