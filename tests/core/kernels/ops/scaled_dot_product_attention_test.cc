#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/matmul_data.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using ::testing::HasSubstr;

struct Attention {
  int32_t batches, queries, heads, depth, positions, key_heads, value_depth;
  ir::Shape mask_shape;  // broadcast to [batches, heads, queries, positions]; rank 0: no mask
  float scale = 0, logit_cap = 0;
};

struct Operands {
  std::vector<float> query, key, value, mask;
};

// The formula in double.
std::vector<double> Expected(const Attention& c, const Operands& in) {
  std::vector<double> output;
  const double scale = c.scale != 0 ? c.scale : 1 / std::sqrt(c.depth);
  const auto mask_at = [&](int b, int n, int t, int s) {
    if (c.mask_shape.rank() == 0) return 0.0;
    const int index[4] = {b, n, t, s};
    int64_t at = 0;
    for (int d = 0; d < c.mask_shape.rank(); ++d) {
      const int32_t dim = c.mask_shape.dim(d);
      at = at * dim + (dim == 1 ? 0 : index[4 - c.mask_shape.rank() + d]);
    }
    return static_cast<double>(in.mask[at]);
  };
  for (int b = 0; b < c.batches; ++b) {
    for (int t = 0; t < c.queries; ++t) {
      for (int n = 0; n < c.heads; ++n) {
        const int kv = n / (c.heads / c.key_heads);
        std::vector<double> weights;
        double sum = 0;
        for (int s = 0; s < c.positions; ++s) {
          double logit = 0;
          for (int h = 0; h < c.depth; ++h) {
            logit +=
                static_cast<double>(in.query[((b * c.queries + t) * c.heads + n) * c.depth + h]) *
                in.key[((b * c.positions + s) * c.key_heads + kv) * c.depth + h];
          }
          logit *= scale;
          if (c.logit_cap > 0) logit = c.logit_cap * std::tanh(logit / c.logit_cap);
          weights.push_back(std::exp(logit + mask_at(b, n, t, s)));
          sum += weights.back();
        }
        for (int v = 0; v < c.value_depth; ++v) {
          double element = 0;
          for (int s = 0; s < c.positions; ++s) {
            element += weights[s] / sum *
                       in.value[((b * c.positions + s) * c.key_heads + kv) * c.value_depth + v];
          }
          output.push_back(element);
        }
      }
    }
  }
  return output;
}

class ScaledDotProductAttentionTest : public ::testing::TestWithParam<Attention> {};

TEST_P(ScaledDotProductAttentionTest, MatchesTheFormula) {
  const Attention& c = GetParam();
  test::MatMulRandom random;
  Operands in;
  in.query = random.Floats(c.batches * c.queries * c.heads * c.depth);
  in.key = random.Floats(c.batches * c.positions * c.key_heads * c.depth);
  in.value = random.Floats(c.batches * c.positions * c.key_heads * c.value_depth);
  if (c.mask_shape.rank() > 0) {
    for (int allowed : random.Integers<int>(c.mask_shape.num_elements(), 0, 3)) {
      in.mask.push_back(allowed > 0 ? 0.0f : -1e9f);
    }
  }
  for (bool custom : {false, true}) {
    for (int threads : {1, 3}) {
      ir::CustomParams attributes;
      if (c.scale != 0) attributes.attributes["scale"] = static_cast<double>(c.scale);
      if (c.logit_cap != 0) attributes.attributes["logit_cap"] = static_cast<double>(c.logit_cap);
      OpRunner runner =
          custom ? OpRunner(ir::OpCode::CUSTOM, attributes, "odml.scaled_dot_product_attention")
                 : OpRunner(ir::OpCode::SCALED_DOT_PRODUCT_ATTENTION,
                            ir::AttentionParams{c.scale, c.logit_cap});
      runner.AddInput<float>({c.batches, c.queries, c.heads, c.depth}, in.query);
      runner.AddInput<float>({c.batches, c.positions, c.key_heads, c.depth}, in.key);
      runner.AddInput<float>({c.batches, c.positions, c.key_heads, c.value_depth}, in.value);
      if (c.mask_shape.rank() > 0) {
        runner.AddInput<float>(c.mask_shape, in.mask);
      } else {
        runner.AddMissingInput();
      }
      runner.AddOutput(DType::kFloat32);
      ASSERT_TRUE(runner.Run(threads).ok());
      EXPECT_EQ(runner.OutputShape(0), (ir::Shape{c.batches, c.queries, c.heads, c.value_depth}));
      const std::vector<double> expected = Expected(c, in);
      const auto output = runner.Output<float>(0);
      // Logits here are below 32 and have errors of some depth * 2^-24 * 32, which the exponential
      // makes relative errors of the weights: for depth 64, 1.2e-4 in the worst case and a tenth of
      // it in practice, of values below 5.
      for (size_t i = 0; i < output.size(); ++i) ASSERT_NEAR(output[i], expected[i], 1e-4) << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ScaledDotProductAttentionTest,
    ::testing::Values(Attention{1, 1, 1, 1, 1, 1, 1, {}},                  //
                      Attention{1, 1, 32, 4, 64, 4, 4, {1, 1, 1, 64}},     // grouped queries
                      Attention{1, 1, 32, 4, 64, 1, 4, {1, 1, 1, 64}},     // one key head
                      Attention{2, 9, 6, 8, 17, 3, 8, {1, 1, 9, 17}},      // prefill
                      Attention{2, 16, 4, 64, 31, 4, 16, {2, 4, 16, 31}},  // a full mask
                      Attention{1, 5, 2, 3, 7, 2, 5, {7}},                 // a short mask
                      Attention{3, 2, 22, 7, 5, 2, 9, {3, 1, 1, 1}},       //
                      Attention{1, 3, 4, 16, 300, 2, 16, {1, 1, 3, 300}, 0.5f, 3.0f}));

TEST(ScaledDotProductAttentionErrorTest, RefusesHeadsThatDoNotGroup) {
  OpRunner runner(ir::OpCode::SCALED_DOT_PRODUCT_ATTENTION, ir::AttentionParams{});
  runner.AddInput<float>({1, 1, 3, 2}, std::vector<float>(6));
  runner.AddInput<float>({1, 4, 2, 2}, std::vector<float>(16));
  runner.AddInput<float>({1, 4, 2, 2}, std::vector<float>(16));
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("N a multiple of K"));
}

TEST(ScaledDotProductAttentionErrorTest, RefusesAMaskThatDoesNotBroadcast) {
  OpRunner runner(ir::OpCode::SCALED_DOT_PRODUCT_ATTENTION, ir::AttentionParams{});
  runner.AddInput<float>({1, 1, 2, 2}, std::vector<float>(4));
  runner.AddInput<float>({1, 4, 2, 2}, std::vector<float>(16));
  runner.AddInput<float>({1, 4, 2, 2}, std::vector<float>(16));
  runner.AddInput<float>({1, 1, 1, 3}, std::vector<float>(3));
  runner.AddOutput(DType::kFloat32);
  EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("does not broadcast"));
}

TEST(ScaledDotProductAttentionErrorTest, RefusesAttributesThatAreNoNumbers) {
  for (const ir::AttributeValue& scale :
       {ir::AttributeValue(std::string("big")),
        ir::AttributeValue(std::numeric_limits<double>::infinity())}) {
    ir::CustomParams params;
    params.attributes["scale"] = scale;
    OpRunner runner(ir::OpCode::CUSTOM, params, "odml.scaled_dot_product_attention");
    for (int i = 0; i < 3; ++i) runner.AddInput<float>({1, 1, 1, 1}, {1});
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
