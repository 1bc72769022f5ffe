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
TEST(MatrixDiagTest, PutsRowsOnDiagonals) {
  OpRunner runner(OpCode::MATRIX_DIAG);
  runner.AddInput<float>({2, 2}, {1, 2, 3, 4});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (Shape{2, 2, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(1, 0, 0, 2, 3, 0, 0, 4));
}

}  // namespace
}  // namespace edgetasks
