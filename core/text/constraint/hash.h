// A hash of sequences of integers.
#ifndef CORE_TEXT_CONSTRAINT_HASH_H_
#define CORE_TEXT_CONSTRAINT_HASH_H_

#include <cstdint>

namespace edgetasks::text {

// The finalizer of SplitMix64 over what came so far and the next value.
inline uint64_t HashStep(uint64_t hash, uint64_t value) {
  uint64_t z = hash + 0x9E3779B97F4A7C15u + value;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_HASH_H_
