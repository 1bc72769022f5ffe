// Tiles of products by USMMLA, shared by the families that multiply bytes: two rows of eight
// unsigned bytes by two columns of eight signed ones, 32 products where SDOT has 16.
//
// A panel is depth / 8 units of [32][8] int8, then, where the depth is no multiple of eight, a
// group of [32][4]. For files that are compiled for it only; everything here is static, so that no
// other file can get hold of it.
#ifndef CORE_KERNELS_SIMD_ARM_USMMLA_H_
#define CORE_KERNELS_SIMD_ARM_USMMLA_H_

#include <arm_neon.h>

#include <cstdint>

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: see above

constexpr int64_t kUsmmlaColumns = 32, kUsmmlaUnit = 8;

// Elements from k on of two columns; none behind the end.
inline void StoreTwo(int64x2_t two, int64_t column, int64_t k, int64_t end, uint8_t* panel) {
  uint8_t* unit = panel + k * kUsmmlaColumns;
  if (k + kUsmmlaUnit <= end) {
    vst1q_u8(unit + column * kUsmmlaUnit, vreinterpretq_u8_s64(two));
  } else if (k < end) {
    const int32x2_t group = vmovn_s64(two);
    vst1_u8(unit + column * 4, vreinterpret_u8_s32(group));
  }
}

// rows[i], i < 4: elements [k, k + 16) of column + i. Writes those before the end of the panel, a
// multiple of four.
inline void StoreSixteen(const int8x16_t (&rows)[4], int64_t column, int64_t k, int64_t end,
                         uint8_t* panel) {
  for (int i = 0; i < 4; i += 2) {
    const int64x2_t a = vreinterpretq_s64_s8(rows[i]), b = vreinterpretq_s64_s8(rows[i + 1]);
    StoreTwo(vzip1q_s64(a, b), column + i, k, end, panel);
    StoreTwo(vzip2q_s64(a, b), column + i, k + kUsmmlaUnit, end, panel);
  }
}

// kPairs pairs of rows of A; behind the last row the last again, whose sums are not stored.
template <int kPairs>
struct RowPairs {
  RowPairs(const uint8_t* rows, int64_t stride, int64_t left)
      : count(left < 2 * kPairs ? left : 2 * kPairs) {
    for (int64_t r = 0; r < 2 * kPairs; ++r) data[r] = rows + At(r) * stride;
  }
  int64_t At(int64_t r) const { return r < count ? r : count - 1; }

  int64_t count;
  const uint8_t* data[2 * kPairs];
};

// A tile is eight columns of a panel. A vector of sums holds those of two rows by two columns; four
// pairs of rows make sixteen of them, and leave registers for sixteen elements of the depth of B.
template <int kPairs>
struct Sums {
  int32x4_t v[kPairs][4];

  void Clear() {
    for (int p = 0; p < kPairs; ++p) {
      for (int c = 0; c < 4; ++c) v[p][c] = vdupq_n_s32(0);
    }
  }
  // The sums of row r in its order: columns 0 to 3 and 4 to 7.
  void Of(int r, int32x4_t* low, int32x4_t* high) const {
    int64x2_t two[4];
    for (int c = 0; c < 4; ++c) two[c] = vreinterpretq_s64_s32(v[r / 2][c]);
    if (r % 2 == 0) {
      *low = vreinterpretq_s32_s64(vzip1q_s64(two[0], two[1]));
      *high = vreinterpretq_s32_s64(vzip1q_s64(two[2], two[3]));
    } else {
      *low = vreinterpretq_s32_s64(vzip2q_s64(two[0], two[1]));
      *high = vreinterpretq_s32_s64(vzip2q_s64(two[2], two[3]));
    }
  }
  // Two rows' eight elements by those of eight columns.
  __attribute__((always_inline)) void Add(int p, uint64x2_t two_rows, const int8x16_t (&b)[4]) {
#pragma GCC unroll 4
    for (int c = 0; c < 4; ++c)
      v[p][c] = vusmmlaq_s32(v[p][c], vreinterpretq_u8_u64(two_rows), b[c]);
  }
};

