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
std::vector<int32_t> Sums(bool exclusive, bool reverse, int32_t axis) {
  OpRunner runner(OpCode::CUMSUM, ir::CumsumParams{exclusive, reverse});
  runner.AddInput<int32_t>({2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddConstant<int32_t>({}, {axis});
  runner.AddOutput(DType::kInt32);
  EXPECT_TRUE(runner.Run().ok());
  return runner.Output<int32_t>(0);
}

TEST(CumsumTest, SumsAlongTheAxis) {
  EXPECT_THAT(Sums(false, false, 1), ElementsAre(1, 3, 6, 4, 9, 15));
  EXPECT_THAT(Sums(false, false, 0), ElementsAre(1, 2, 3, 5, 7, 9));
  EXPECT_THAT(Sums(true, false, -1), ElementsAre(0, 1, 3, 0, 4, 9));
  EXPECT_THAT(Sums(false, true, 1), ElementsAre(6, 5, 3, 15, 11, 6));
  EXPECT_THAT(Sums(true, true, 1), ElementsAre(5, 3, 0, 11, 6, 0));
}

TEST(CumsumTest, TakesTheAxisAtRunTime) {
  OpRunner runner(OpCode::CUMSUM);
  runner.AddInput<float>({2}, {0.5f, 0.25f});
  runner.AddInput<int32_t>({}, {0});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(0.5f, 0.75f));
}

}  // namespace
}  // namespace edgetasks
