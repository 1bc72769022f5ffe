#include <limits>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::OpCode;
using test::OpRunner;
using ::testing::ElementsAre;

template <typename T>
absl::Status RunBinary(OpCode code, const std::vector<T>& a, const std::vector<T>& b,
                       std::vector<T>* output) {
  OpRunner runner(code);
  runner.AddInput<T>({static_cast<int32_t>(a.size())}, a);
  runner.AddInput<T>({static_cast<int32_t>(b.size())}, b);
  runner.AddOutput(ir::DTypeOf<T>());
  const absl::Status status = runner.Run();
  *output = runner.Output<T>(0);
  return status;
}

TEST(FloorDivisionTest, RoundsTowardsMinusInfinity) {
  std::vector<float> floats;
  ASSERT_TRUE(RunBinary<float>(OpCode::FLOOR_DIV, {7, -7, 7}, {2, 2, -2}, &floats).ok());
  EXPECT_THAT(floats, ElementsAre(3, -4, -4));
  std::vector<int32_t> integers;
  ASSERT_TRUE(RunBinary<int32_t>(OpCode::FLOOR_DIV, {7, -7, 7, std::numeric_limits<int32_t>::min()},
                                 {2, 2, -2, -1}, &integers)
                  .ok());
  EXPECT_THAT(integers, ElementsAre(3, -4, -4, std::numeric_limits<int32_t>::min()));
}

TEST(FloorDivisionTest, RemainderHasTheDivisorsSign) {
  std::vector<float> floats;
  ASSERT_TRUE(RunBinary<float>(OpCode::FLOOR_MOD, {7.5f, -7, 7, 6}, {2, 2, -2, -2}, &floats).ok());
  EXPECT_THAT(floats, ElementsAre(1.5f, 1, -1, 0));
  std::vector<int64_t> integers;
  ASSERT_TRUE(RunBinary<int64_t>(OpCode::FLOOR_MOD, {7, -7, 7, std::numeric_limits<int64_t>::min()},
                                 {2, 2, -2, -1}, &integers)
                  .ok());
  EXPECT_THAT(integers, ElementsAre(1, 1, -1, 0));
}

TEST(FloorDivisionTest, DivisionByZeroIsABadValue) {
  std::vector<float> floats;
  EXPECT_EQ(GetErrorDetail(RunBinary<float>(OpCode::FLOOR_DIV, {1}, {0}, &floats)),
            ErrorDetail::kBadValue);
  std::vector<int16_t> integers;
  EXPECT_EQ(GetErrorDetail(RunBinary<int16_t>(OpCode::FLOOR_MOD, {1}, {0}, &integers)),
            ErrorDetail::kBadValue);
}

}  // namespace
}  // namespace edgetasks