__attribute__((always_inline)) inline void LoadUnit(const uint8_t* panel, int8x16_t (&b)[4]) {
#pragma GCC unroll 4
  for (int c = 0; c < 4; ++c) b[c] = vreinterpretq_s8_u8(vld1q_u8(panel + 16 * c));
}

__attribute__((always_inline)) inline uint64x2_t Load16(const uint8_t* from) {
  return vreinterpretq_u64_u8(vld1q_u8(from));
}

// Two runs of four bytes, zeros behind each.
uint64x2_t TwoFours(const uint8_t* first, const uint8_t* second) {
  uint32_t fours[2];
  __builtin_memcpy(&fours[0], first, sizeof(uint32_t));
  __builtin_memcpy(&fours[1], second, sizeof(uint32_t));
  return vmovl_u32(vld1_u32(fours));
}

// Adds products of the elements [begin, end) of the depth, multiples of eight but for the last end
// of a panel, which is one of four. `panel` begins with the tile's first column.
template <int kPairs>
__attribute__((always_inline)) inline void AddProducts(const RowPairs<kPairs>& rows, uint8_t flip,
                                                       int64_t begin, int64_t end,
                                                       const uint8_t* panel, Sums<kPairs>& sums) {
  const uint64x2_t flips = vreinterpretq_u64_u8(vdupq_n_u8(flip));
  int64_t k = begin;
  for (; k + 2 * kUsmmlaUnit <= end; k += 2 * kUsmmlaUnit) {
    int8x16_t first[4], second[4];
    LoadUnit(panel + k * kUsmmlaColumns, first);
    LoadUnit(panel + (k + kUsmmlaUnit) * kUsmmlaColumns, second);
#pragma GCC unroll 4
    for (int p = 0; p < kPairs; ++p) {
      const uint64x2_t x = veorq_u64(Load16(rows.data[2 * p] + k), flips);
      const uint64x2_t y = veorq_u64(Load16(rows.data[2 * p + 1] + k), flips);
      sums.Add(p, vzip1q_u64(x, y), first);
      sums.Add(p, vzip2q_u64(x, y), second);
    }
  }
  int8x16_t b[4];
  if (k + kUsmmlaUnit <= end) {
    LoadUnit(panel + k * kUsmmlaColumns, b);
    for (int p = 0; p < kPairs; ++p) {
      const uint8x8_t x = vld1_u8(rows.data[2 * p] + k), y = vld1_u8(rows.data[2 * p + 1] + k);
      sums.Add(p, veorq_u64(vreinterpretq_u64_u8(vcombine_u8(x, y)), flips), b);
    }
    k += kUsmmlaUnit;
  }
  if (k == end) return;
  // A group of [32][4]: the tile's columns are half as far into it.
  const uint8_t* group = panel + k * kUsmmlaColumns;
  for (int c = 0; c < 4; ++c) {
    b[c] = vreinterpretq_s8_u64(TwoFours(group + 8 * c, group + 8 * c + 4));
  }
  for (int p = 0; p < kPairs; ++p) {
    // What the flips make of the zeros meets zeros of B.
    const uint64x2_t two = TwoFours(rows.data[2 * p] + k, rows.data[2 * p + 1] + k);
    sums.Add(p, veorq_u64(two, flips), b);
  }
}

// Adds all products of a tile: columns [j, j + 8) of the panel, whose last group lies closer.
template <int kPairs>
__attribute__((always_inline)) inline void AddTile(const RowPairs<kPairs>& rows, uint8_t flip,
                                                   int64_t depth, const uint8_t* panel, int64_t j,
                                                   Sums<kPairs>& sums) {
  const int64_t whole = depth / kUsmmlaUnit * kUsmmlaUnit;
  AddProducts(rows, flip, 0, whole, panel + j * kUsmmlaUnit, sums);
  if (whole < depth) AddProducts(rows, flip, whole, depth, panel + j * 4, sums);
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ARM_USMMLA_H_
