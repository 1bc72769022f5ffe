// The depthwise family with AVX-512 VNNI. Compiled with those flags: everything here is local to
// this file, and no header with inline functions that others may share is included, or the linker
// might keep a copy of one that only newer processors can run.
//
// 64 channels at a time. Four rows of a column of the picture are interleaved, so that VPDPBUSD
// adds their taps up; a column is made once and serves all the output pixels that look at it.
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

// Number i of vector m of mixed ones is of this channel of the 64.
int ChannelOf(int m, int i) { return 16 * (i / 4) + 4 * m + i % 4; }

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

// With z the zeros: sum (x - zx)(w - zw) = sum x (w - zw) - zx sum (w - zw).
void Pack(const DepthwiseWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* packed) {
  const int64_t taps = w.filter_h * w.filter_w, reach = taps * 256 * 256;
  const int64_t block_bytes = BlockBytes(w.filter_h, w.filter_w);
  uint8_t* const blocks = packed + sizeof(Header);
  const auto each_channel = [&](const auto& body) {
    for (int64_t c = 0; c < w.channels; c += kChannels) {
      uint8_t* block_end = blocks + (c / kChannels + 1) * block_bytes - sizeof(BlockEnd);
      auto* end = reinterpret_cast<BlockEnd*>(block_end);
      for (int m = 0; m < 4; ++m) {
        for (int i = 0; i < 16; ++i) {
          // Any numbers will do behind the last channel.
          const int64_t channel = c + ChannelOf(m, i);
          body(&end->channels[m], i, channel < w.channels ? channel : w.channels - 1);
        }
      }
    }
  };
  for (int64_t c = 0; c < w.channels; c += kChannels) {
    uint8_t* block = blocks + c / kChannels * block_bytes;
    __m512i sums[4];
    PackWeights(w, c, block, sums);
    auto* end = reinterpret_cast<BlockEnd*>(block + block_bytes - sizeof(BlockEnd));
    for (int m = 0; m < 4; ++m) _mm512_storeu_si512(end->channels[m].start, sums[m]);
  }
  const auto start = [&](const RequantizedChannels& numbers, int i, int64_t channel) {
    return (r.bias != nullptr ? int64_t{r.bias[channel]} : 0) -
           int64_t{pixel_zero} * (numbers.start[i] - taps * w.zero);
  };
  bool quick = true;
  each_channel([&](const RequantizedChannels* numbers, int i, int64_t channel) {
    quick = quick && IsQuick(r, channel, start(*numbers, i, channel), reach);
  });
  each_channel([&](RequantizedChannels* numbers, int i, int64_t channel) {
    SetChannel(i, r, channel, start(*numbers, i, channel), quick, numbers);
  });
  auto* header = reinterpret_cast<Header*>(packed);
  header->range = MakeOutputRange(r);
  header->quick = quick ? 1 : 0;
  header->weight_zero = w.zero;
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

// What 64 channels of a row are computed with. Copied where it is used: stores of bytes could
// change anything that is read through a pointer.
struct Block {
  Block(const DepthwiseRow& row, const uint8_t* packed, int64_t c)
      : rows(row.rows),
        channel(c),
        width(row.width),
        mask(Mask64(row.channels - c)),
        weights(packed + sizeof(Header) + c / kChannels * BlockBytes(row.filter_h, row.filter_w)),
        end(reinterpret_cast<const BlockEnd*>(weights + BlockBytes(row.filter_h, row.filter_w) -
                                              sizeof(BlockEnd))),
        range(reinterpret_cast<const Header*>(packed)->range),
        flips(_mm512_set1_epi8(static_cast<char>(row.flip))),
        zeros(_mm512_set1_epi8(static_cast<char>(row.zero))) {}

  Four Start() const {
    Four s;
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) s.v[m] = _mm512_loadu_si512(end->channels[m].start);
    return s;
  }

  // `count` rows from `from` on of column x of the picture, at most 4; what stands for rows behind
  // them meets weights of zero.
  Four Column(const DepthwiseInputRow* from, int64_t x, int64_t count) const {
    Four column;
    if (x < 0 || x >= width) {
#pragma GCC unroll 4
      for (int m = 0; m < 4; ++m) column.v[m] = zeros;
      return column;
    }
    __m512i bytes[4];
#pragma GCC unroll 4
    for (int64_t i = 0; i < kGroup; ++i) {
      if (i >= count) {
        bytes[i] = bytes[0];
        continue;
      }
      const uint8_t* pixel = from[i].data + x * from[i].step + channel;
      bytes[i] = _mm512_xor_si512(_mm512_maskz_loadu_epi8(mask, pixel), flips);
    }
    Interleave(bytes, column.v);
    return column;
  }

  // sums + the column times group `group` of weights.
  Four Add(const Four& sums, const Four& column, int64_t group) const {
    const uint8_t* w = weights + group * 4 * kBytes;
    Four result;
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      result.v[m] = _mm512_dpbusd_epi32(sums.v[m], column.v[m], _mm512_loadu_si512(w + m * kBytes));
    }
    return result;
  }

  // The bytes of `kPixels` pixels that lie next to each other, `step` bytes apart: each number of
  // the channels is read once for all of them.
  template <bool kQuick, int kPixels>
  void Store(Four (&sums)[kPixels], uint8_t* q, int64_t step) const {
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
#pragma GCC unroll 2
      for (int i = 0; i < kPixels; ++i) {
        sums[i].v[m] = kQuick ? RequantizeQuickly(sums[i].v[m], end->channels[m])
                              : RequantizeAnyhow(sums[i].v[m], end->channels[m]);
      }
    }
