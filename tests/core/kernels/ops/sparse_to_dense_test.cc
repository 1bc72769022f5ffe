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
TEST(SparseToDenseTest, PlacesValues) {
  OpRunner runner(OpCode::SPARSE_TO_DENSE);
  runner.AddInput<int32_t>({2, 2}, {0, 1, 1, 0});
  runner.AddConstant<int32_t>({2}, {2, 2});
  runner.AddInput<float>({2}, {5, 6});
  runner.AddConstant<float>({}, {-1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(-1, 5, 6, -1));
}

TEST(SparseToDenseTest, NamesAnIndexOutside) {
  OpRunner runner(OpCode::SPARSE_TO_DENSE);
  runner.AddInput<int64_t>({}, {3});
  runner.AddConstant<int32_t>({1}, {3});
  runner.AddInput<float>({}, {5});
  runner.AddConstant<float>({}, {0});
  runner.AddOutput(DType::kFloat32);
  EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kBadValue);
}

}  // namespace
}  // namespace edgetasks
