// The limits of plain loops, as the compiler's vectors for the architecture make them.
#include <cstring>

#include "core/kernels/simd/limits/limits.h"

namespace edgetasks::kernels::simd {
namespace {

// Sums that do not wait for one another.
constexpr int kLanes = 64;

uint64_t Read(const uint8_t* data, int64_t bytes) {
  uint64_t sums[8] = {};
  for (int64_t i = 0; i < bytes; i += sizeof(sums)) {
    uint64_t words[8];
    std::memcpy(words, data + i, sizeof(words));
    for (int k = 0; k < 8; ++k) sums[k] ^= words[k];
  }
  uint64_t sum = 0;
  for (const uint64_t s : sums) sum ^= s;
  return sum;
}

uint64_t MultiplyIntegers(int64_t rounds, uint32_t seed) {
  int32_t sums[kLanes] = {};
  int16_t factors[kLanes];
  for (int k = 0; k < kLanes; ++k) factors[k] = static_cast<int16_t>((seed + k) % 127);
  for (int64_t r = 0; r < rounds; ++r) {
    const auto factor = static_cast<int16_t>(r & 127);
    for (int k = 0; k < kLanes; ++k) {
      sums[k] = static_cast<int32_t>(static_cast<uint32_t>(sums[k]) +
                                     static_cast<uint32_t>(factor * factors[k]));
    }
  }
  uint64_t sum = 0;
  for (const int32_t s : sums) sum += static_cast<uint32_t>(s);
  return sum;
}

float MultiplyFloats(int64_t rounds, float seed) {
  float sums[kLanes] = {};
  for (int64_t r = 0; r < rounds; ++r) {
    const auto factor = static_cast<float>(r & 127);
    for (int k = 0; k < kLanes; ++k) sums[k] += factor * (seed + static_cast<float>(k));
  }
  float sum = 0.0f;
  for (const float s : sums) sum += s;
  return sum;
}

}  // namespace

extern const LimitKernels kLimitsScalar;
const LimitKernels kLimitsScalar = {CpuLevel::kScalar, Read,   kLanes,
                                    MultiplyIntegers,  kLanes, MultiplyFloats};

}  // namespace edgetasks::kernels::simd
