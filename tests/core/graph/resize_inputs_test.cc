#include "core/base/error.h"
#include "core/graph/passes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::graph {
namespace {

using ir::DType;
using ir::OpCode;
using ir::Shape;
using test::GraphBuilder;
using ::testing::HasSubstr;

// A step over a cache of 8 positions of 4, as it is after the other passes.
struct Step {
  Step() : b(&model) {
    positions = b.Input(DType::kInt32, {1});
    cache = b.Input(DType::kFloat32, {1, 1, 8, 4});
    mask = b.Input(DType::kFloat32, {1, 1, 1, 8});
    row = b.Input(DType::kFloat32, {1, 1, 1, 4});
  }

  // Writes a row at the position, and attends to what `masks` leaves of it.
  void Attend(int at, int masks) {
    const int updated =
        b.Op(OpCode::DYNAMIC_UPDATE_SLICE, {cache, row, at}, DType::kFloat32, {1, 1, 8, 4});
    b.Outputs({updated, b.Op(OpCode::GROUPED_QUERY_ATTENTION, {row, updated, updated, masks},
                             DType::kFloat32, {1, 1, 1, 4})});
  }
  int Start() {
    const int zero = b.Constant<int32_t>({1}, {0});
    return b.Op(OpCode::CONCATENATION, {zero, zero, positions, zero}, DType::kInt32, {4});
  }

  absl::Status Resize() {
    return ResizeInputs({{cache, 2, 24}, {mask, 3, 24}}, positions, &model.graphs[0]);
  }
  const Shape& shape(int tensor) const { return model.graphs[0].tensors[tensor].shape; }

  ir::Model model;
  GraphBuilder b;
  int positions, cache, mask, row;
};

TEST(ResizeInputsTest, GivesCachesAndMaskTheirSizes) {
  Step step;
  const int scale = step.b.Constant<float>({1}, {2});
  step.Attend(step.Start(),
              step.b.Op(OpCode::MUL, {step.mask, scale}, DType::kFloat32, {1, 1, 1, 8}));
  ASSERT_TRUE(step.Resize().ok());
  EXPECT_EQ(step.shape(step.cache), (Shape{1, 1, 24, 4}));
  EXPECT_EQ(step.shape(step.mask), (Shape{1, 1, 1, 24}));
}

TEST(ResizeInputsTest, ATurnedStatesAxisMoved) {
  Step step;
  step.Attend(step.Start(), step.mask);
  step.model.graphs[0].turned_inputs = {step.cache};
  ASSERT_TRUE(step.Resize().ok());
  EXPECT_EQ(step.shape(step.cache), (Shape{1, 1, 8, 24}));
}

void ExpectRefused(Step* step, const char* what) {
  const absl::Status status = step->Resize();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kUnsupportedOp);
  EXPECT_THAT(std::string(status.message()), HasSubstr(what));
  EXPECT_EQ(step->shape(step->cache), (Shape{1, 1, 8, 4}));
}

TEST(ResizeInputsTest, APartOfTheMaskIsRefused) {
  Step step;
  const int begin = step.b.Constant<int32_t>({4}, {0, 0, 0, 0});
  const int size = step.b.Constant<int32_t>({4}, {1, 1, 1, 8});
  const int part =
      step.b.Op(OpCode::SLICE, {step.mask, begin, size}, DType::kFloat32, {1, 1, 1, 8});
  step.Attend(step.Start(), part);
  ExpectRefused(&step, "op 0 (SLICE) may take only a part");
}

TEST(ResizeInputsTest, ATableOfPositionsIsRefused) {
  Step step;
  const int table = step.b.Constant<int32_t>({8, 4}, std::vector<int32_t>(32));
  const int at =
      step.b.Op(OpCode::GATHER, {table, step.positions}, DType::kInt32, {4}, ir::GatherParams{});
  step.Attend(at, step.mask);
  ExpectRefused(&step, "op 0 (GATHER) compares positions or looks something up by them");
}

// Behind arithmetic as well.
TEST(ResizeInputsTest, AComparisonOfPositionsIsRefused) {
  Step step;
  const int one = step.b.Constant<int32_t>({1}, {1}), last = step.b.Constant<int32_t>({1}, {7});
  const int next = step.b.Op(OpCode::ADD, {step.positions, one}, DType::kInt32, {1});
  step.b.Op(OpCode::LESS, {next, last}, DType::kBool, {1});
  step.Attend(step.Start(), step.mask);
  ExpectRefused(&step, "op 1 (LESS) compares positions");
}

// Which of several positions comes first is no question of how many there can be.
TEST(ResizeInputsTest, APartOfThePositionsIsFine) {
  Step step;
  const int zero = step.b.Constant<int32_t>({1}, {0});
  const int first =
      step.b.Op(OpCode::GATHER, {step.positions, zero}, DType::kInt32, {1}, ir::GatherParams{});
  step.Attend(step.b.Op(OpCode::CONCATENATION, {zero, zero, first, zero}, DType::kInt32, {4}),
              step.mask);
  EXPECT_TRUE(step.Resize().ok());
}

}  // namespace
}  // namespace edgetasks::graph
