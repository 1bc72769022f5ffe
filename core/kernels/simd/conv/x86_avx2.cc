// The conv family with AVX2. Compiled with its flags: everything here is local to this file.
//
// There is no product of bytes that cannot overflow, so that weights are packed as 16 bits, less
// their zero, and pixels widened as they are met: VPMADDWD adds two products of each.
#include "core/kernels/simd/conv/x86_256.h"
#include "core/kernels/simd/x86_avx2_transpose.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kBytes = 32;

// A panel: depth / 2 groups of [32][2] weights of 16 bits, then its end.
int64_t Pairs(int64_t depth) { return ConvDepth(depth) / 2; }

int64_t PanelBytes(int64_t depth) {
  return Pairs(depth) * kConvColumns * 4 + static_cast<int64_t>(sizeof(PanelEnd));
}

const PanelEnd& EndOf(const uint8_t* panel, int64_t depth) {
  return *reinterpret_cast<const PanelEnd*>(panel + Pairs(depth) * kConvColumns * 4);
}

// Up to sixteen weights as 16 bits less their zero, zeros behind them.
__m256i LoadWeights(const ConvWeights& w, const uint8_t* from, int64_t count) {
  alignas(16) uint8_t bytes[16];
  __m128i row;
  if (count >= 16) {
    row = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  } else {
    for (int64_t i = 0; i < 16; ++i) bytes[i] = i < count ? from[i] : 0;
    row = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
  }
  row = _mm_xor_si128(row, _mm_set1_epi8(static_cast<char>(w.flip)));
  const __m256i wide =
      _mm256_sub_epi16(_mm256_cvtepi8_epi16(row), _mm256_set1_epi16(static_cast<int16_t>(w.zero)));
  // A weight of 0 is no byte of 0: those behind the last are taken out here.
  const __m256i place = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m256i inside =
      _mm256_cmpgt_epi16(_mm256_set1_epi16(static_cast<int16_t>(count < 16 ? count : 16)), place);
  return _mm256_and_si256(wide, inside);
}

// Eight channels of the panel from `first` on: their weights, and the sums of these.
void PackColumns(const ConvWeights& w, int64_t first, uint8_t* panel, int32_t* sums) {
  __m256i partial[kLanes];
  for (__m256i& sum : partial) sum = _mm256_setzero_si256();
  const int64_t pairs = Pairs(w.depth);
  for (int64_t k = 0; k < w.depth; k += 16) {
    __m256 rows[kLanes];
    for (int64_t i = 0; i < kLanes; ++i) {
      const bool inside = first + i < w.columns;
      const uint8_t* row = w.data + (inside ? (first + i) * w.stride + k : 0);
      const __m256i weights = LoadWeights(w, row, inside ? w.depth - k : 0);
      partial[i] = _mm256_add_epi32(partial[i], _mm256_madd_epi16(weights, _mm256_set1_epi16(1)));
      rows[i] = _mm256_castsi256_ps(weights);
    }
    Transpose8x8(rows);
    const int64_t left = pairs - k / 2, count = left < kLanes ? left : kLanes;
    for (int64_t i = 0; i < count; ++i) {
      uint8_t* to = panel + (k / 2 + i) * kVectors * kBytes + first * 4;
      _mm256_storeu_ps(reinterpret_cast<float*>(to), rows[i]);
    }
  }
  for (int64_t i = 0; i < kLanes; ++i) {
    int32_t parts[kLanes];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(parts), partial[i]);
    uint32_t sum = 0;
    for (const int32_t part : parts) sum += static_cast<uint32_t>(part);
    sums[i] = static_cast<int32_t>(sum);
  }
}

