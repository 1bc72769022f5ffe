// A loop that the compiler shortened would be a limit that nothing can reach: the results say that
// everything was read and multiplied.
#include "core/kernels/simd/limits/limits.h"

#include <cstdint>
#include <vector>

#include "core/kernels/simd/limits/select.h"
#include "gtest/gtest.h"

namespace edgetasks::kernels::simd {
namespace {

TEST(LimitsTest, ReadsEveryWordOnce) {
  std::vector<uint64_t> words(3 * 256 / 8);
  uint64_t expected = 0, state = 1;
  for (uint64_t& word : words) {
    word = state = state * 6364136223846793005u + 1442695040888963407u;
    expected ^= word;
  }
  for (const LimitKernels* kernels : RunnableLimitKernels()) {
    EXPECT_EQ(kernels->read(reinterpret_cast<const uint8_t*>(words.data()),
                            static_cast<int64_t>(words.size() * 8)),
              expected)
        << "level " << static_cast<int>(kernels->level);
  }
}

TEST(LimitsTest, ProductsDependOnTheSeedAndTheRounds) {
  for (const LimitKernels* kernels : RunnableLimitKernels()) {
    SCOPED_TRACE(static_cast<int>(kernels->level));
    EXPECT_GT(kernels->integer_macs, 0);
    EXPECT_NE(kernels->multiply_integers(3, 0x01020304), kernels->multiply_integers(4, 0x01020304));
    EXPECT_NE(kernels->multiply_integers(3, 0x01020304), kernels->multiply_integers(3, 0x01020307));
    EXPECT_GT(kernels->float_macs, 0);
    EXPECT_GT(kernels->multiply_floats(8, 0.5f), kernels->multiply_floats(4, 0.5f));
    EXPECT_GT(kernels->multiply_floats(8, 0.5f), kernels->multiply_floats(8, 0.25f));
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd
