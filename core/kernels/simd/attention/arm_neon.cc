// The attention family with NEON; products with rows along the depth are the dot family's.
#include <cstddef>

#include "core/kernels/simd/attention/attention.h"
#include "core/kernels/simd/attention/scores.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = Floats::kLanes;

// Eight elements of B as floats; one alone.
void LoadEight(const uint16_t* b, float32x4_t (&v)[2]) {
  const float16x8_t halves = vreinterpretq_f16_u16(vld1q_u16(b));
  v[0] = vcvt_f32_f16(vget_low_f16(halves));
  v[1] = vcvt_high_f32_f16(halves);
}
void LoadEight(const int8_t* b, float32x4_t (&v)[2]) {
  const int16x8_t words = vmovl_s8(vld1_s8(b));
  v[0] = vcvtq_f32_s32(vmovl_s16(vget_low_s16(words)));
  v[1] = vcvtq_f32_s32(vmovl_high_s16(words));
}
float One(const uint16_t* b) {
  return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(*b))), 0);
}
float One(const int8_t* b) { return *b; }

// kRows rows of A by sixteen columns of B, or eight.
template <int kRows, int kEights, typename B>
void ColumnsTile(const DotBlock<float, B, float>& p, int64_t i, int64_t j) {
  const float* a = p.a + i * p.a_stride;
  const B* b = p.b + p.b_begin + j;
  float32x4_t sums[kRows][kEights][2];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int e = 0; e < kEights; ++e) sums[r][e][0] = sums[r][e][1] = vdupq_n_f32(0.0f);
  }
  for (int64_t k = 0; k < p.depth; ++k, b += p.b_stride) {
    float32x4_t row[kEights][2];
#pragma GCC unroll 2
    for (int e = 0; e < kEights; ++e) LoadEight(b + 8 * e, row[e]);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const float x = a[r * p.a_stride + k];
#pragma GCC unroll 2
      for (int e = 0; e < kEights; ++e) {
        sums[r][e][0] = vfmaq_n_f32(sums[r][e][0], row[e][0], x);
        sums[r][e][1] = vfmaq_n_f32(sums[r][e][1], row[e][1], x);
      }
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    float* c = p.c + (i + r) * p.c_stride + j;
#pragma GCC unroll 2
    for (int e = 0; e < kEights; ++e) {
      vst1q_f32(c + 8 * e, sums[r][e][0]);
      vst1q_f32(c + 8 * e + 4, sums[r][e][1]);
    }
  }
}

template <int kEights, typename B>
void ColumnsStrip(const DotBlock<float, B, float>& p, int64_t j) {
  int64_t i = 0;
  for (; i + 4 <= p.rows; i += 4) ColumnsTile<4, kEights>(p, i, j);
  switch (p.rows - i) {
    case 3:
      return ColumnsTile<3, kEights>(p, i, j);
    case 2:
      return ColumnsTile<2, kEights>(p, i, j);
    case 1:
      return ColumnsTile<1, kEights>(p, i, j);
  }
}

template <typename B>
void Columns(const DotBlock<float, B, float>& p) {
  int64_t j = 0;
  for (; j + 16 <= p.columns; j += 16) ColumnsStrip<2>(p, j);
  for (; j + 8 <= p.columns; j += 8) ColumnsStrip<1>(p, j);
  for (; j < p.columns; ++j) {
    for (int64_t i = 0; i < p.rows; ++i) {
      float sum = 0.0f;
      for (int64_t k = 0; k < p.depth; ++k) {
        const float b = One(p.b + p.b_begin + k * p.b_stride + j);
        sum = __builtin_fmaf(p.a[i * p.a_stride + k], b, sum);
      }
      p.c[i * p.c_stride + j] = sum;
    }
  }
}

void StoreF16(const float* x, int64_t count, uint16_t* y) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const int64_t n = CountOf(i, count);
    uint16_t four[kLanes];
    vst1_u16(four, vreinterpret_u16_f16(vcvt_f16_f32(Floats::LoadFirst(x + i, n).v)));
    __builtin_memcpy(y + i, four, static_cast<size_t>(n) * sizeof(uint16_t));
  }
}

float StoreS8(const float* x, int64_t count, int8_t* y) {
  float32x4_t max = vdupq_n_f32(0.0f);
  for (int64_t i = 0; i < count; i += kLanes) {
    max = vmaxq_f32(max, vabsq_f32(Floats::LoadFirst(x + i, CountOf(i, count)).v));  // NaN stays
  }
  const float greatest = vmaxvq_f32(max);
  const float inverse = 127.0f / greatest;
  if (!__builtin_isfinite(greatest) || !__builtin_isfinite(inverse)) {
    for (int64_t i = 0; i < count; ++i) y[i] = 0;
    return __builtin_isfinite(greatest) ? 0.0f : __builtin_nanf("");
  }
  for (int64_t i = 0; i < count; i += kLanes) {
    const int64_t n = CountOf(i, count);
    const float32x4_t value = vmulq_n_f32(Floats::LoadFirst(x + i, n).v, inverse);
    const int16x4_t words = vqmovn_s32(vcvtnq_s32_f32(value));
    int8_t eight[8];
    vst1_s8(eight, vqmovn_s16(vcombine_s16(words, words)));
    __builtin_memcpy(y + i, eight, static_cast<size_t>(n));
  }
  return greatest / 127.0f;
}

}  // namespace

extern const AttentionKernels kAttentionNeon;
const AttentionKernels kAttentionNeon = {CpuLevel::kNeon, nullptr, MaskedExp, Columns<uint16_t>,
                                         Columns<int8_t>, SoftCap, StoreF16,  StoreS8};

}  // namespace edgetasks::kernels::simd
