#include <cmath>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matmul_data.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::MatMulSize;
using test::OpRunner;
using test::PerTensor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ir::BatchMatMulParams Adjoint(bool x, bool y) {
  ir::BatchMatMulParams params;
  params.adj_x = x;
  params.adj_y = y;
  return params;
}

class BatchMatMulTest : public ::testing::Test {
 protected:
  // Adds A [rows, depth] and B [columns, depth] the way the adjoints want them to lie.
  template <typename A, typename B>
  static void AddOperands(OpRunner* runner, const MatMulSize& size, bool adj_x, bool adj_y,
                          const std::vector<A>& a, ir::Quantization a_q, const std::vector<B>& b,
                          ir::Quantization b_q) {
    if (adj_x) {
      runner->AddInput<A>({size.depth, size.rows}, test::Transposed(a, size.rows, size.depth), a_q);
    } else {
      runner->AddInput<A>({size.rows, size.depth}, a, a_q);
    }
    b_q.axis = adj_y ? 0 : 1;
    if (adj_y) {
      runner->AddConstant<B>({size.columns, size.depth}, b, b_q);
    } else {
      runner->AddConstant<B>({size.depth, size.columns},
                             test::Transposed(b, size.columns, size.depth), b_q);
    }
  }

  // Calls body(size, adj_x, adj_y) for every combination.
  template <typename Body>
  static void ForEachForm(const Body& body) {
    for (const MatMulSize& size : test::MatMulSizes()) {
      for (bool adj_x : {false, true}) {
        for (bool adj_y : {false, true}) body(size, adj_x, adj_y);
      }
    }
  }

  test::MatMulRandom random_;
};

TEST_F(BatchMatMulTest, MultipliesByHand) {
  OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(false, false));
  runner.AddInput<float>({1, 2, 3}, {1, 2, 3, 4, 5, 6});
  runner.AddInput<float>({1, 3, 2}, {1, 0, 0, 1, 2, -1});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{1, 2, 2}));
  EXPECT_THAT(runner.Output<float>(0), ElementsAre(7, -1, 16, -1));
}

TEST_F(BatchMatMulTest, FloatsOfEverySizeAndForm) {
  ForEachForm([&](const MatMulSize& size, bool adj_x, bool adj_y) {
    const auto a = random_.Floats(size.rows * size.depth);
    const auto b = random_.Floats(size.columns * size.depth);
    const test::Product expected = test::Multiply(size, a, b);
    OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(adj_x, adj_y));
    AddOperands(&runner, size, adj_x, adj_y, a, {}, b, {});
    runner.AddOutput(DType::kFloat32);
    ASSERT_TRUE(runner.Run(2).ok());
    const auto output = runner.Output<float>(0);
    for (size_t i = 0; i < output.size(); ++i) {
      // depth roundings of 2^-24 at most, of what is summed up.
      ASSERT_NEAR(output[i], expected.sums[i],
                  size.depth * std::ldexp(1.0, -23) * expected.magnitudes[i]);
    }
  });
}

TEST_F(BatchMatMulTest, BroadcastsBatches) {
  // A [2, 1, 2, 1] x B [3, 1, 2] -> [2, 3, 2, 2]; entry [p, q, i, j] = A[p, 0, i, 0] * B[q, 0, j].
  OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(false, false));
  runner.AddInput<float>({2, 1, 2, 1}, {1, 2, 3, 4});
  runner.AddInput<float>({3, 1, 2}, {1, 10, 100, 1000, 10000, 100000});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run(3).ok());
  ASSERT_EQ(runner.OutputShape(0), (ir::Shape{2, 3, 2, 2}));
  EXPECT_THAT(runner.Output<float>(0),
              ElementsAre(1, 10, 2, 20, 100, 1000, 200, 2000, 1e4, 1e5, 2e4, 2e5,  //
                          3, 30, 4, 40, 300, 3000, 400, 4000, 3e4, 3e5, 4e4, 4e5));
}

