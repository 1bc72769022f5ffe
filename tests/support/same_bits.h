// Comparison of floats bit for bit.
#ifndef TESTS_SUPPORT_SAME_BITS_H_
#define TESTS_SUPPORT_SAME_BITS_H_

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace edgetasks::testing {

// Signs of zeros count; one NaN is as good as another.
inline bool SameNumber(float a, float b) {
  if (std::isnan(a) && std::isnan(b)) return true;
  uint32_t a_bits, b_bits;
  std::memcpy(&a_bits, &a, sizeof(a));
  std::memcpy(&b_bits, &b, sizeof(b));
  return a_bits == b_bits;
}

inline ::testing::AssertionResult SameBits(const std::vector<float>& a,
                                           const std::vector<float>& b) {
  if (a.size() != b.size()) {
    return ::testing::AssertionFailure() << a.size() << " and " << b.size() << " numbers";
  }
  for (size_t i = 0; i < a.size(); ++i) {
    if (SameNumber(a[i], b[i])) continue;
    return ::testing::AssertionFailure() << "number " << i << " of " << a.size() << " is "
                                         << std::hexfloat << a[i] << " and " << b[i];
  }
  return ::testing::AssertionSuccess();
}

}  // namespace edgetasks::testing

#endif  // TESTS_SUPPORT_SAME_BITS_H_
