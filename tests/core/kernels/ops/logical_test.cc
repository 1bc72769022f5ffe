#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::OpCode;
using test::OpRunner;
using ::testing::ElementsAre;

std::vector<uint8_t> RunBinary(OpCode code) {
  OpRunner runner(code);
  runner.AddBytes(ir::DType::kBool, {4}, {0, 0, 1, 2}, {}, false);
  runner.AddBytes(ir::DType::kBool, {2, 1}, {0, 1}, {}, false);
  runner.AddOutput(ir::DType::kBool);
  EXPECT_TRUE(runner.Run().ok());
  return runner.Output<uint8_t>(0);
}

TEST(LogicalTest, FollowsTheTruthTables) {
  EXPECT_THAT(RunBinary(OpCode::LOGICAL_AND), ElementsAre(0, 0, 0, 0, 0, 0, 1, 1));
  EXPECT_THAT(RunBinary(OpCode::LOGICAL_OR), ElementsAre(0, 0, 1, 1, 1, 1, 1, 1));
}

TEST(LogicalTest, NegatesAnyByte) {
  OpRunner runner(OpCode::LOGICAL_NOT);
  runner.AddBytes(ir::DType::kBool, {3}, {0, 1, 7}, {}, false);
  runner.AddOutput(ir::DType::kBool);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(1, 0, 0));
}

}  // namespace
}  // namespace edgetasks