TEST_F(BatchMatMulTest, ManyBatchesOnSeveralThreads) {
  const MatMulSize size{7, 37, 19};
  const int32_t batches = 13;
  const auto a = random_.Floats(batches * size.rows * size.depth);
  const auto b = random_.Integers<int8_t>(batches * size.columns * size.depth, -3, 3);
  const std::vector<float> b_floats(b.begin(), b.end());
  OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(false, true));
  runner.AddInput<float>({batches, size.rows, size.depth}, a);
  runner.AddInput<float>({batches, size.columns, size.depth}, b_floats);
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run(4).ok());
  const auto output = runner.Output<float>(0);
  for (int32_t batch = 0; batch < batches; ++batch) {
    const auto a_begin = a.begin() + batch * size.rows * size.depth;
    const auto b_begin = b_floats.begin() + batch * size.columns * size.depth;
    const test::Product expected =
        test::Multiply(size, std::vector<float>(a_begin, a_begin + size.rows * size.depth),
                       std::vector<float>(b_begin, b_begin + size.columns * size.depth));
    for (size_t i = 0; i < expected.sums.size(); ++i) {
      ASSERT_NEAR(output[batch * expected.sums.size() + i], expected.sums[i],
                  size.depth * std::ldexp(1.0, -23) * expected.magnitudes[i]);
    }
  }
}

TEST_F(BatchMatMulTest, HybridWithAScaleForEachColumn) {
  ForEachForm([&](const MatMulSize& size, bool adj_x, bool adj_y) {
    for (DType type : {DType::kInt8, DType::kInt4}) {
      const int limit = type == DType::kInt8 ? 128 : 8;
      // Each row holds -128 and 127, or if it is one number, 255: 255 steps of 1, without loss.
      auto a = random_.Integers<int>(size.rows * size.depth, -128, 127);
      for (int64_t i = 0; i < size.rows; ++i) {
        a[i * size.depth] = -128;
        a[(i + 1) * size.depth - 1] = size.depth == 1 ? 255 : 127;
      }
      const std::vector<float> a_floats(a.begin(), a.end());
      const auto b = random_.Integers<int8_t>(size.columns * size.depth, -limit, limit - 1);
      ir::Quantization q;
      q.scales = random_.Scales(size.columns, 1.0f / 64);
      q.zero_points.assign(size.columns, 0);
      q.axis = adj_y ? 0 : 1;
      const test::Product expected = test::Multiply(size, a, b);
      OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(adj_x, adj_y));
      runner.AddInput<float>(
          adj_x ? ir::Shape{size.depth, size.rows} : ir::Shape{size.rows, size.depth},
          adj_x ? test::Transposed(a_floats, size.rows, size.depth) : a_floats);
      const auto lying = adj_y ? b : test::Transposed(b, size.columns, size.depth);
      runner.AddBytes(
          type, adj_y ? ir::Shape{size.columns, size.depth} : ir::Shape{size.depth, size.columns},
          type == DType::kInt8 ? test::BytesOf(lying) : test::PackInt4(lying), q, true);
      runner.AddOutput(DType::kFloat32);
      ASSERT_TRUE(runner.Run(2).ok());
      const auto output = runner.Output<float>(0);
      for (size_t i = 0; i < output.size(); ++i) {
        // Roundings: the activation scale, the sum as a float, two products.
        const double exact = expected.sums[i] * q.scales[i % size.columns];
        ASSERT_NEAR(output[i], exact, std::ldexp(std::abs(exact), -22));
      }
    }
  });
}

