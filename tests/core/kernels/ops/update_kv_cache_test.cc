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
ir::CustomParams Layer(int64_t layer, int64_t length) {
  return ir::CustomParams{
      {{"kv_cache_max", length}, {"num_layers", int64_t{2}}, {"layer_index", layer}}};
}

TEST(UpdateKvCacheTest, KeepsWhatWasWritten) {
  OpRunner runner(OpCode::CUSTOM, Layer(1, 3), "odml.update_kv_cache");
  runner.AddInput<int64_t>({1}, {1});
  runner.AddInput<float>({1, 1, 1, 2}, {1, 2});
  runner.AddInput<float>({1, 1, 1, 2}, {3, 4});
  runner.AddOutput(DType::kFloat32);
  runner.AddOutput(DType::kFloat32);
  for (int run = 0; run < 2; ++run) {
    ASSERT_TRUE(runner.Run().ok());
    EXPECT_EQ(runner.OutputShape(0), (Shape{1, 3, 1, 2}));
    EXPECT_THAT(runner.Output<float>(0), ElementsAre(0, 0, 1, 2, 0, 0));
    EXPECT_THAT(runner.Output<float>(1), ElementsAre(0, 0, 3, 4, 0, 0));
  }
}

TEST(UpdateKvCacheTest, NamesAPositionBeyondTheCache) {
  for (int64_t position : {-1, 2}) {
    OpRunner runner(OpCode::CUSTOM, Layer(0, 3), "odml.update_kv_cache");
    runner.AddInput<int64_t>({2}, {position, position + 1});
    runner.AddInput<float>({1, 2, 1, 1}, {1, 2});
    runner.AddInput<float>({1, 2, 1, 1}, {3, 4});
    runner.AddOutput(DType::kFloat32);
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kBadValue);
  }
}

}  // namespace
}  // namespace edgetasks
