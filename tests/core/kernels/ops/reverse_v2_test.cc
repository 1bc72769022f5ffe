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
TEST(ReverseV2Test, TurnsTheNamedAxes) {
  OpRunner runner(OpCode::REVERSE_V2);
  runner.AddInput<int16_t>({2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddConstant<int32_t>({1}, {-1});
  runner.AddOutput(DType::kInt16);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int16_t>(0), ElementsAre(3, 2, 1, 6, 5, 4));
}

TEST(ReverseV2Test, TurnsAllAxes) {
  OpRunner runner(OpCode::REVERSE_V2);
  runner.AddInput<float>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  runner.AddInput<int32_t>({3}, {0, 1, 2});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(8, 7, 6, 5, 4, 3, 2, 1));
}

TEST(ReverseSequenceTest, TurnsTheFirstElements) {
  OpRunner runner(OpCode::REVERSE_SEQUENCE, ir::ReverseSequenceParams{1, 0});
  runner.AddInput<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddInput<int32_t>({2}, {2, 3});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(2, 1, 3, 6, 5, 4));
}

TEST(ReverseSequenceTest, TakesTheBatchBehindTheSequence) {
  OpRunner runner(OpCode::REVERSE_SEQUENCE, ir::ReverseSequenceParams{0, 2});
  runner.AddInput<int32_t>({2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  runner.AddInput<int64_t>({2}, {2, 1});
  runner.AddOutput(DType::kInt32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<int32_t>(0), ElementsAre(5, 2, 7, 4, 1, 6, 3, 8));
}

TEST(ReverseSequenceTest, NamesALengthOutside) {
  for (int32_t length : {-1, 4}) {
    OpRunner runner(OpCode::REVERSE_SEQUENCE, ir::ReverseSequenceParams{1, 0});
    runner.AddInput<float>({1, 3}, {1, 2, 3});
    runner.AddInput<int32_t>({1}, {length});
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kBadValue);
  }
}

}  // namespace
}  // namespace edgetasks
