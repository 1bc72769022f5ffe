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
TEST(FillTest, RepeatsTheValue) {
  OpRunner runner(OpCode::FILL);
  runner.AddInput<int32_t>({2}, {2, 2});
  runner.AddInput<bool>({}, {true});
  runner.AddOutput(DType::kBool);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2}));
  EXPECT_THAT(runner.Output<bool>(0), ElementsAre(true, true, true, true));
}

TEST(FillTest, RefusesANegativeDimension) {
  OpRunner runner(OpCode::FILL);
  runner.AddConstant<int64_t>({1}, {-1});
  runner.AddInput<float>({}, {1});
  runner.AddOutput(DType::kFloat32);
  EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
}

}  // namespace
}  // namespace edgetasks
