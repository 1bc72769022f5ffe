// The depthwise family with AVX-512 VNNI. Compiled with those flags: everything here is local to
// this file, and no header with inline functions that others may share is included, or the linker
// might keep a copy of one that only newer processors can run.
//
// 64 channels at a time. Four rows of a column of the picture are interleaved, so that VPDPBUSD
// adds their taps up; a column is made once and serves all the output pixels that look at it. Sums
// of some pixels wait in the first-level cache: so the weights stay in registers while sums are
// made, and then the numbers of the channels while they become bytes.
#include <immintrin.h>

#include "core/kernels/simd/depthwise/depthwise.h"
#include "core/kernels/simd/x86_avx512_requantize.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kBytes = 64;
constexpr int64_t kChannels = 64;  // computed together
constexpr int64_t kGroup = 4;      // rows that VPDPBUSD adds up

// The beginning of a packed filter. Then for each 64 channels: for each column of the filter and
// each group of rows four vectors of weights; then the numbers of the channels.
struct Header {
  OutputRange range;
  int32_t quick;
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

// The weights of 64 channels from c on, and their sums.
void PackWeights(const DepthwiseWeights& w, int64_t c, uint8_t* to, __m512i (&sums)[4]) {
  const __m512i flips = _mm512_set1_epi8(static_cast<char>(w.flip));
  const __mmask64 mask = Mask64(w.channels - c);
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
    const ChannelNumbers n = LoadChannels(r, first + 16 * i, count - 16 * i);
    bias[i] = n.bias, mantissa[i] = n.mantissa, shift[i] = n.shift;
  }
  Mix(bias), Mix(mantissa), Mix(shift);
  for (int m = 0; m < 4; ++m) numbers[m] = {bias[m], mantissa[m], shift[m]};
}

// Every channel of a filter goes the same way.
bool AllAreQuick(const Requantization& r, int64_t channels, int64_t reach) {
  for (int64_t c = 0; c < channels; c += 16) {
    if (!AreQuick(LoadChannels(r, c, channels - c), reach)) return false;
  }
  return true;
}

// With z the zeros: sum (x - zx)(w - zw) = sum x (w - zw) - zx sum (w - zw).
void Pack(const DepthwiseWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* packed) {
  const int64_t taps = w.filter_h * w.filter_w;
  const int64_t block_bytes = BlockBytes(w.filter_h, w.filter_w);
  // Four terms of at most 255 * 128 for each tap.
  const bool quick = AllAreQuick(r, w.channels, taps * 4 * 255 * 128);
  const __m512i minus_zero = _mm512_set1_epi32(-pixel_zero);
  const __m512i zeros = _mm512_set1_epi32(static_cast<int32_t>(pixel_zero * w.zero * taps));
  auto* header = reinterpret_cast<Header*>(packed);
  header->range = MakeOutputRange(r);
  header->quick = quick ? 1 : 0;
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
      SetChannels(numbers[m], start, quick, &end->channels[m]);
    }
  }
}

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
  const __mmask64 mask;
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

// The bytes of `count` pixels whose sums wait; pixels are `step` bytes apart.
template <bool kQuick>
void FinishPixels(const Block& block, const int32_t* sums, int64_t count, uint8_t* q,
                  int64_t step) {
  const OutputRange range = block.header.range;
  const BlockEnd end = block.end;  // stores of bytes could change what is read through references
  const __mmask64 mask = block.mask;
  for (int64_t i = 0; i < count; ++i, sums += kChannels, q += step) {
    __m512i v[4];
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      const __m512i sum = _mm512_load_si512(sums + m * 16);
      v[m] =
          kQuick ? RequantizeQuickly(sum, end.channels[m]) : RequantizeAnyhow(sum, end.channels[m]);
    }
    _mm512_mask_storeu_epi8(q, mask, ToBytes(v[0], v[1], v[2], v[3], range));
  }
}

void Finish(const Block& block, const int32_t* sums, int64_t count, uint8_t* q, int64_t step) {
  if (block.header.quick != 0) {
    FinishPixels<true>(block, sums, count, q, step);
  } else {
    FinishPixels<false>(block, sums, count, q, step);
  }
}

// What the weights' zero takes from every sum that a column's first `rows` rows are added to.
struct ZeroWeights {
  ZeroWeights(int32_t weight_zero, int64_t rows) {
    // -zero is one more than int8 holds at most: two halves. In the bytes of rows that are there.
    const int32_t first = -weight_zero / 2, second = -weight_zero - first;
    const uint32_t there = 0x01010101u >> (8 * (kGroup - rows));
    a = _mm512_set1_epi32(static_cast<int32_t>((first & 0xFF) * there));
    b = _mm512_set1_epi32(static_cast<int32_t>((second & 0xFF) * there));
  }

  Four PartOf(const Four& column) const {
    Four part;
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      part.v[m] = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(_mm512_setzero_si512(), column.v[m], a),
                                      column.v[m], b);
    }
    return part;
  }

  __m512i a, b;
};

// Any filter: the columns of every output pixel are made for it.
void AnyRow(const DepthwiseRow& row, const Block& block, uint8_t* q) {
  alignas(64) int32_t waiting[kChannels];
  const int32_t weight_zero = block.header.weight_zero;
  for (int64_t x = 0; x < row.out_width; ++x, q += row.channels) {
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
        if (weight_zero == 0) continue;
        sums = Plus(sums, ZeroWeights(weight_zero, rows).PartOf(column));
      }
    }
    StoreSums(sums, waiting);
    Finish(block, waiting, 1, q, 0);
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
    Column column;
    if (static_cast<uint64_t>(x_) < width_) {
      column.pixels = block_.Column(3, [&](int64_t i) { return pixel_[i]; });
    } else {
      column.pixels = block_.Outside();
    }
    ++x_;
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) pixel_[i] += step_[i];
    if (kZero) column.zero = zero_weights_.PartOf(column.pixels);
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

// Three rows by three columns without gaps: every column is made once for the output pixels it
// belongs to, two or three of them.
template <int kStride, bool kZero>
void Row3x3(const DepthwiseRow& row, const Block& block, uint8_t* q) {
  using Column = typename Columns3<kZero>::Column;
  alignas(64) int32_t waiting[kPixels * kChannels];
  Columns3<kZero> columns(row, block);
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
  for (int64_t x = 0; x < row.out_width; x += kPixels) {
    const int64_t left = row.out_width - x, count = left < kPixels ? left : kPixels;
    for (int64_t i = 0; i < count; ++i) {
      if (kStride == 2) now = add(now, columns.Next(), w1);
      column = columns.Next();
      StoreSums(add(now, column, w2), waiting + i * kChannels);
      if (kStride == 1) {
        now = add(next, column, w1);
        next = add(start, column, w0);
      } else {
        now = add(start, column, w0);
      }
    }
    Finish(block, waiting, count, q + x * row.channels, row.channels);
  }
}

void Row(const DepthwiseRow& row, const uint8_t* packed, uint8_t* q) {
  const bool is_3x3 = row.filter_h == 3 && row.filter_w == 3 && row.dilation == 1;
  const bool zero = reinterpret_cast<const Header*>(packed)->weight_zero != 0;
  for (int64_t c = 0; c < row.channels; c += kChannels) {
    const Block block(row, packed, c);
    if (is_3x3 && row.stride == 1) {
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
const DepthwiseKernels kDepthwiseAvx512Vnni = {CpuLevel::kAvx512Vnni, PackedBytes, Pack, Row};

}  // namespace edgetasks::kernels::simd
