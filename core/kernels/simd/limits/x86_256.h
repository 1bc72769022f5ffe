// The limits of 256-bit registers: loads of 32 bytes, FMA, and sums of 8-bit products by the
// instructions of a set. Everything here is local to the file that includes it, which is compiled
// with the flags of its set.
#ifndef CORE_KERNELS_SIMD_LIMITS_X86_256_H_
#define CORE_KERNELS_SIMD_LIMITS_X86_256_H_

#include <immintrin.h>

#include "core/kernels/simd/limits/limits.h"

namespace edgetasks::kernels::simd {
namespace {

// Sums that do not wait for one another: as many as cover the latency of two multiplications at a
// time, and leave registers for the factors.
constexpr int kSums = 10;

uint64_t Read(const uint8_t* data, int64_t bytes) {
  __m256i sums[8];
  for (auto& sum : sums) sum = _mm256_setzero_si256();
  for (int64_t i = 0; i < bytes; i += static_cast<int64_t>(sizeof(sums))) {
    for (int k = 0; k < 8; ++k) {
      const auto* at = reinterpret_cast<const __m256i*>(data + i) + k;
      sums[k] = _mm256_xor_si256(sums[k], _mm256_loadu_si256(at));
    }
  }
  for (int k = 1; k < 8; ++k) sums[0] = _mm256_xor_si256(sums[0], sums[k]);
  alignas(32) uint64_t words[4];
  _mm256_store_si256(reinterpret_cast<__m256i*>(words), sums[0]);
  return words[0] ^ words[1] ^ words[2] ^ words[3];
}

// Products::Add adds 32 products of bytes of a, unsigned, and b to eight sums.
template <typename Products>
uint64_t MultiplyIntegers(int64_t rounds, uint32_t seed) {
  const __m256i factor = _mm256_set1_epi8(static_cast<char>(seed & 63));
  __m256i other = _mm256_set1_epi8(static_cast<char>(seed >> 8 & 63));
  __m256i sums[kSums];
  for (auto& sum : sums) sum = _mm256_setzero_si256();
  for (int64_t r = 0; r < rounds; ++r) {
    for (auto& sum : sums) {
      // The factor must look new to the compiler each time, or it would multiply only once.
      __asm__ volatile("" : "+x"(other));
      sum = Products::Add(sum, factor, other);
    }
  }
  for (int k = 1; k < kSums; ++k) sums[0] = _mm256_add_epi32(sums[0], sums[k]);
  alignas(32) uint64_t words[4];
  _mm256_store_si256(reinterpret_cast<__m256i*>(words), sums[0]);
  return words[0] + words[1] + words[2] + words[3];
}

float MultiplyFloats(int64_t rounds, float seed) {
  const __m256 factor = _mm256_set1_ps(seed);
  __m256 sums[kSums];
  for (auto& sum : sums) sum = _mm256_setzero_ps();
  for (int64_t r = 0; r < rounds; ++r) {
    for (auto& sum : sums) sum = _mm256_fmadd_ps(sum, factor, factor);
  }
  for (int k = 1; k < kSums; ++k) sums[0] = _mm256_add_ps(sums[0], sums[k]);
  alignas(32) float lanes[8];
  _mm256_store_ps(lanes, sums[0]);
  return lanes[0] + lanes[7];
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_LIMITS_X86_256_H_
