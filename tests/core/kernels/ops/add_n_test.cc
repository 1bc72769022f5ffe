#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::OpCode;
using test::OpRunner;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(AddNTest, AddsAll) {
  OpRunner runner(OpCode::ADD_N);
  runner.AddInput<float>({2}, {1, 2});
  runner.AddInput<float>({2}, {10, 20});
  runner.AddInput<float>({2}, {100, 200});
  runner.AddOutput(ir::DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(111, 222));
}

TEST(AddNTest, OneTermIsACopy) {
  OpRunner runner(OpCode::ADD_N);
  runner.AddInput<int64_t>({2}, {1, 2});
  runner.AddOutput(ir::DType::kInt64);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int64_t>(0), ElementsAre(1, 2));
}

TEST(AddNTest, RefusesDifferentShapes) {
  OpRunner runner(OpCode::ADD_N);
  runner.AddInput<int32_t>({2}, {1, 2});
  runner.AddInput<int32_t>({1}, {1});
  runner.AddOutput(ir::DType::kInt32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("must be equal"));
}

}  // namespace
}  // namespace edgetasks
