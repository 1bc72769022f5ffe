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
TEST(BroadcastArgsTest, JoinsTwoShapes) {
  OpRunner runner(OpCode::BROADCAST_ARGS);
  runner.AddInput<int32_t>({3}, {4, 1, 3});
  runner.AddInput<int32_t>({2}, {2, 1});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(4, 2, 3));
}

TEST(BroadcastArgsTest, NamesDimensionsThatDoNotFit) {
  OpRunner runner(OpCode::BROADCAST_ARGS);
  runner.AddInput<int64_t>({1}, {4});
  runner.AddInput<int64_t>({1}, {3});
  runner.AddOutput(DType::kInt64);
  EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kBadValue);
}

}  // namespace
}  // namespace edgetasks
