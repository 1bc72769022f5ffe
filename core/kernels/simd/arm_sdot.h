// Tiles of products by SDOT, shared by the families that multiply bytes: rows against a panel of
// depth / 4 groups of [32][4] int8. For files that are compiled for it only; everything here is
// static, so that no other file can get hold of it.
#ifndef CORE_KERNELS_SIMD_ARM_SDOT_H_
#define CORE_KERNELS_SIMD_ARM_SDOT_H_

#include <arm_neon.h>

#include <cstdint>

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: see above

constexpr int64_t kSdotColumns = 32, kSdotUnit = 4;

// rows[i], i < 4: sixteen elements of column i. Writes their first `count` groups, `to` being the
// place of the first column in the first group, and returns the sums of what it wrote.
int32x4_t StoreGroups(const int32x4_t (&rows)[4], int64_t count, uint8_t* to) {
  const int32x4_t t0 = vzip1q_s32(rows[0], rows[2]), t1 = vzip2q_s32(rows[0], rows[2]);
  const int32x4_t t2 = vzip1q_s32(rows[1], rows[3]), t3 = vzip2q_s32(rows[1], rows[3]);
  const int32x4_t groups[4] = {vzip1q_s32(t0, t2), vzip2q_s32(t0, t2), vzip1q_s32(t1, t3),
                               vzip2q_s32(t1, t3)};
  int32x4_t sums = vdupq_n_s32(0);
  for (int64_t g = 0; g < count; ++g, to += kSdotColumns * kSdotUnit) {
    vst1q_u8(to, vreinterpretq_u8_s32(groups[g]));
    sums = vdotq_s32(sums, vreinterpretq_s8_s32(groups[g]), vdupq_n_s8(1));
  }
  return sums;
}

// Adds products of four elements, those of lane kLane of each row of A, and 4 * kVectors columns.
template <int kLane, int kRows, int kVectors>
__attribute__((always_inline)) inline void AddGroup(const int8x16_t (&a)[kRows],
                                                    const uint8_t* panel,
                                                    int32x4_t (&acc)[kRows][kVectors]) {
  int8x16_t b[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) b[v] = vreinterpretq_s8_u8(vld1q_u8(panel + 16 * v));
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      acc[r][v] = vdotq_laneq_s32(acc[r][v], b[v], a[r], kLane);
    }
  }
}

// Adds products of the elements [0, depth) of rows whose bytes, with `flip`, are signed. depth is a
// multiple of four; `panel` is the tile's first column.
template <int kRows, int kVectors>
__attribute__((always_inline)) inline void AddProducts(const uint8_t* rows, int64_t stride,
                                                       uint8_t flip, int64_t depth,
                                                       const uint8_t* panel,
                                                       int32x4_t (&acc)[kRows][kVectors]) {
  constexpr int64_t kGroup = kSdotColumns * kSdotUnit;
  const uint8x16_t flips = vdupq_n_u8(flip);
  int64_t k = 0;
  for (; k + 16 <= depth; k += 16, panel += 4 * kGroup) {
    int8x16_t a[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r)
      a[r] = vreinterpretq_s8_u8(veorq_u8(vld1q_u8(rows + r * stride + k), flips));
    AddGroup<0>(a, panel, acc);
    AddGroup<1>(a, panel + kGroup, acc);
    AddGroup<2>(a, panel + 2 * kGroup, acc);
    AddGroup<3>(a, panel + 3 * kGroup, acc);
  }
  for (; k < depth; k += kSdotUnit, panel += kGroup) {
    int8x16_t a[kRows];
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      uint32_t four;
      __builtin_memcpy(&four, rows + r * stride + k, sizeof(four));
      a[r] = vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_u32(vdupq_n_u32(four)), flips));
    }
    AddGroup<0>(a, panel, acc);
  }
}

template <int kRows, int kVectors>
void Clear(int32x4_t (&acc)[kRows][kVectors]) {
  for (int r = 0; r < kRows; ++r) {
    for (int v = 0; v < kVectors; ++v) acc[r][v] = vdupq_n_s32(0);
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_ARM_SDOT_H_
