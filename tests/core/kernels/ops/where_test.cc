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
TEST(WhereTest, ListsCoordinates) {
  OpRunner runner(OpCode::WHERE);
  runner.AddInput<bool>({2, 2}, {true, false, true, true});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{3, 2}));
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(0, 0, 1, 0, 1, 1));
}

TEST(WhereTest, ANegativeZeroIsZero) {
  OpRunner runner(OpCode::WHERE);
  runner.AddInput<float>({3}, {-0.0f, 0.5f, 0});
  runner.AddOutput(DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(1));
}

}  // namespace
}  // namespace edgetasks
