#include <cmath>
#include <limits>
#include <random>

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

struct Case {
  int32_t batches, key_heads, rows, depth, positions, value_depth, mask_rows;
  bool transposed;
  DType type = DType::kFloat32;  // of keys and values
  float logit_cap = 0.0f;
};

// Rows of `depth` as `type` keeps them, and what they are worth then in *values.
std::vector<uint8_t> KeptRows(DType type, int depth, std::vector<float>* values) {
  std::vector<uint8_t> bytes;
  const auto append = [&](const auto& value) {
    const auto* from = reinterpret_cast<const uint8_t*>(&value);
    bytes.insert(bytes.end(), from, from + sizeof(value));
  };
  for (size_t row = 0; row < values->size(); row += depth) {
    float* x = values->data() + row;
    float greatest = 0;
    for (int i = 0; i < depth; ++i) greatest = std::max(greatest, std::abs(x[i]));
    const float scale = greatest / 127;
    for (int i = 0; i < depth; ++i) {
      if (type == DType::kFloat16) {
        append(FloatToHalf(x[i]));
        x[i] = HalfToFloat(FloatToHalf(x[i]));
      } else if (type == DType::kInt8) {
        const auto rounded = static_cast<int8_t>(std::nearbyint(x[i] / scale));
        append(rounded);
        x[i] = scale * rounded;
      } else {
        append(x[i]);
      }
    }
    if (type == DType::kInt8) append(scale);
  }
  return bytes;
}

class GroupedQueryAttentionTest : public ::testing::Test {
 protected:
  std::vector<float> Normal(int64_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = std::normal_distribution<float>()(random_);
    return values;
  }

  // Runs the op with position s of mask row t taken out where masked(t, s), and compares with
  // double. The bound: scores are sums of `depth` products of numbers below 5, each within
  // depth * 2^-23 of their magnitude; softmax passes on such differences of scores as relative
  // ones; the outputs are averages of numbers below 5.
  template <typename Masked>
  void Check(const Case& c, float masked_value, const Masked& masked, int threads = 1) {
    const int64_t heads = int64_t{c.batches} * c.key_heads;
    const auto query = Normal(heads * c.rows * c.depth);
    auto key = Normal(heads * c.positions * c.depth);
    auto value = Normal(heads * c.positions * c.value_depth);
    const std::vector<uint8_t> keys = KeptRows(c.type, c.depth, &key);
    const std::vector<uint8_t> values = KeptRows(c.type, c.value_depth, &value);
    const int scale_bytes = c.type == DType::kInt8 ? 4 : 0;
    std::vector<float> mask = Normal(int64_t{c.mask_rows} * c.positions);
    for (int t = 0; t < c.mask_rows; ++t) {
      for (int s = 0; s < c.positions; ++s) {
        if (masked(t, s)) mask[t * c.positions + s] = masked_value;
      }
    }
    OpRunner runner(ir::OpCode::GROUPED_QUERY_ATTENTION,
                    ir::GroupedQueryAttentionParams{c.transposed, c.logit_cap});
    runner.AddInput<float>({c.batches, c.key_heads, c.rows, c.depth}, query);
    runner.AddBytes(c.type, {c.batches, c.key_heads, c.positions, c.depth + scale_bytes}, keys, {},
                    false);
    const int32_t value_row = c.value_depth + scale_bytes;
    runner.AddBytes(c.type,
                    c.transposed ? ir::Shape{c.batches, c.key_heads, value_row, c.positions}
                                 : ir::Shape{c.batches, c.key_heads, c.positions, value_row},
                    values, {}, false);
    runner.AddInput<float>({1, 1, c.mask_rows, c.positions}, mask);
    runner.AddOutput(DType::kFloat32);
    const absl::Status status = runner.Run(threads);
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(runner.OutputShape(0), (ir::Shape{c.batches, c.key_heads, c.rows, c.value_depth}));
    const auto output = runner.Output<float>(0);
    for (int64_t row = 0; row < heads * c.rows; ++row) {
      const int64_t head = row / c.rows;
      std::vector<double> weights(c.positions);
      double max = -INFINITY, sum = 0;
      for (int s = 0; s < c.positions; ++s) {
        double score = 0;
        for (int h = 0; h < c.depth; ++h) {
          score += static_cast<double>(query[row * c.depth + h]) *
                   key[(head * c.positions + s) * c.depth + h];
        }
        if (c.logit_cap > 0) score = c.logit_cap * std::tanh(score / c.logit_cap);
        score += mask[row % c.rows % c.mask_rows * c.positions + s];
        weights[s] = score;
        max = std::max(max, score);
      }
      for (double& weight : weights) sum += weight = std::exp(weight - max);
      for (int v = 0; v < c.value_depth; ++v) {
        double exact = 0;
        for (int s = 0; s < c.positions; ++s) {
          const int64_t at = c.transposed ? (head * c.value_depth + v) * c.positions + s
                                          : (head * c.positions + s) * c.value_depth + v;
          exact += weights[s] / sum * value[at];
        }
        ASSERT_NEAR(output[row * c.value_depth + v], exact, 2e-5) << "row " << row << ", " << v;
      }
    }
  }

