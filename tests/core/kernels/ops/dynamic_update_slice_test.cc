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
using ::testing::HasSubstr;
std::vector<float> Update(const std::vector<int32_t>& start, bool in_place = false) {
  OpRunner runner(OpCode::DYNAMIC_UPDATE_SLICE);
  runner.AddInput<float>({3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9});
  runner.AddInput<float>({2, 1}, {-1, -2});
  runner.AddInput<int32_t>({2}, start);
  runner.AddOutput(DType::kFloat32);
  if (in_place) runner.ShareMemoryOfInput0();
  EXPECT_TRUE(runner.Run().ok());
  return runner.Output<float>(0);
}

TEST(DynamicUpdateSliceTest, ReplacesABox) {
  EXPECT_THAT(Update({1, 1}), ElementsAre(1, 2, 3, 4, -1, 6, 7, -2, 9));
}

TEST(DynamicUpdateSliceTest, WritesInPlace) {
  EXPECT_THAT(Update({1, 1}, true), ElementsAre(1, 2, 3, 4, -1, 6, 7, -2, 9));
}

TEST(DynamicUpdateSliceTest, MovesTheBoxInside) {
  EXPECT_THAT(Update({2, 5}), ElementsAre(1, 2, 3, 4, 5, -1, 7, 8, -2));
  EXPECT_THAT(Update({-7, -1}), ElementsAre(-1, 2, 3, -2, 5, 6, 7, 8, 9));
}

TEST(DynamicUpdateSliceTest, RefusesAnUpdateThatIsTooLarge) {
  OpRunner runner(OpCode::DYNAMIC_UPDATE_SLICE);
  runner.AddInput<float>({1}, {1});
  runner.AddInput<float>({2}, {1, 2});
  runner.AddInput<int32_t>({1}, {0});
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("is larger than operand"));
}

}  // namespace
}  // namespace edgetasks
