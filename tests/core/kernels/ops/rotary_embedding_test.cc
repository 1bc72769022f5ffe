#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using test::OpRunner;
using ::testing::HasSubstr;

// x [1, heads, positions, depth]; cos and sin [1, positions, angles].
void Check(int heads, int positions, int depth, int angles) {
  SCOPED_TRACE(testing::Message() << heads << "x" << positions << "x" << depth << "/" << angles);
  std::vector<float> x(heads * positions * depth), cos(positions * angles), sin(cos.size());
  for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(i % 29) - 14.0f;
  for (size_t i = 0; i < cos.size(); ++i) {
    cos[i] = std::cos(0.1f * static_cast<float>(i));
    sin[i] = std::sin(0.1f * static_cast<float>(i));
  }
  OpRunner runner(ir::OpCode::ROTARY_EMBEDDING);
  runner.AddInput<float>({1, heads, positions, depth}, x);
  runner.AddInput<float>({1, positions, angles}, cos);
  runner.AddInput<float>({1, positions, angles}, sin);
  runner.AddOutput(DType::kFloat32);
  const absl::Status status = runner.Run(2);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(runner.OutputShape(0), (ir::Shape{1, heads, positions, depth}));
  const auto y = runner.Output<float>(0);
  const int half = angles == depth ? depth / 2 : angles;
  for (int row = 0; row < heads * positions; ++row) {
    const float *from = x.data() + row * depth, *got = y.data() + row * depth;
    const float* c = cos.data() + row % positions * angles;
    const float* s = sin.data() + row % positions * angles;
    for (int i = 0; i < depth; ++i) {
      const int partner = i < half ? i + half : i - half;
      const int angle = angles == depth ? i : i % half;
      // The bound of the rowwise family; what is not turned is copied.
      const double exact = i >= 2 * half ? from[i]
                           : i < half
                               ? from[i] * double{c[angle]} - from[partner] * double{s[angle]}
                               : from[i] * double{c[angle]} + from[partner] * double{s[angle]};
      const double bound =
          i >= 2 * half ? 0 : std::ldexp(std::abs(from[i]) + std::abs(from[partner]), -22);
      ASSERT_NEAR(got[i], exact, bound) << row << ", " << i;
    }
  }
}

TEST(RotaryEmbeddingTest, TurnsPairsByTheAngleOfTheirPosition) {
  Check(4, 1, 64, 32);
  Check(2, 5, 64, 32);
  Check(8, 200, 48, 24);  // enough for two threads
}
TEST(RotaryEmbeddingTest, LeavesWhatIsBehindTheAngles) { Check(2, 3, 32, 6); }
TEST(RotaryEmbeddingTest, TakesAnAngleForEachElement) { Check(2, 3, 32, 32); }

TEST(RotaryEmbeddingTest, RefusesShapesThatDoNotFit) {
  for (const ir::Shape& cos : {ir::Shape{1, 3, 4}, ir::Shape{1, 2, 5}, ir::Shape{2, 2, 4}}) {
    OpRunner runner(ir::OpCode::ROTARY_EMBEDDING);
    runner.AddInput<float>({1, 2, 2, 8}, std::vector<float>(32));
    runner.AddInput<float>(cos, std::vector<float>(cos.num_elements()));
    runner.AddInput<float>(cos, std::vector<float>(cos.num_elements()));
    runner.AddOutput(DType::kFloat32);
    EXPECT_THAT(std::string(runner.Run().message()), HasSubstr("expected [.., T, D]"));
  }
}

}  // namespace
}  // namespace edgetasks
