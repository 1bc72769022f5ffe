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
TEST(OneHotTest, SetsTheIndexAlongTheNewAxis) {
  for (int axis : {-1, 0}) {
    OpRunner runner(OpCode::ONE_HOT, ir::OneHotParams{axis});
    runner.AddInput<int32_t>({3}, {1, -1, 2});
    runner.AddConstant<int32_t>({}, {2});
    runner.AddConstant<float>({}, {5});
    runner.AddConstant<float>({}, {1});
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run().ok());
    if (axis == 0) {
      EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 1, 1, 5, 1, 1));
    } else {
      EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 5, 1, 1, 1, 1));
    }
  }
}

}  // namespace
}  // namespace edgetasks