#pragma GCC unroll 2
    for (int i = 0; i < kPixels; ++i) {
      const auto& v = sums[i].v;
      _mm512_mask_storeu_epi8(q + i * step, mask, ToBytes(v[0], v[1], v[2], v[3], range));
    }
  }

  const DepthwiseInputRow* rows;
  int64_t channel, width;
  __mmask64 mask;
  const uint8_t* weights;
  const BlockEnd* end;
  OutputRange range;
  __m512i flips, zeros;
};

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
template <bool kQuick>
void AnyRow(const DepthwiseRow& row, int32_t weight_zero, const Block block, uint8_t* q) {
  for (int64_t x = 0; x < row.out_width; ++x, q += row.channels) {
    Four sums[1] = {block.Start()};
    int64_t group = 0;
    for (int64_t j = 0; j < row.filter_w; ++j) {
      const int64_t column_x = x * row.stride + j * row.dilation - row.pad;
      for (int64_t first = 0; first < row.filter_h; first += kGroup, ++group) {
        const int64_t rows = row.filter_h - first < kGroup ? row.filter_h - first : kGroup;
        const Four column = block.Column(block.rows + first, column_x, rows);
        sums[0] = block.Add(sums[0], column, group);
        if (weight_zero == 0) continue;
        sums[0] = Plus(sums[0], ZeroWeights(weight_zero, rows).PartOf(column));
      }
    }
    block.Store<kQuick>(sums, q, 0);
  }
}

// Three rows by three columns without gaps: every column is made once for the output pixels it
// belongs to, two or three of them.
template <int kStride, bool kZero, bool kQuick>
void Row3x3(const DepthwiseRow& row, int32_t weight_zero, const Block block, uint8_t* q) {
  const DepthwiseInputRow rows[3] = {block.rows[0], block.rows[1], block.rows[2]};
  const ZeroWeights zero_weights(weight_zero, 3);
  const int64_t pad = row.pad, step = row.channels, out_width = row.out_width;
  struct Column {
    Four pixels, zero;
  };
  const auto column_at = [&](int64_t x) __attribute__((always_inline)) {
    Column column;
    column.pixels = block.Column(rows, x - pad, 3);
    if (kZero) column.zero = zero_weights.PartOf(column.pixels);
    return column;
  };
  const auto add = [&](const Four& sums, const Column& column, int64_t j)
      __attribute__((always_inline)) {
    const Four added = block.Add(sums, column.pixels, j);
    return kZero ? Plus(added, column.zero) : added;
  };
  // The sums of output pixel x that lack its last column, or its last two, and of the pixel after
  // it.
  Column column = column_at(0);
  Four now = add(block.Start(), column, 0), next = now;
  if (kStride == 1) {
    column = column_at(1);
    now = add(now, column, 1);
    next = add(block.Start(), column, 0);
  }
  const auto next_sums = [&](int64_t x) __attribute__((always_inline)) {
    if (kStride == 2) now = add(now, column_at(2 * x + 1), 1);
    column = column_at(kStride * x + 2);
    const Four done = add(now, column, 2);
    if (kStride == 1) {
      now = add(next, column, 1);
      next = add(block.Start(), column, 0);
    } else {
      now = add(block.Start(), column, 0);
    }
    return done;
  };
  int64_t x = 0;
  for (; x + 2 <= out_width; x += 2, q += 2 * step) {
    Four sums[2];
    sums[0] = next_sums(x);
    sums[1] = next_sums(x + 1);
    block.Store<kQuick>(sums, q, step);
  }
  if (x < out_width) {
    Four sums[1] = {next_sums(x)};
    block.Store<kQuick>(sums, q, step);
  }
}

template <bool kQuick>
void RowOf(const DepthwiseRow& row, int32_t weight_zero, const Block& block, uint8_t* q) {
  const bool is_3x3 = row.filter_h == 3 && row.filter_w == 3 && row.dilation == 1;
  if (is_3x3 && row.stride == 1) {
    return weight_zero != 0 ? Row3x3<1, true, kQuick>(row, weight_zero, block, q)
                            : Row3x3<1, false, kQuick>(row, weight_zero, block, q);
  }
  if (is_3x3 && row.stride == 2) {
    return weight_zero != 0 ? Row3x3<2, true, kQuick>(row, weight_zero, block, q)
                            : Row3x3<2, false, kQuick>(row, weight_zero, block, q);
  }
  AnyRow<kQuick>(row, weight_zero, block, q);
}

void Row(const DepthwiseRow& row, const uint8_t* packed, uint8_t* q) {
  const Header header = *reinterpret_cast<const Header*>(packed);
  for (int64_t c = 0; c < row.channels; c += kChannels) {
    const Block block(row, packed, c);
    if (header.quick != 0) {
      RowOf<true>(row, header.weight_zero, block, q + c);
    } else {
      RowOf<false>(row, header.weight_zero, block, q + c);
    }
  }
}

}  // namespace

extern const DepthwiseKernels kDepthwiseAvx512Vnni;
const DepthwiseKernels kDepthwiseAvx512Vnni = {CpuLevel::kAvx512Vnni, PackedBytes, Pack, Row};

}  // namespace edgetasks::kernels::simd
