// The limits that every reader keeps on damaged files: time, and memory taken at once.
#ifndef TESTS_SUPPORT_FUZZ_LIMITS_H_
#define TESTS_SUPPORT_FUZZ_LIMITS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace edgetasks::test {

inline constexpr std::chrono::seconds kLongestRead{10};

// The most memory that opening a file of that size may hold at once.
constexpr int64_t AllocationLimit(size_t file_bytes) {
  return 4 * static_cast<int64_t>(file_bytes) + (int64_t{64} << 20);
}

// How many mutants a format gets; EDGETASKS_MUTANTS overrides it, for long runs by hand.
inline int MutantCount() {
  const char* count = std::getenv("EDGETASKS_MUTANTS");
  return count == nullptr ? 10000 : std::atoi(count);
}

}  // namespace edgetasks::test

// Under AddressSanitizer a single allocation beyond this ends the test: 64 MiB are allowed before
// verification, and 4 times the file, which is far below 1 MiB in these tests.
#define EDGETASKS_LIMIT_ALLOCATIONS()                                                     \
  extern "C" const char* __asan_default_options();                                        \
  extern "C" const char* __asan_default_options() { return "max_allocation_size_mb=68"; } \
  static_assert(true, "")

#endif  // TESTS_SUPPORT_FUZZ_LIMITS_H_