// With z the zeros: sum (a - za)(w - zw) = sum a (w - zw) - za sum (w - zw). Pixels are met as int8
// or uint8, so that za is their zero without the flip.
void Pack(const ConvWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* panel) {
  auto* end = reinterpret_cast<PanelEnd*>(panel + Pairs(w.depth) * kConvColumns * 4);
  const bool is_signed = w.flip == 0;  // weights and pixels are both int8, or both uint8
  const int32_t zero = is_signed ? pixel_zero - 128 : pixel_zero;
  int32_t starts[kConvColumns];
  for (int64_t first = 0; first < kConvColumns; first += kLanes) {
    PackColumns(w, first, panel, starts + first);
  }
  for (int32_t& start : starts) {
    start = static_cast<int32_t>(0u - static_cast<uint32_t>(zero) * static_cast<uint32_t>(start));
  }
  SetEnd(w, r, starts, end);
}

void SumRows(const ConvPixels& a, int64_t depth, int32_t* sums) {
  for (int64_t i = 0; i < a.rows; ++i) {
    uint32_t sum = 0;
    for (int64_t k = 0; k < depth; ++k) {
      sum += static_cast<uint8_t>(a.data[i * a.stride + k] ^ a.flip);
    }
    sums[i] = static_cast<int32_t>(sum);
  }
}

// Two bytes of a row as 16 bits each, for all lanes.
template <bool kSigned>
inline __m256i BroadcastPair(const uint8_t* bytes) {
  int16_t pair;
  __builtin_memcpy(&pair, bytes, sizeof(pair));
  const __m128i all = _mm_set1_epi16(pair);
  return kSigned ? _mm256_cvtepi8_epi16(all) : _mm256_cvtepu8_epi16(all);
}

// kRows rows of pixels against the panel.
template <int kRows, bool kSigned>
void MultiplyRows(const ConvPixels& a, int64_t row, int64_t columns, int64_t depth,
                  const uint8_t* panel, uint8_t* q, int64_t q_stride) {
  const uint8_t* rows = a.data + row * a.stride;
  const PanelEnd& end = EndOf(panel, depth);
  __m256i acc[kRows][kVectors];
#pragma GCC unroll 3
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      acc[r][v] = LoadVector(StartOf(end, v));
    }
  }
  for (int64_t k = 0; k < ConvDepth(depth); k += 2, panel += kVectors * kBytes) {
    __m256i pairs[kRows];
#pragma GCC unroll 3
    for (int r = 0; r < kRows; ++r) pairs[r] = BroadcastPair<kSigned>(rows + r * a.stride + k);
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const __m256i b = LoadVector(panel + v * kBytes);
#pragma GCC unroll 3
      for (int r = 0; r < kRows; ++r) {
        acc[r][v] = _mm256_add_epi32(acc[r][v], _mm256_madd_epi16(pairs[r], b));
      }
    }
  }
  StoreSums<kRows>(end, acc, columns, q + row * q_stride, q_stride);
}

template <bool kSigned>
void MultiplyAs(const ConvPixels& a, int64_t columns, int64_t depth, const uint8_t* panel,
                uint8_t* q, int64_t q_stride) {
  int64_t row = 0;
  for (; row + kTileRows <= a.rows; row += kTileRows) {
    MultiplyRows<kTileRows, kSigned>(a, row, columns, depth, panel, q, q_stride);
  }
  if (a.rows - row == 2) {
    MultiplyRows<2, kSigned>(a, row, columns, depth, panel, q, q_stride);
  } else if (a.rows - row == 1) {
    MultiplyRows<1, kSigned>(a, row, columns, depth, panel, q, q_stride);
  }
}

// The weights' zero is in the panel: sums of rows are not needed.
void Multiply(const ConvPixels& a, const int32_t*, int64_t columns, int64_t depth,
              const uint8_t* panel, const uint8_t*, uint8_t* q, int64_t q_stride) {
  if (a.flip != 0) {
    MultiplyAs<true>(a, columns, depth, panel, q, q_stride);
  } else {
    MultiplyAs<false>(a, columns, depth, panel, q, q_stride);
  }
}

}  // namespace

extern const ConvKernels kConvAvx2;
const ConvKernels kConvAvx2 = {CpuLevel::kAvx2, PanelBytes, Pack, SumRows, Multiply, nullptr};

}  // namespace edgetasks::kernels::simd
