#include "core/kernels/machine_limits.h"

#include "gtest/gtest.h"

namespace edgetasks::kernels {
namespace {

// Wide bounds: slower than a machine of 2005, or faster than a thread can be, is a broken loop.
TEST(MachineLimitsTest, AreOfThisWorld) {
  ThreadPool pool(1);
  const auto limits = MeasureMachineLimits(pool);
  ASSERT_TRUE(limits.ok()) << limits.status();
  EXPECT_GT(limits->read_gb_per_s, 0.2);
  EXPECT_LT(limits->read_gb_per_s, 1000);
  EXPECT_GT(limits->integer_gmac_per_s, 0.1);
  EXPECT_LT(limits->integer_gmac_per_s, 5000);
  EXPECT_GT(limits->float_gmac_per_s, 0.1);
  EXPECT_LT(limits->float_gmac_per_s, 2000);
}

}  // namespace
}  // namespace edgetasks::kernels
