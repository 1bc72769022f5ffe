// The depthwise family with AVX-512 VNNI. Compiled with those flags: everything here is local to
// this file, and no header with inline functions that others may share is included, or the linker
// might keep a copy of one that only newer processors can run.
//
// 64 channels at a time. Four rows of a column of the picture are interleaved, so that VPDPBUSD
// adds their taps up; a column is made once and serves all the output pixels that look at it. Sums
// become bytes at once where few instructions do it. Others wait in the first-level cache: so the
// weights stay in registers while sums of some pixels are made, and then the numbers of the
// channels while they become bytes.
#include <immintrin.h>

#include "core/kernels/simd/depthwise/depthwise.h"
#include "core/kernels/simd/depthwise/x86_avx512vnni_finish.h"
#include "core/kernels/simd/depthwise/x86_avx512vnni_pack.h"
#include "core/kernels/simd/x86_avx512_float_steps.h"
#include "core/kernels/simd/x86_avx512_requantize.h"

namespace edgetasks::kernels::simd {
namespace {

// What the weights' zero takes from every sum that a column's first `rows` rows are added to.
struct ZeroWeights {
  ZeroWeights(int32_t weight_zero, int64_t rows) {
    // 128, which int8 does not hold, is 127 and 1. In the bytes of rows that are there.
    const int32_t most = weight_zero == -128 ? 127 : -weight_zero;
    const uint32_t there = 0x01010101u >> (8 * (kGroup - rows));
    weights = _mm512_set1_epi32(static_cast<int32_t>((most & 0xFF) * there));
    ones = _mm512_set1_epi32(static_cast<int32_t>(there));
    one_more = weight_zero == -128;
  }

  Four AddTo(const Four& sums, const Four& column) const {
    Four result;
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      result.v[m] = _mm512_dpbusd_epi32(sums.v[m], column.v[m], weights);
      if (one_more) result.v[m] = _mm512_dpbusd_epi32(result.v[m], column.v[m], ones);
    }
    return result;
  }

  __m512i weights, ones;
  bool one_more;
};

// What the weights' zero takes away, for every group of rows of a filter.
struct AllZeroWeights {
  AllZeroWeights(const DepthwiseRow& row, const Block& block)
      : there(block.header.weight_zero != 0),
        whole(block.header.weight_zero, kGroup),
        last(block.header.weight_zero, (row.filter_h - 1) % kGroup + 1) {}

  // `sums` and what is due for a column of rows from `first` on.
  Four Add(const Four& sums, const Four& column, const DepthwiseRow& row, int64_t first) const {
    if (!there) return sums;
    return first + kGroup <= row.filter_h ? whole.AddTo(sums, column) : last.AddTo(sums, column);
  }

  const bool there;
  const ZeroWeights whole, last;
};

// Any filter: the columns of every output pixel are made for it.
void AnyRow(const DepthwiseRow& row, const Block& block, uint8_t* q) {
  alignas(64) int32_t waiting[kPixels * kChannels];
  const AllZeroWeights zero_weights(row, block);
  for (int64_t x = 0; x < row.out_width; ++x) {
    Four sums = block.Start();
    int64_t group = 0;
    for (int64_t j = 0; j < row.filter_w; ++j) {
      const int64_t at = x * row.stride + j * row.dilation - row.pad;
      for (int64_t first = 0; first < row.filter_h; first += kGroup, ++group) {
        const int64_t rows = row.filter_h - first < kGroup ? row.filter_h - first : kGroup;
        const Four column =
            at < 0 || at >= row.width ? block.Outside() : block.Column(rows, [&](int64_t i) {
              const DepthwiseInputRow& from = row.rows[first + i];
              return from.data + at * from.step + block.channel;
            });
        sums = AddProducts(sums, column, block.Weights(group));
        sums = zero_weights.Add(sums, column, row, first);
      }
    }
    StoreSums(sums, waiting + x % kPixels * kChannels);
    if (x % kPixels + 1 < kPixels && x + 1 < row.out_width) continue;
    const int64_t first = x - x % kPixels;
    Finish(block, waiting, x + 1 - first,
           {q + first * row.channels, row.channels, block.mask, block.mask});
  }
}

// The same where a vector holds several pixels, next to each other in input and output.
class NarrowColumns {
 public:
  NarrowColumns(const DepthwiseRow& row, const Block& block)
      : row_(row),
        row_bytes_(row.width * row.channels),
        flips_(block.flips),
        outside_(_mm512_xor_si512(block.zeros, block.flips)) {}

