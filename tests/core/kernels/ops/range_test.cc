#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::OpCode;
using ir::Shape;
using test::OpRunner;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
template <typename T>
std::vector<T> RangeOf(T start, T limit, T delta, bool constant, bool* ok) {
  OpRunner runner(OpCode::RANGE);
  for (T value : {start, limit, delta}) {
    if (constant) {
      runner.AddConstant<T>({}, {value});
    } else {
      runner.AddInput<T>({}, {value});
    }
  }
  runner.AddOutput(ir::DTypeOf<T>());
  *ok = runner.Run().ok();
  return *ok ? runner.Output<T>(0) : std::vector<T>{};
}

TEST(RangeTest, CountsUpAndDown) {
  bool ok = false;
  EXPECT_THAT(RangeOf<int32_t>(1, 6, 2, true, &ok), ElementsAre(1, 3, 5));
  EXPECT_THAT(RangeOf<int64_t>(5, 0, -3, false, &ok), ElementsAre(5, 2));
  EXPECT_THAT(RangeOf<float>(0, 1, 0.25f, false, &ok), ElementsAre(0, 0.25f, 0.5f, 0.75f));
  EXPECT_THAT(RangeOf<int32_t>(3, 3, 1, true, &ok), IsEmpty());
  EXPECT_TRUE(ok);
  EXPECT_THAT(RangeOf<int32_t>(2147483646, 2147483647, 5, true, &ok), ElementsAre(2147483646));
}

TEST(RangeTest, RefusesEndlessAndHugeRanges) {
  bool ok = false;
  RangeOf<int32_t>(0, 1, 0, true, &ok);
  EXPECT_FALSE(ok);
  RangeOf<int32_t>(0, 1, -1, true, &ok);
  EXPECT_FALSE(ok);
  RangeOf<int64_t>(INT64_MIN, INT64_MAX, 1, true, &ok);
  EXPECT_FALSE(ok);
  RangeOf<float>(0, 1e30f, 1e-30f, true, &ok);
  EXPECT_FALSE(ok);
}

}  // namespace
}  // namespace edgetasks
