#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::OpCode;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;

// Bools are read as bytes: 0 or 1.
template <typename T>
std::vector<uint8_t> Compare(OpCode code, const std::vector<T>& a, const std::vector<T>& b,
                             ir::Quantization qa = {}, ir::Quantization qb = {}) {
  OpRunner runner(code);
  runner.AddInput<T>({static_cast<int32_t>(a.size())}, a, qa);
  runner.AddInput<T>({static_cast<int32_t>(b.size())}, b, qb);
  runner.AddOutput(ir::DType::kBool);
  const absl::Status status = runner.Run();
  EXPECT_TRUE(status.ok()) << status;
  return runner.Output<uint8_t>(0);
}

TEST(ComparisonTest, ComparesFloats) {
  const std::vector<float> a = {1, 2, 3}, b = {2};
  EXPECT_THAT(Compare(OpCode::EQUAL, a, b), ElementsAre(0, 1, 0));
  EXPECT_THAT(Compare(OpCode::NOT_EQUAL, a, b), ElementsAre(1, 0, 1));
  EXPECT_THAT(Compare(OpCode::LESS, a, b), ElementsAre(1, 0, 0));
  EXPECT_THAT(Compare(OpCode::LESS_EQUAL, a, b), ElementsAre(1, 1, 0));
  EXPECT_THAT(Compare(OpCode::GREATER, a, b), ElementsAre(0, 0, 1));
  EXPECT_THAT(Compare(OpCode::GREATER_EQUAL, a, b), ElementsAre(0, 1, 1));
}

TEST(ComparisonTest, NanEqualsNothing) {
  const std::vector<float> nan = {std::numeric_limits<float>::quiet_NaN()};
  EXPECT_THAT(Compare(OpCode::EQUAL, nan, nan), ElementsAre(0));
  EXPECT_THAT(Compare(OpCode::NOT_EQUAL, nan, nan), ElementsAre(1));
  EXPECT_THAT(Compare(OpCode::GREATER_EQUAL, nan, nan), ElementsAre(0));
}

TEST(ComparisonTest, ComparesPlainIntegers) {
  EXPECT_THAT(Compare<int64_t>(OpCode::LESS, {int64_t{1} << 40}, {(int64_t{1} << 40) + 1}),
              ElementsAre(1));
  EXPECT_THAT(Compare<int32_t>(OpCode::GREATER_EQUAL, {-1, 0}, {0}), ElementsAre(0, 1));
  EXPECT_THAT(Compare<uint8_t>(OpCode::GREATER, {200}, {100}), ElementsAre(1));
}

TEST(ComparisonTest, ComparesQuantizedNumbersByTheirRealValue) {
  const std::vector<int8_t> a = {10, 10, 10}, b = {4, 5, 6};
  const ir::Quantization qa = PerTensor(0.5f, 0), qb = PerTensor(1.0f, 0);
  EXPECT_THAT(Compare(OpCode::EQUAL, a, b, qa, qb), ElementsAre(0, 1, 0));
  EXPECT_THAT(Compare(OpCode::LESS, a, b, qa, qb), ElementsAre(0, 0, 1));
  EXPECT_THAT(Compare(OpCode::EQUAL, a, b, PerTensor(0.0f, 0), PerTensor(0.0f, 0)),
              ElementsAre(1, 1, 1));
}

TEST(ComparisonTest, AnyByteButZeroIsTrue) {
  OpRunner runner(OpCode::EQUAL);
  runner.AddBytes(ir::DType::kBool, {3}, {1, 2, 0}, {}, false);
  runner.AddBytes(ir::DType::kBool, {3}, {1, 1, 1}, {}, false);
  runner.AddOutput(ir::DType::kBool);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_THAT(runner.Output<uint8_t>(0), ElementsAre(1, 1, 0));
}

}  // namespace
}  // namespace edgetasks