// The output's integers against the real numbers they stand for. TFLite rounds 32-bit sums twice:
// first to steps of at most 2 * multiplier of an output step (half of that is lost), then to the
// output's. 64-bit sums are rounded once, with a multiplier of 15 bits: 2^-15 of up to 2^15 steps
// more.
template <typename T>
void ExpectRequantized(const std::vector<T>& output, const std::vector<double>& sums,
                       double multiplier, int zero) {
  for (size_t i = 0; i < output.size(); ++i) {
    const double real = std::clamp<double>(
        sums[i] * multiplier + zero, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    ASSERT_NEAR(output[i], real, 0.5 + (sizeof(T) == 1 ? multiplier : 1.0)) << i;
  }
}

TEST_F(BatchMatMulTest, Int8SubtractsBothZeroPoints) {
  ForEachForm([&](const MatMulSize& size, bool adj_x, bool adj_y) {
    const auto a = random_.Integers<int8_t>(size.rows * size.depth, -128, 127);
    const auto b = random_.Integers<int8_t>(size.columns * size.depth, -128, 127);
    std::vector<int> a_less(a.begin(), a.end()), b_less(b.begin(), b.end());
    for (int& value : a_less) value -= -9;
    for (int& value : b_less) value -= 11;
    OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(adj_x, adj_y));
    AddOperands(&runner, size, adj_x, adj_y, a, PerTensor(0.02f, -9), b, PerTensor(0.01f, 11));
    runner.AddOutput(DType::kInt8, PerTensor(0.01f * size.depth, 3));
    ASSERT_TRUE(runner.Run(2).ok());
    ExpectRequantized(runner.Output<int8_t>(0), test::Multiply(size, a_less, b_less).sums,
                      static_cast<double>(0.02f) * 0.01f / (0.01f * size.depth), 3);
  });
}

TEST_F(BatchMatMulTest, Int16ByInt16AndInt8) {
  ForEachForm([&](const MatMulSize& size, bool adj_x, bool adj_y) {
    const auto a = random_.Integers<int16_t>(size.rows * size.depth, -32768, 32767);
    const auto b16 = random_.Integers<int16_t>(size.columns * size.depth, -32768, 32767);
    const auto b8 = random_.Integers<int8_t>(size.columns * size.depth, -128, 127);
    for (bool wide : {false, true}) {
      OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(adj_x, adj_y));
      if (wide) {
        AddOperands(&runner, size, adj_x, adj_y, a, PerTensor(1.0f, 0), b16, PerTensor(1.0f, 0));
      } else {
        AddOperands(&runner, size, adj_x, adj_y, a, PerTensor(1.0f, 0), b8, PerTensor(1.0f, 0));
      }
      const float scale = static_cast<float>(size.depth) * (wide ? 32768.0f : 128.0f);
      runner.AddOutput(DType::kInt16, PerTensor(scale, 0));
      ASSERT_TRUE(runner.Run(2).ok());
      const auto sums = wide ? test::Multiply(size, a, b16).sums : test::Multiply(size, a, b8).sums;
      ExpectRequantized(runner.Output<int16_t>(0), sums, 1.0 / scale, 0);
    }
  });
}

TEST_F(BatchMatMulTest, EmptyBatchesGiveEmptyOutputs) {
  OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(false, false));
  runner.AddInput<float>({0, 2, 3}, {});
  runner.AddInput<float>({0, 3, 4}, {});
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{0, 2, 4}));
}

TEST_F(BatchMatMulTest, RefusesShapesThatDoNotMeet) {
  for (const auto& [a, b] : {std::pair{ir::Shape{2, 3}, ir::Shape{4, 5}},
                             {ir::Shape{2, 2, 3}, ir::Shape{3, 3, 5}},
                             {ir::Shape{3}, ir::Shape{3, 5}},
                             {ir::Shape{2, 0}, ir::Shape{0, 5}}}) {
    OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(false, false));
    runner.AddInput<float>(a, std::vector<float>(a.num_elements()));
    runner.AddInput<float>(b, std::vector<float>(b.num_elements()));
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph) << a.ToString();
  }
}

TEST_F(BatchMatMulTest, RefusesScalesAlongTheSummedDimension) {
  ir::Quantization q;
  q.scales = {1, 1, 1};
  q.zero_points = {0, 0, 0};
  q.axis = 0;
  OpRunner runner(ir::OpCode::BATCH_MATMUL, Adjoint(false, false));
  runner.AddInput<float>({2, 3}, std::vector<float>(6));
  runner.AddConstant<int8_t>({3, 3}, std::vector<int8_t>(9), q);
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("along axis 1"));
}

}  // namespace
}  // namespace edgetasks
