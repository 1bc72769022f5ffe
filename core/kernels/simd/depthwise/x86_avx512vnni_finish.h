// What 64 channels of the depthwise family with AVX-512 VNNI are computed with, and what becomes of
// their sums. For its one source file; everything here is static, so that no other file can get
// hold of it.
#ifndef CORE_KERNELS_SIMD_DEPTHWISE_X86_AVX512VNNI_FINISH_H_
#define CORE_KERNELS_SIMD_DEPTHWISE_X86_AVX512VNNI_FINISH_H_

#include <immintrin.h>

#include "core/kernels/simd/depthwise/depthwise.h"
#include "core/kernels/simd/depthwise/x86_avx512vnni_pack.h"
#include "core/kernels/simd/x86_avx512_requantize.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: see above

// Four vectors of sums, or of interleaved columns, of the 64 channels.
struct Four {
  __m512i v[4];
};

inline Four Plus(const Four& a, const Four& b) {
  Four sum;
#pragma GCC unroll 4
  for (int m = 0; m < 4; ++m) sum.v[m] = _mm512_add_epi32(a.v[m], b.v[m]);
  return sum;
}

// Pixels whose sums wait.
constexpr int64_t kPixels = 16;

// What 64 channels of a row are computed with.
struct Block {
  Block(const DepthwiseRow& row, const uint8_t* packed, int64_t c)
      : channel(c),
        mask(Mask64(row.channels - c)),
        weights(packed + sizeof(Header) + c / kChannels * BlockBytes(row.filter_h, row.filter_w)),
        end(*reinterpret_cast<const BlockEnd*>(weights + BlockBytes(row.filter_h, row.filter_w) -
                                               sizeof(BlockEnd))),
        header(*reinterpret_cast<const Header*>(packed)),
        flips(_mm512_set1_epi8(static_cast<char>(row.flip))),
        zeros(_mm512_set1_epi8(static_cast<char>(row.zero))) {}

  Four Start() const {
    Four s;
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) s.v[m] = _mm512_loadu_si512(end.channels[m].start);
    return s;
  }

  Four Weights(int64_t group) const {
    Four w;
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) w.v[m] = _mm512_loadu_si512(weights + (4 * group + m) * kBytes);
    return w;
  }

  Four Outside() const { return {{zeros, zeros, zeros, zeros}}; }

  // The 64 channels of a pixel of each of `count` rows, at most 4; what stands for rows behind them
  // meets weights of zero.
  template <typename PixelOf>
  Four Column(int64_t count, const PixelOf& pixel_of) const {
    __m512i bytes[4];
#pragma GCC unroll 4
    for (int64_t i = 0; i < kGroup; ++i) {
      bytes[i] = i < count ? _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, pixel_of(i)), flips)
                           : bytes[0];
    }
    Four column;
    Interleave(bytes, column.v);
    return column;
  }

  const int64_t channel;
  const __mmask64 mask;  // of the bytes that are there
  const uint8_t* const weights;
  const BlockEnd& end;
  const Header& header;
  const __m512i flips, zeros;
};

inline Four AddProducts(const Four& sums, const Four& column, const Four& weights) {
  Four result;
#pragma GCC unroll 4
  for (int m = 0; m < 4; ++m) {
    result.v[m] = _mm512_dpbusd_epi32(sums.v[m], column.v[m], weights.v[m]);
  }
  return result;
}

inline void StoreSums(const Four& sums, int32_t* to) {
#pragma GCC unroll 4
  for (int m = 0; m < 4; ++m) _mm512_store_si512(to + m * 16, sums.v[m]);
}

// Where the bytes of vectors go, one after another.
struct Destination {
  uint8_t* q;
  int64_t step;               // from a vector to the next
  __mmask64 mask, last_mask;  // of all vectors but the last, and of the last
  // If not null, vectors hold two pixels: this is where the upper halves go, those of the first
  // high_count vectors.
  uint8_t* high = nullptr;
  int64_t high_count = 0;
};

