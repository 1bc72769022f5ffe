// The limits of AVX-512 with VNNI: loads of 64 bytes, VPDPBUSD for 8-bit products, FMA.
#include <immintrin.h>

#include "core/kernels/simd/limits/limits.h"

namespace edgetasks::kernels::simd {
namespace {

// Sums that do not wait for one another: two multiplications a cycle, of five cycles at most.
constexpr int kSums = 16;

uint64_t Read(const uint8_t* data, int64_t bytes) {
  __m512i sums[4];
  for (auto& sum : sums) sum = _mm512_setzero_si512();
  for (int64_t i = 0; i < bytes; i += static_cast<int64_t>(sizeof(sums))) {
    for (int k = 0; k < 4; ++k) {
      sums[k] = _mm512_xor_si512(sums[k], _mm512_loadu_si512(data + i + 64 * k));
    }
  }
  for (int k = 1; k < 4; ++k) sums[0] = _mm512_xor_si512(sums[0], sums[k]);
  alignas(64) uint64_t words[8];
  _mm512_store_si512(words, sums[0]);
  uint64_t result = 0;
  for (const uint64_t word : words) result ^= word;
  return result;
}

uint64_t MultiplyIntegers(int64_t rounds, uint32_t seed) {
  const __m512i factor = _mm512_set1_epi32(static_cast<int>(seed));
  const __m512i other = _mm512_set1_epi32(static_cast<int>(seed * 3 & 0x7F7F7F7F));
  __m512i sums[kSums];
  for (auto& sum : sums) sum = _mm512_setzero_si512();
  for (int64_t r = 0; r < rounds; ++r) {
    for (auto& sum : sums) sum = _mm512_dpbusd_epi32(sum, factor, other);
  }
  for (int k = 1; k < kSums; ++k) sums[0] = _mm512_add_epi32(sums[0], sums[k]);
  alignas(64) uint32_t words[16];
  _mm512_store_si512(words, sums[0]);
  uint32_t result = 0;  // sums wrap; _mm512_reduce_add_epi32 would add them as signed integers
  for (const uint32_t word : words) result += word;
  return result;
}

float MultiplyFloats(int64_t rounds, float seed) {
  const __m512 factor = _mm512_set1_ps(seed);
  __m512 sums[kSums];
  for (auto& sum : sums) sum = _mm512_setzero_ps();
  for (int64_t r = 0; r < rounds; ++r) {
    for (auto& sum : sums) sum = _mm512_fmadd_ps(sum, factor, factor);
  }
  for (int k = 1; k < kSums; ++k) sums[0] = _mm512_add_ps(sums[0], sums[k]);
  return _mm512_reduce_add_ps(sums[0]);
}

}  // namespace

extern const LimitKernels kLimitsAvx512Vnni;
const LimitKernels kLimitsAvx512Vnni = {CpuLevel::kAvx512Vnni, Read,       kSums * 64,
                                        MultiplyIntegers,      kSums * 16, MultiplyFloats};

}  // namespace edgetasks::kernels::simd
