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

// out[j..] = in[i..] with j[d] = i[perm[d]], by index arithmetic.
template <typename T>
std::vector<T> Expected(const std::vector<int>& dims, const std::vector<int>& perm,
                        const std::vector<T>& in) {
  std::vector<T> out(in.size());
  const int rank = static_cast<int>(dims.size());
  for (size_t flat = 0; flat < in.size(); ++flat) {
    std::vector<int> index(rank);
    size_t rest = flat;
    for (int d = rank - 1; d >= 0; --d) {
      index[d] = static_cast<int>(rest % dims[d]);
      rest /= dims[d];
    }
    size_t to = 0;
    for (int d = 0; d < rank; ++d) to = to * dims[perm[d]] + index[perm[d]];
    out[to] = in[flat];
  }
  return out;
}

template <typename T>
class TransposeTest : public ::testing::Test {};
using Types = ::testing::Types<int8_t, int16_t, float, int64_t>;
TYPED_TEST_SUITE(TransposeTest, Types);

TYPED_TEST(TransposeTest, PermutesAnyRank) {
  const std::vector<std::pair<std::vector<int>, std::vector<int>>> cases = {
      {{2, 3}, {1, 0}},
      {{2, 3, 4}, {2, 0, 1}},
      {{2, 3, 4, 5}, {0, 2, 1, 3}},
      {{2, 3, 4, 5}, {0, 3, 1, 2}},
      {{1, 2, 1, 3, 2}, {4, 3, 2, 1, 0}},
      {{2, 2, 2, 2, 2, 2}, {5, 0, 4, 1, 3, 2}},
      {{3, 4}, {0, 1}},
  };
  for (const auto& [dims, perm] : cases) {
    std::vector<TypeParam> values;
    int count = 1;
    for (int dim : dims) count *= dim;
    for (int i = 0; i < count; ++i) values.push_back(static_cast<TypeParam>(i));
    for (bool constant : {true, false}) {
      OpRunner runner(OpCode::TRANSPOSE);
      runner.AddInput<TypeParam>(Shape(dims), values);
      const Shape list = {static_cast<int32_t>(perm.size())};
      if (constant) {
        runner.AddConstant<int32_t>(list, perm);
      } else {
        runner.AddInput<int32_t>(list, perm);
      }
      runner.AddOutput(ir::DTypeOf<TypeParam>());
      ASSERT_TRUE(runner.Run(2).ok());
      EXPECT_EQ(runner.Output<TypeParam>(0), Expected(dims, perm, values));
    }
  }
}

TEST(TransposeErrorTest, RefusesWhatIsNoPermutation) {
  for (const std::vector<int32_t>& perm : {std::vector<int32_t>{0}, {0, 0}, {0, 2}, {0, 1, 2}}) {
    OpRunner runner(OpCode::TRANSPOSE);
    runner.AddInput<float>({1, 2}, {1, 2});
    runner.AddConstant<int32_t>({static_cast<int32_t>(perm.size())}, perm);
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

TEST(TransposeErrorTest, SplitsLargeTensorsAmongThreads) {
  const std::vector<int> dims = {64, 48, 128}, perm = {1, 0, 2};
  std::vector<float> values(64 * 48 * 128);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  OpRunner runner(OpCode::TRANSPOSE);
  runner.AddInput<float>(Shape(dims), values);
  runner.AddConstant<int32_t>({3}, perm);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run(4).ok());
  EXPECT_EQ(runner.Output<float>(0), Expected(dims, perm, values));
}

}  // namespace
}  // namespace edgetasks