// The bytes of `count` vectors whose sums wait.
template <Way kWay, bool kSplit>
void FinishPixels(const Block& block, const int32_t* sums, int64_t count, Destination to) {
  const OutputBytes range(block.header.range);
  const BlockEnd end = block.end;  // stores of bytes could change what is read through references
  for (int64_t i = 0; i < count; ++i, sums += kChannels, to.q += to.step) {
    __m512i v[4];
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      const __m512i sum = _mm512_load_si512(sums + m * 16);
      v[m] = Requantize<kWay>(sum, end.channels[m]);
    }
    const __m512i bytes = ToBytes<kWay>(v[0], v[1], v[2], v[3], range);
    _mm512_mask_storeu_epi8(to.q, i + 1 < count ? to.mask : to.last_mask, bytes);
    if (!kSplit || i >= to.high_count) continue;
    _mm256_mask_storeu_epi8(to.high + i * to.step, static_cast<__mmask32>(to.mask),
                            _mm512_extracti64x4_epi64(bytes, 1));
  }
}

template <Way kWay>
void FinishBy(const Block& block, const int32_t* sums, int64_t count, const Destination& to) {
  if (to.high != nullptr) {
    FinishPixels<kWay, true>(block, sums, count, to);
  } else {
    FinishPixels<kWay, false>(block, sums, count, to);
  }
}

void Finish(const Block& block, const int32_t* sums, int64_t count, const Destination& to) {
  switch (block.header.way) {
    case Way::kFloatsOfAllBytes:
      return FinishBy<Way::kFloatsOfAllBytes>(block, sums, count, to);
    case Way::kFloats:
      return FinishBy<Way::kFloats>(block, sums, count, to);
    case Way::kFloatsFromZero:
      return FinishBy<Way::kFloatsFromZero>(block, sums, count, to);
    case Way::kQuickFromZero:
      return FinishBy<Way::kQuickFromZero>(block, sums, count, to);
    case Way::kQuick:
      return FinishBy<Way::kQuick>(block, sums, count, to);
    case Way::kLong:
      return FinishBy<Way::kLong>(block, sums, count, to);
  }
}

// What becomes of sums, pixel after pixel: they wait, or are bytes at once where that takes so few
// instructions that these take turns with the products of the next pixel.
class WaitingSums {
 public:
  WaitingSums(const Block& block, int64_t count, const Destination& to)
      : block_(block), left_(count), to_(to) {}

  void Take(const Four& sums) {
    StoreSums(sums, sums_ + waiting_++ * kChannels);
    if (waiting_ < kPixels && waiting_ < left_) return;
    Finish(block_, sums_, waiting_, to_);
    to_.q += waiting_ * to_.step;
    if (to_.high != nullptr) to_.high += waiting_ * to_.step;
    to_.high_count -= waiting_;
    left_ -= waiting_;
    waiting_ = 0;
  }

 private:
  alignas(64) int32_t sums_[kPixels * kChannels];
  const Block& block_;
  int64_t waiting_ = 0, left_;
  Destination to_;
};

template <Way kWay>
class BytesByFloats {
 public:
  BytesByFloats(const Block& block, int64_t, const Destination& to)
      : range_(block.header.range), to_(to) {
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) numbers_[m] = LoadFloats(block.end.channels[m]);
  }

  void Take(const Four& sums) {
    __m512i v[4];
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) v[m] = RequantizeByFloats<true>(sums.v[m], numbers_[m]);
    const __m512i bytes = ToBytes<kWay>(v[0], v[1], v[2], v[3], range_);
    _mm512_mask_storeu_epi8(to_.q, to_.mask, bytes);
    to_.q += to_.step;
    if (to_.high_count-- <= 0) return;
    _mm256_mask_storeu_epi8(to_.high, static_cast<__mmask32>(to_.mask),
                            _mm512_extracti64x4_epi64(bytes, 1));
    to_.high += to_.step;
  }

 private:
  FloatNumbers numbers_[4];
  const OutputBytes range_;
  Destination to_;
};

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_X86_AVX512VNNI_FINISH_H_
