#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::OpCode;
using test::OpRunner;
using ::testing::ElementsAre;

template <typename T>
std::vector<T> RunBinary(OpCode code, const std::vector<T>& a, const std::vector<T>& b) {
  OpRunner runner(code);
  runner.AddInput<T>({static_cast<int32_t>(a.size())}, a);
  runner.AddInput<T>({static_cast<int32_t>(b.size())}, b);
  runner.AddOutput(ir::DTypeOf<T>());
  EXPECT_TRUE(runner.Run().ok());
  return runner.Output<T>(0);
}

TEST(BitwiseTest, Xor) {
  EXPECT_THAT(RunBinary<uint8_t>(OpCode::BITWISE_XOR, {0xf0, 0x0f}, {0xff}),
              ElementsAre(0x0f, 0xf0));
  EXPECT_THAT(RunBinary<int64_t>(OpCode::BITWISE_XOR, {-1}, {1}), ElementsAre(-2));
}

TEST(BitwiseTest, ShiftsWithinTheType) {
  EXPECT_THAT(RunBinary<int32_t>(OpCode::RIGHT_SHIFT, {-8, -8, 8}, {1, 40, 0}),
              ElementsAre(-4, -1, 8));
  EXPECT_THAT(RunBinary<int8_t>(OpCode::STABLEHLO_SHIFT_LEFT, {1, 1, 1}, {6, 8, -1}),
              ElementsAre(64, 0, 0));
}

}  // namespace
}  // namespace edgetasks
