// The rowwise family with AVX-512. Compiled with those flags: everything here is local to this
// file, and no header with inline functions is included, or the linker might keep a copy of one
// that only newer processors can run.
#include <immintrin.h>

#include "core/kernels/simd/rowwise/rowwise.h"
#include "core/kernels/simd/x86_avx512_math.h"

namespace edgetasks::kernels::simd {
namespace {

// 1 / (1 + exp(-x)). exp(-x) is kept below what would overflow: the result is 0 there to 2^-115.
__m512 LogisticOf(__m512 x) {
  const __m512 one = _mm512_set1_ps(1.0f);
  const __m512 minus = _mm512_min_ps(_mm512_set1_ps(80.0f), _mm512_sub_ps(_mm512_setzero_ps(), x));
  return _mm512_div_ps(one, _mm512_add_ps(one, Exp(minus)));
}

void Logistic(const float* x, int64_t count, float* y) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    _mm512_mask_storeu_ps(y + i, lanes, LogisticOf(_mm512_maskz_loadu_ps(lanes, x + i)));
  }
}

void GateSilu(const float* gate, const float* up, int64_t count, float* y) {
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512 x = _mm512_maskz_loadu_ps(lanes, gate + i);
    const __m512 product = _mm512_mul_ps(x, _mm512_maskz_loadu_ps(lanes, up + i));
    _mm512_mask_storeu_ps(y + i, lanes, _mm512_mul_ps(LogisticOf(x), product));
  }
}

// (1 + tanh(a)) / 2 is the logistic function of 2 a.
void GateGeluTanh(const float* gate, const float* up, int64_t count, float* y) {
  const __m512 twice = _mm512_set1_ps(1.5957691216057308f);  // 2 * sqrt(2 / pi)
  const __m512 cubic = _mm512_set1_ps(0.044715f), one = _mm512_set1_ps(1.0f);
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512 x = _mm512_maskz_loadu_ps(lanes, gate + i);
    const __m512 product = _mm512_mul_ps(x, _mm512_maskz_loadu_ps(lanes, up + i));
    const __m512 factor = _mm512_fmadd_ps(cubic, _mm512_mul_ps(x, x), one);
    const __m512 a = _mm512_mul_ps(_mm512_mul_ps(twice, x), factor);
    _mm512_mask_storeu_ps(y + i, lanes, _mm512_mul_ps(LogisticOf(a), product));
  }
}

void RmsNorm(const float* x, const float* weight, int64_t count, float epsilon, float* y) {
  __m512 sum = _mm512_setzero_ps();
  for (int64_t i = 0; i < count; i += kLanes) {
    const __m512 value = _mm512_maskz_loadu_ps(Mask16(count - i), x + i);
    sum = _mm512_fmadd_ps(value, value, sum);
  }
  const float mean = _mm512_reduce_add_ps(sum) / static_cast<float>(count) + epsilon;
  const __m512 scale = _mm512_set1_ps(1.0f / __builtin_sqrtf(mean));
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512 value = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, x + i), scale);
    _mm512_mask_storeu_ps(y + i, lanes,
                          _mm512_mul_ps(value, _mm512_maskz_loadu_ps(lanes, weight + i)));
  }
}

void Rotate(const float* x, const float* cos, const float* sin, int64_t half, int64_t step,
            float* y) {
  for (int64_t i = 0; i < half; i += kLanes) {
    const __mmask16 lanes = Mask16(half - i);
    const __m512 first = _mm512_maskz_loadu_ps(lanes, x + i);
    const __m512 second = _mm512_maskz_loadu_ps(lanes, x + half + i);
    const __m512 turned =
        _mm512_fmsub_ps(first, _mm512_maskz_loadu_ps(lanes, cos + i),
                        _mm512_mul_ps(second, _mm512_maskz_loadu_ps(lanes, sin + i)));
    const __m512 other =
        _mm512_fmadd_ps(second, _mm512_maskz_loadu_ps(lanes, cos + step + i),
                        _mm512_mul_ps(first, _mm512_maskz_loadu_ps(lanes, sin + step + i)));
    _mm512_mask_storeu_ps(y + i, lanes, turned);
    _mm512_mask_storeu_ps(y + half + i, lanes, other);
  }
}

}  // namespace

extern const RowwiseKernels kRowwiseAvx512;
const RowwiseKernels kRowwiseAvx512 = {
    CpuLevel::kAvx512, Logistic, GateSilu, GateGeluTanh, RmsNorm, Rotate,
};

}  // namespace edgetasks::kernels::simd
