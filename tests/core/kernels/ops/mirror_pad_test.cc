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
using ::testing::IsEmpty;
std::vector<float> Mirror(ir::MirrorPadMode mode, const std::vector<int32_t>& pads) {
  OpRunner runner(OpCode::MIRROR_PAD, ir::MirrorPadParams{mode});
  runner.AddInput<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddConstant<int32_t>({2, 2}, pads);
  runner.AddOutput(DType::kFloat32);
  return runner.Run().ok() ? runner.Output<float>(0) : std::vector<float>{};
}

TEST(MirrorPadTest, ReflectLeavesOutTheEdge) {
  EXPECT_THAT(Mirror(ir::MirrorPadMode::kReflect, {1, 0, 0, 2}),
              ElementsAre(4, 5, 6, 5, 4, 1, 2, 3, 2, 1, 4, 5, 6, 5, 4));
}

TEST(MirrorPadTest, SymmetricRepeatsTheEdge) {
  EXPECT_THAT(Mirror(ir::MirrorPadMode::kSymmetric, {0, 1, 2, 0}),
              ElementsAre(2, 1, 1, 2, 3, 5, 4, 4, 5, 6, 5, 4, 4, 5, 6));
}

TEST(MirrorPadTest, RefusesMoreThanThereIsToMirror) {
  EXPECT_THAT(Mirror(ir::MirrorPadMode::kReflect, {2, 0, 0, 0}), IsEmpty());
  EXPECT_THAT(Mirror(ir::MirrorPadMode::kSymmetric, {0, 0, 4, 0}), IsEmpty());
  EXPECT_THAT(Mirror(ir::MirrorPadMode::kSymmetric, {0, -1, 0, 0}), IsEmpty());
}

}  // namespace
}  // namespace edgetasks