  // Bytes [from, from + 64) of up to four rows; zeros stand before and behind the row.
  Four At(int64_t from, int64_t first_row) const {
    const int64_t first = from < 0 ? (from < -kChannels ? kChannels : -from) : 0;
    const int64_t last = row_bytes_ - from < 0 ? 0 : row_bytes_ - from;
    const __mmask64 inside = Mask64(last) & ~Mask64(first);
    __m512i bytes[4];
#pragma GCC unroll 4
    for (int64_t i = 0; i < kGroup; ++i) {
      const int64_t at = first_row + i < row_.filter_h ? first_row + i : first_row;
      const DepthwiseInputRow& input = row_.rows[at];
      const __mmask64 mask = input.step == 0 ? 0 : inside;
      bytes[i] =
          _mm512_xor_si512(_mm512_mask_loadu_epi8(outside_, mask, input.data + from), flips_);
    }
    Four column;
    Interleave(bytes, column.v);
    return column;
  }

 private:
  const DepthwiseRow& row_;
  const int64_t row_bytes_;
  const __m512i flips_, outside_;
};

void NarrowRow(const DepthwiseRow& row, const Block& block, uint8_t* q) {
  alignas(64) int32_t waiting[kPixels * kChannels];
  const int64_t out_bytes = row.out_width * row.channels;
  const AllZeroWeights zero_weights(row, block);
  const NarrowColumns columns(row, block);
  int64_t count = 0;
  for (int64_t at = 0; at < out_bytes; at += kChannels) {
    Four sums = block.Start();
    int64_t group = 0;
    for (int64_t j = 0; j < row.filter_w; ++j) {
      const int64_t from = at + (j * row.dilation - row.pad) * row.channels;
      for (int64_t first = 0; first < row.filter_h; first += kGroup, ++group) {
        const Four column = columns.At(from, first);
        sums = AddProducts(sums, column, block.Weights(group));
        sums = zero_weights.Add(sums, column, row, first);
      }
    }
    StoreSums(sums, waiting + count++ * kChannels);
    const int64_t left = out_bytes - at;
    if (count < kPixels && left > kChannels) continue;
    // The last vector of the row may be a part of one.
    Finish(block, waiting, count, {q, kChannels, ~0ull, Mask64(left)});
    q += count * kChannels;
    count = 0;
  }
}

// Columns of three rows, one after another.
template <bool kZero>
class Columns3 {
 public:
  struct Column {
    Four pixels, zero;
  };

  Columns3(const DepthwiseRow& row, const Block& block)
      : block_(block),
        zero_weights_(block.header.weight_zero, 3),
        width_(static_cast<uint64_t>(row.width)),
        x_(-row.pad) {
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) {
      step_[i] = row.rows[i].step;
      pixel_[i] = row.rows[i].data + x_ * step_[i] + block.channel;
    }
  }

  Column Next() {
    const __m512i zero = _mm512_setzero_si512();
    const Four none = {{zero, zero, zero, zero}};
    Column column;
    if (static_cast<uint64_t>(x_) < width_) {
      column.pixels = block_.Column(3, [&](int64_t i) { return pixel_[i]; });
    } else {
      column.pixels = block_.Outside();
    }
    ++x_;
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) pixel_[i] += step_[i];
    if (kZero) column.zero = zero_weights_.AddTo(none, column.pixels);
    return column;
  }

 private:
  const Block block_;
  const ZeroWeights zero_weights_;
  const uint64_t width_;
  int64_t x_;
  const uint8_t* pixel_[3];
  int64_t step_[3];
};

// The same of up to 32 channels of two pixels at once, `apart` pixels apart.
template <bool kZero>
class SplitColumns3 {
 public:
  using Column = typename Columns3<kZero>::Column;

  SplitColumns3(const DepthwiseRow& row, const Block& block, int64_t apart)
      : block_(block),
        zero_weights_(block.header.weight_zero, 3),
        outside_(_mm512_castsi512_si256(_mm512_xor_si512(block.zeros, block.flips))),
        width_(static_cast<uint64_t>(row.width)),
        apart_(apart),
        x_(-row.pad) {
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) {
      step_[i] = row.rows[i].step;
      pixel_[i] = row.rows[i].data + x_ * step_[i] + block.channel;
    }
  }

  Column Next() {
    const __m512i zero = _mm512_setzero_si512();
    const Four none = {{zero, zero, zero, zero}};
    const auto mask = static_cast<__mmask32>(block_.mask);
    const __mmask32 low = static_cast<uint64_t>(x_) < width_ ? mask : 0;
    const __mmask32 high = static_cast<uint64_t>(x_ + apart_) < width_ ? mask : 0;
    __m512i bytes[4];
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) {
      const __m256i first = _mm256_mask_loadu_epi8(outside_, low, pixel_[i]);
      const __m256i second = _mm256_mask_loadu_epi8(outside_, high, pixel_[i] + apart_ * step_[i]);
      const __m512i both = _mm512_inserti64x4(_mm512_castsi256_si512(first), second, 1);
      bytes[i] = _mm512_xor_si512(both, block_.flips);
      pixel_[i] += step_[i];
    }
    bytes[3] = bytes[0];
    ++x_;
    Column column;
    Interleave(bytes, column.pixels.v);
    if (kZero) column.zero = zero_weights_.AddTo(none, column.pixels);
    return column;
  }

 private:
  const Block block_;
  const ZeroWeights zero_weights_;
  const __m256i outside_;
  const uint64_t width_;
  const int64_t apart_;
  int64_t x_;
  const uint8_t* pixel_[3];
  int64_t step_[3];
};