  std::mt19937 random_{7};
};

TEST_F(GroupedQueryAttentionTest, EqualsTheFormula) {
  for (const bool transposed : {false, true}) {
    for (const int threads : {1, 2}) {
      // One query of three heads; several queries; more rows than a tile; a mask for all rows.
      for (const Case& c :
           {Case{1, 3, 3, 64, 100, 64, 1, transposed}, Case{2, 2, 10, 8, 33, 5, 5, transposed},
            Case{1, 2, 40, 16, 64, 16, 20, transposed}, Case{1, 1, 1, 1, 1, 1, 1, transposed}}) {
        Check(
            c, -std::numeric_limits<float>::infinity(),
            [&](int t, int s) { return s > c.positions / 3 + t; }, threads);
      }
    }
  }
}

TEST_F(GroupedQueryAttentionTest, KeysAndValuesInFewerBits) {
  for (const DType type : {DType::kFloat16, DType::kInt8}) {
    for (const int threads : {1, 2}) {
      for (const Case& c :
           {Case{1, 3, 3, 64, 100, 64, 1, false, type}, Case{2, 2, 10, 8, 33, 4, 5, false, type},
            Case{1, 2, 40, 20, 64, 12, 20, false, type}, Case{1, 1, 1, 4, 1, 4, 1, false, type}}) {
        Check(
            c, -std::numeric_limits<float>::infinity(),
            [&](int t, int s) { return s > c.positions / 3 + t; }, threads);
      }
    }
  }
}

TEST_F(GroupedQueryAttentionTest, SoftCap) {
  for (const DType type : {DType::kFloat32, DType::kFloat16, DType::kInt8}) {
    Check({1, 2, 6, 16, 50, 8, 3, false, type, 2.0f}, -2e38f, [](int, int s) { return s > 40; });
  }
  Check({1, 2, 6, 16, 50, 8, 3, true, DType::kFloat32, 30.0f}, -2e38f,
        [](int t, int s) { return s > 30 + t; });
}

TEST_F(GroupedQueryAttentionTest, ASlidingWindow) {
  for (const bool transposed : {false, true}) {
    // 200 positions, of which a row sees 70, some of the first rows' outside the others'.
    Check({1, 2, 9, 16, 200, 8, 9, transposed}, -2e38f,
          [](int t, int s) { return s > 100 + 9 * t || s <= 30 + 9 * t; });
  }
  Check({1, 2, 9, 16, 200, 8, 9, false, DType::kInt8}, -2e38f,
        [](int t, int s) { return s > 100 + 9 * t || s <= 30 + 9 * t; });
}

TEST_F(GroupedQueryAttentionTest, TakesOutInTheMiddleToo) {
  Check({1, 2, 6, 16, 50, 8, 3, true}, -2e38f, [](int, int s) { return s % 3 == 1 || s > 40; });
}

TEST_F(GroupedQueryAttentionTest, ARowWithoutAnyPositionIsAnAverageOfAll) {
  // The scores vanish beside the mask, as they do in the ops that this stands for.
  const Case c = {1, 1, 2, 4, 10, 3, 2, false};
  Check(c, -1e38f, [](int t, int) { return t == 1; });
}

TEST_F(GroupedQueryAttentionTest, NoPositionAtAllIsZeros) {
  OpRunner runner(ir::OpCode::GROUPED_QUERY_ATTENTION, ir::GroupedQueryAttentionParams{});
  runner.AddInput<float>({1, 1, 1, 2}, {1, 2});
  runner.AddInput<float>({1, 1, 2, 2}, {1, 2, 3, 4});
  runner.AddInput<float>({1, 1, 2, 1}, {1, 2});
  runner.AddInput<float>({1, 2}, std::vector<float>(2, -std::numeric_limits<float>::infinity()));
  runner.AddOutput(DType::kFloat32);
  ASSERT_TRUE(runner.Run().ok());
  EXPECT_EQ(runner.Output<float>(0), std::vector<float>{0.0f});
}

TEST_F(GroupedQueryAttentionTest, NamesShapesThatDoNotFit) {
  OpRunner runner(ir::OpCode::GROUPED_QUERY_ATTENTION, ir::GroupedQueryAttentionParams{});
  runner.AddInput<float>({1, 1, 3, 2}, std::vector<float>(6));
  runner.AddInput<float>({1, 1, 2, 2}, std::vector<float>(4));
  runner.AddInput<float>({1, 1, 2, 1}, std::vector<float>(2));
  runner.AddInput<float>({2, 2}, std::vector<float>(4));
  runner.AddOutput(DType::kFloat32);
  const absl::Status status = runner.Run();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidGraph);
  EXPECT_THAT(std::string(status.message()), HasSubstr("T a divisor of R"));
}

}  // namespace
}  // namespace edgetasks
