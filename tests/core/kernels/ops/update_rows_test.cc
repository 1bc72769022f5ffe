#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/error.h"
#include "core/base/half.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using ::testing::HasSubstr;

// Rows [2, 5, 3, W] and an update [2, 2, 3, 4] of numbers that tell where they are.
constexpr int kBatches = 2, kPositions = 5, kHeads = 3, kDepth = 4, kNew = 2;

float NumberAt(int b, int t, int k, int i) {
  return static_cast<float>(b * 100 + t * 10 + k) + 0.25f * static_cast<float>(i) - 60.0f;
}

OpRunner Runner(DType dtype, int width, const std::vector<int32_t>& start, bool in_place) {
  const int bytes = kBatches * kPositions * kHeads * width * ir::BitsOf(dtype) / 8;
  std::vector<float> update;
  for (int b = 0; b < kBatches; ++b) {
    for (int t = 0; t < kNew; ++t) {
      for (int k = 0; k < kHeads; ++k) {
        for (int i = 0; i < kDepth; ++i) update.push_back(NumberAt(b, t, k, i));
      }
    }
  }
  OpRunner runner(ir::OpCode::UPDATE_ROWS);
  runner.AddBytes(dtype, {kBatches, kPositions, kHeads, width}, std::vector<uint8_t>(bytes, 0x33),
                  {}, false);
  runner.AddInput<float>({kBatches, kNew, kHeads, kDepth}, update);
  runner.AddInput<int32_t>({4}, start);
  runner.AddOutput(dtype);
  if (in_place) runner.ShareMemoryOfInput0();
  return runner;
}

// Calls check(row's bytes, b, t, k) for each row, with t counted from the update's first position.
template <typename Check>
void ForEachRow(const std::vector<uint8_t>& bytes, int row_bytes, int first, const Check& check) {
  ASSERT_EQ(bytes.size(), static_cast<size_t>(kBatches * kPositions * kHeads * row_bytes));
  const uint8_t* row = bytes.data();
  for (int b = 0; b < kBatches; ++b) {
    for (int t = 0; t < kPositions; ++t) {
      for (int k = 0; k < kHeads; ++k, row += row_bytes) check(row, b, t - first, k);
    }
  }
}

void ExpectUntouched(const uint8_t* row, int bytes) {
  for (int i = 0; i < bytes; ++i) EXPECT_EQ(row[i], 0x33);
}

TEST(UpdateRowsTest, HalfFloats) {
  for (const bool in_place : {false, true}) {
    OpRunner runner = Runner(DType::kFloat16, kDepth, {0, 2, 0, 0}, in_place);
    ASSERT_TRUE(runner.Run().ok());
    ForEachRow(runner.Output<uint8_t>(0), kDepth * 2, 2,
               [](const uint8_t* row, int b, int t, int k) {
                 if (t < 0 || t >= kNew) return ExpectUntouched(row, kDepth * 2);
                 for (int i = 0; i < kDepth; ++i) {
                   uint16_t half = 0;
                   std::memcpy(&half, row + 2 * i, sizeof(half));
                   EXPECT_EQ(half, FloatToHalf(NumberAt(b, t, k, i)));
                 }
               });
  }
}

TEST(UpdateRowsTest, BytesWithAScale) {
  // The last position that the update fits at is 3.
  for (const int start : {3, 4, 100}) {
    OpRunner runner = Runner(DType::kInt8, kDepth + 4, {0, start, 0, 0}, true);
    ASSERT_TRUE(runner.Run().ok());
    ForEachRow(runner.Output<uint8_t>(0), kDepth + 4, 3,
               [](const uint8_t* row, int b, int t, int k) {
                 if (t < 0 || t >= kNew) return ExpectUntouched(row, kDepth + 4);
                 float scale = 0, greatest = 0;
                 std::memcpy(&scale, row + kDepth, sizeof(scale));
                 for (int i = 0; i < kDepth; ++i) {
                   const float exact = NumberAt(b, t, k, i);
                   greatest = std::max(greatest, std::abs(exact));
                   EXPECT_NEAR(scale * static_cast<int8_t>(row[i]), exact, scale * 0.5001f);
                 }
                 EXPECT_FLOAT_EQ(scale, greatest / 127);
               });
  }
}

TEST(UpdateRowsTest, NamesShapesThatDoNotFit) {
  for (const int width : {kDepth, kDepth + 3, kDepth + 8}) {
    const absl::Status status = Runner(DType::kInt8, width, {0, 0, 0, 0}, false).Run();
    EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidGraph);
    EXPECT_THAT(std::string(status.message()), HasSubstr("do not fit together"));
  }
  EXPECT_FALSE(Runner(DType::kFloat32, kDepth, {0, 0, 0, 0}, false).Run().ok());
}

}  // namespace
}  // namespace edgetasks