// Three rows by three columns without gaps: every column is made once for the output pixels it
// belongs to, two or three of them. Of `count` pixels, for vectors of one pixel.
template <int kStride, bool kZero, typename Columns, typename Pixels>
inline __attribute__((always_inline)) void Pixels3x3(Columns columns, const Block& block,
                                                     int64_t count, Pixels pixels) {
  using Column = typename Columns::Column;
  const Four start = block.Start();
  const Four w0 = block.Weights(0), w1 = block.Weights(1), w2 = block.Weights(2);
  const auto add = [](const Four& sums, const Column& column, const Four& weights)
      __attribute__((always_inline)) {
    const Four added = AddProducts(sums, column.pixels, weights);
    return kZero ? Plus(added, column.zero) : added;
  };
  // The sums of an output pixel that lack its last column, or its last two, and of the pixel after
  // it.
  Column column = columns.Next();
  Four now = add(start, column, w0), next = now;
  if (kStride == 1) {
    column = columns.Next();
    now = add(now, column, w1);
    next = add(start, column, w0);
  }
  for (int64_t x = 0; x < count; ++x) {
    if (kStride == 2) now = add(now, columns.Next(), w1);
    column = columns.Next();
    const Four sums = add(now, column, w2);
    if (kStride == 1) {
      now = add(next, column, w1);
      next = add(start, column, w0);
    } else {
      now = add(start, column, w0);
    }
    pixels.Take(sums);
  }
}

template <int kStride, bool kZero, typename Pixels>
void Row3x3By(const DepthwiseRow& row, const Block& block, uint8_t* q) {
  Destination to = {q, row.channels, block.mask, block.mask};
  if (!FitsTwice(row.channels - block.channel)) {
    Pixels3x3<kStride, kZero>(Columns3<kZero>(row, block), block, row.out_width,
                              Pixels(block, row.out_width, to));
    return;
  }
  // The right half of the row meets the same weights in the upper half of vectors.
  const int64_t half = (row.out_width + 1) / 2;
  to.high = q + half * row.channels;
  to.high_count = row.out_width - half;
  Pixels3x3<kStride, kZero>(SplitColumns3<kZero>(row, block, half * kStride), block, half,
                            Pixels(block, half, to));
}

template <int kStride, bool kZero>
void Row3x3(const DepthwiseRow& row, const Block& block, uint8_t* q) {
  if (block.header.way == Way::kFloatsOfAllBytes) {
    Row3x3By<kStride, kZero, BytesByFloats<Way::kFloatsOfAllBytes>>(row, block, q);
  } else if (block.header.way == Way::kFloatsFromZero) {
    Row3x3By<kStride, kZero, BytesByFloats<Way::kFloatsFromZero>>(row, block, q);
  } else {
    Row3x3By<kStride, kZero, WaitingSums>(row, block, q);
  }
}

void Row(const DepthwiseRow& row, const uint8_t* packed, uint8_t* q) {
  const bool is_3x3 = row.filter_h == 3 && row.filter_w == 3 && row.dilation == 1;
  const bool zero = reinterpret_cast<const Header*>(packed)->weight_zero != 0;
  for (int64_t c = 0; c < row.channels; c += kChannels) {
    const Block block(row, packed, c);
    // Columns that serve three pixels are better than two pixels side by side.
    if (row.stride == 1 && IsNarrow(row.channels) && (!is_3x3 || row.channels <= 16)) {
      NarrowRow(row, block, q);
    } else if (is_3x3 && row.stride == 1) {
      zero ? Row3x3<1, true>(row, block, q + c) : Row3x3<1, false>(row, block, q + c);
    } else if (is_3x3 && row.stride == 2) {
      zero ? Row3x3<2, true>(row, block, q + c) : Row3x3<2, false>(row, block, q + c);
    } else {
      AnyRow(row, block, q + c);
    }
  }
}

}  // namespace

extern const DepthwiseKernels kDepthwiseAvx512Vnni;
const DepthwiseKernels kDepthwiseAvx512Vnni = {CpuLevel::kAvx512Vnni, PackedBytes, Pack, Row,
                                               FloatsAreExact};

}  // namespace edgetasks::kernels::simd
