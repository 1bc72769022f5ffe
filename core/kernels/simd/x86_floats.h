// Vectors of floats under one name for the instruction sets of x86, so that a loop is written once.
// For files that are compiled with the flags of a set; everything here is static, so that no other
// file can get hold of it.
#ifndef CORE_KERNELS_SIMD_X86_FLOATS_H_
#define CORE_KERNELS_SIMD_X86_FLOATS_H_

#include <immintrin.h>

#include <cstdint>

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: see above

#if defined(__AVX512F__)

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
  Floats AddProduct(Floats a, Floats b) const { return {_mm512_fmadd_ps(a.v, b.v, v)}; }
  float Sum() const { return _mm512_reduce_add_ps(v); }
  // NaN, the second operand of both, stays.
  Floats Clamp(Floats min, Floats max) const {
    return {_mm512_min_ps(max.v, _mm512_max_ps(min.v, v))};
  }
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
  Floats AddProduct(Floats a, Floats b) const { return {_mm256_fmadd_ps(a.v, b.v, v)}; }
  float Sum() const {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
  // NaN, the second operand of both, stays.
  Floats Clamp(Floats min, Floats max) const {
    return {_mm256_min_ps(max.v, _mm256_max_ps(min.v, v))};
  }
};

#endif

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_X86_FLOATS_H_
