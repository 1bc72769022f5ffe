// Vectors of floats under one name for every instruction set, so that a loop is written once.
// The same operations give the same bits in every set. For files that are compiled with the flags
// of a set; everything here is static, so that no other file can get hold of it.
#ifndef CORE_KERNELS_SIMD_FLOATS_H_
#define CORE_KERNELS_SIMD_FLOATS_H_

#if defined(__aarch64__)
#include <arm_neon.h>
#else
#include <immintrin.h>
#endif

#include <cstdint>

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: see above

#if defined(__aarch64__)

struct Floats {
  static constexpr int64_t kLanes = 4;
  float32x4_t v;

  static Floats Zero() { return {vdupq_n_f32(0.0f)}; }
  static Floats All(float x) { return {vdupq_n_f32(x)}; }
  static Floats Load(const float* from) { return {vld1q_f32(from)}; }
  // The first n, 1 to kLanes; zeros behind them.
  static Floats LoadFirst(const float* from, int64_t n) {
    if (n == kLanes) return Load(from);
    const float32x4_t zero = vdupq_n_f32(0.0f);
    if (n == 1) return {vld1q_lane_f32(from, zero, 0)};
    const float32x4_t two = vcombine_f32(vld1_f32(from), vget_low_f32(zero));
    return {n == 2 ? two : vld1q_lane_f32(from + 2, two, 2)};
  }
  void Store(float* to) const { vst1q_f32(to, v); }
  void StoreFirst(float* to, int64_t n) const {
    if (n == kLanes) return Store(to);
    if (n == 1) return vst1q_lane_f32(to, v, 0);
    vst1_f32(to, vget_low_f32(v));
    if (n == 3) vst1q_lane_f32(to + 2, v, 2);
  }
  Floats operator+(Floats b) const { return {vaddq_f32(v, b.v)}; }
  Floats operator-(Floats b) const { return {vsubq_f32(v, b.v)}; }
  Floats operator*(Floats b) const { return {vmulq_f32(v, b.v)}; }
  Floats operator/(Floats b) const { return {vdivq_f32(v, b.v)}; }
  Floats AddProduct(Floats a, Floats b) const { return {vfmaq_f32(v, a.v, b.v)}; }
  Floats SubtractProduct(Floats a, Floats b) const { return {vfmsq_f32(v, a.v, b.v)}; }
  float Max() const { return vmaxvq_f32(v); }  // of no NaN
  // NaN stays.
  Floats AtLeast(Floats min) const { return {vmaxq_f32(v, min.v)}; }
  Floats AtMost(Floats max) const { return {vminq_f32(v, max.v)}; }
  // To whole numbers, half to even.
  Floats Rounded() const { return {vrndnq_f32(v)}; }
  // Times 2^n of whole n, -200 <= n <= 126; 0 where n < -126. NaN stays.
  Floats TimesPowerOfTwo(Floats n) const {
    const int32x4_t bits = vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(n.v), vdupq_n_s32(127)), 23);
    const uint32x4_t tiny = vcltq_f32(n.v, vdupq_n_f32(-126.0f));
    const float32x4_t product = vmulq_f32(v, vreinterpretq_f32_s32(bits));
    return {vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(product), tiny))};
  }
  Floats Clamp(Floats min, Floats max) const { return AtLeast(min).AtMost(max); }
};

#elif defined(__AVX512F__)

struct Floats {
  static constexpr int64_t kLanes = 16;
  __m512 v;

  static Floats Zero() { return {_mm512_setzero_ps()}; }
  static Floats All(float x) { return {_mm512_set1_ps(x)}; }
  static Floats Load(const float* from) { return {_mm512_loadu_ps(from)}; }
  // The first n, 1 to kLanes; zeros behind them.
  static Floats LoadFirst(const float* from, int64_t n) {
    return {_mm512_maskz_loadu_ps(static_cast<__mmask16>(0xFFFFu >> (16 - n)), from)};
  }
  void Store(float* to) const { _mm512_storeu_ps(to, v); }
  void StoreFirst(float* to, int64_t n) const {
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>(0xFFFFu >> (16 - n)), v);
  }
  Floats operator+(Floats b) const { return {_mm512_add_ps(v, b.v)}; }
  Floats operator-(Floats b) const { return {_mm512_sub_ps(v, b.v)}; }
  Floats operator*(Floats b) const { return {_mm512_mul_ps(v, b.v)}; }
  Floats operator/(Floats b) const { return {_mm512_div_ps(v, b.v)}; }
  Floats AddProduct(Floats a, Floats b) const { return {_mm512_fmadd_ps(a.v, b.v, v)}; }
  Floats SubtractProduct(Floats a, Floats b) const { return {_mm512_fnmadd_ps(a.v, b.v, v)}; }
  float Max() const { return _mm512_reduce_max_ps(v); }  // of no NaN
  // NaN, the second operand, stays.
  Floats AtLeast(Floats min) const { return {_mm512_max_ps(min.v, v)}; }
  Floats AtMost(Floats max) const { return {_mm512_min_ps(max.v, v)}; }
  // To whole numbers, half to even.
  Floats Rounded() const {
    return {_mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
  }
  // Times 2^n of whole n, -200 <= n <= 126; 0 where n < -126. NaN stays.
  Floats TimesPowerOfTwo(Floats n) const {
    const __mmask16 normal = _mm512_cmp_ps_mask(n.v, _mm512_set1_ps(-126.0f), _CMP_NLT_UQ);
    return {_mm512_maskz_scalef_ps(normal, v, n.v)};
  }
  Floats Clamp(Floats min, Floats max) const { return AtLeast(min).AtMost(max); }
};

#else

struct Floats {
  static constexpr int64_t kLanes = 8;
  __m256 v;

  static Floats Zero() { return {_mm256_setzero_ps()}; }
  static Floats All(float x) { return {_mm256_set1_ps(x)}; }
  static Floats Load(const float* from) { return {_mm256_loadu_ps(from)}; }
  static __m256i FirstLanes(int64_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  // The first n, 1 to kLanes; zeros behind them.
  static Floats LoadFirst(const float* from, int64_t n) {
    return {_mm256_maskload_ps(from, FirstLanes(n))};
  }
  void Store(float* to) const { _mm256_storeu_ps(to, v); }
  void StoreFirst(float* to, int64_t n) const { _mm256_maskstore_ps(to, FirstLanes(n), v); }
  Floats operator+(Floats b) const { return {_mm256_add_ps(v, b.v)}; }
  Floats operator-(Floats b) const { return {_mm256_sub_ps(v, b.v)}; }
  Floats operator*(Floats b) const { return {_mm256_mul_ps(v, b.v)}; }
  Floats operator/(Floats b) const { return {_mm256_div_ps(v, b.v)}; }
  Floats AddProduct(Floats a, Floats b) const { return {_mm256_fmadd_ps(a.v, b.v, v)}; }
  Floats SubtractProduct(Floats a, Floats b) const { return {_mm256_fnmadd_ps(a.v, b.v, v)}; }
  // NaN, the second operand, stays.
  Floats AtLeast(Floats min) const { return {_mm256_max_ps(min.v, v)}; }
  Floats AtMost(Floats max) const { return {_mm256_min_ps(max.v, v)}; }
  // To whole numbers, half to even.
  Floats Rounded() const {
    return {_mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)};
  }
  // Times 2^n of whole n, -200 <= n <= 126; 0 where n < -126. NaN stays.
  Floats TimesPowerOfTwo(Floats n) const {
    const __m256i bits =
        _mm256_slli_epi32(_mm256_add_epi32(_mm256_cvtps_epi32(n.v), _mm256_set1_epi32(127)), 23);
    const __m256 normal = _mm256_cmp_ps(n.v, _mm256_set1_ps(-126.0f), _CMP_NLT_UQ);
    return {_mm256_and_ps(_mm256_mul_ps(v, _mm256_castsi256_ps(bits)), normal)};
  }
  float Max() const {  // of no NaN
    const __m128 four = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
  }
  Floats Clamp(Floats min, Floats max) const { return AtLeast(min).AtMost(max); }
};

#endif

// Sixteen sums in one register or more, and how they become one: SumOfSixteen of scalar_floats.h.
struct SixteenFloats {
  static constexpr int kVectors = static_cast<int>(16 / Floats::kLanes);
  Floats v[kVectors];

  static SixteenFloats Zero() {
    SixteenFloats zeros;
#pragma GCC unroll 4
    for (Floats& part : zeros.v) part = Floats::Zero();
    return zeros;
  }
  float Sum() const {
#if defined(__aarch64__)
    const float32x4_t four = vaddq_f32(vaddq_f32(v[0].v, v[2].v), vaddq_f32(v[1].v, v[3].v));
    return vpadds_f32(vadd_f32(vget_low_f32(four), vget_high_f32(four)));
#else
#if defined(__AVX512F__)
    const __m256 eight =
        _mm256_add_ps(_mm512_castps512_ps256(v[0].v), _mm512_extractf32x8_ps(v[0].v, 1));
#else
    const __m256 eight = _mm256_add_ps(v[0].v, v[1].v);
#endif
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
#endif
  }
};

// each(part, load) of the parts of sixteen numbers from `first` on of `count`: load(from) gives
// those of a part, and zeros behind them.
template <typename Each>
inline __attribute__((always_inline)) void ForEachPart(int64_t first, int64_t count,
                                                       const Each& each) {
#pragma GCC unroll 4
  for (int part = 0; part < SixteenFloats::kVectors; ++part) {
    const int64_t at = first + part * Floats::kLanes, left = count - at;
    each(part, [at, left](const float* from) {
      return left >= Floats::kLanes ? Floats::Load(from + at)
             : left > 0             ? Floats::LoadFirst(from + at, left)
                                    : Floats::Zero();
    });
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_FLOATS_H_
