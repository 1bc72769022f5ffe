// Every implementation of the depthwise_f32 family that this processor can run, against double and
// against the specification.
#include "core/kernels/simd/depthwise_f32/depthwise_f32.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/kernels/simd/depthwise_f32/select.h"
#include "gtest/gtest.h"

namespace edgetasks::kernels::simd {
namespace {

struct Geometry {
  int64_t filter_h, filter_w, stride, dilation, pad, width, out_width;
};

class DepthwiseF32Test : public ::testing::TestWithParam<const DepthwiseF32Kernels*> {
 protected:
  bool Once(int in) { return std::uniform_int_distribution<int>(1, in)(random_) == 1; }
  std::vector<float> Random(int64_t count) {
    std::vector<float> values(count);
    for (float& value : values) value = std::uniform_real_distribution<float>(-1, 1)(random_);
    return values;
  }

  void Check(const Geometry& g, int64_t channels) {
    const std::vector<float> weights = Random(g.filter_h * g.filter_w * channels);
    const std::vector<float> bias = Random(channels);
    std::vector<std::vector<float>> inputs;
    std::vector<const float*> rows;
    for (int64_t i = 0; i < g.filter_h; ++i) {
      inputs.push_back(Random(g.width * channels));
      rows.push_back(Once(5) ? nullptr : inputs[i].data());
    }
    DepthwiseF32Row row;
    row.rows = rows.data();
    row.weights = weights.data();
    row.bias = Once(4) ? nullptr : bias.data();
    row.range = {-1.5f, 1.5f};
    row.filter_h = g.filter_h;
    row.filter_w = g.filter_w;
    row.channels = channels;
    row.width = g.width;
    row.out_width = g.out_width;
    row.stride = g.stride;
    row.dilation = g.dilation;
    row.pad = g.pad;
    std::vector<float> out(g.out_width * channels + 1, 7.0f);
    GetParam()->row(row, out.data());
    std::vector<float> expected(out.size(), 7.0f);
    RunnableDepthwiseF32Kernels().back()->row(row, expected.data());
    ASSERT_EQ(expected, out) << "not what the specification has";
    for (int64_t x = 0; x < g.out_width; ++x) {
      for (int64_t c = 0; c < channels; ++c) {
        double sum = row.bias != nullptr ? bias[c] : 0.0, size = std::fabs(sum);
        for (int64_t i = 0; i < g.filter_h; ++i) {
          for (int64_t j = 0; j < g.filter_w; ++j) {
            const int64_t at = x * g.stride + j * g.dilation - g.pad;
            if (rows[i] == nullptr || at < 0 || at >= g.width) continue;
            const double product =
                double{rows[i][at * channels + c]} * weights[(i * g.filter_w + j) * channels + c];
            sum += product;
            size += std::fabs(product);
          }
        }
        const double bound =
            static_cast<double>(g.filter_h * g.filter_w + 1) * std::ldexp(size, -23);
        ASSERT_NEAR(out[x * channels + c], std::clamp(sum, -1.5, 1.5), bound)
            << "pixel " << x << ", channel " << c;
      }
    }
    ASSERT_EQ(out.back(), 7.0f) << "written beyond the row";
  }

  std::mt19937 random_{4};
};

constexpr Geometry kGeometries[] = {
    {3, 3, 1, 1, 1, 9, 9},  {3, 3, 1, 1, 0, 9, 7},   {3, 3, 2, 1, 0, 9, 4},  {3, 3, 2, 1, 0, 8, 4},
    {3, 3, 2, 1, 1, 9, 5},  {3, 3, 1, 1, 1, 1, 1},   {3, 3, 2, 1, 1, 2, 1},  {3, 3, 1, 2, 2, 9, 9},
    {3, 3, 3, 1, 1, 10, 4}, {5, 5, 1, 1, 2, 11, 11}, {5, 5, 2, 1, 2, 11, 6}, {1, 1, 1, 1, 0, 5, 5},
    {7, 2, 1, 1, 0, 6, 5},  {1, 9, 1, 1, 4, 12, 12}, {8, 8, 1, 3, 10, 5, 5}};

TEST_P(DepthwiseF32Test, EveryGeometry) {
  for (const Geometry& g : kGeometries) {
    for (const int64_t channels : {3, 16, 50}) Check(g, channels);
  }
}

TEST_P(DepthwiseF32Test, EveryNumberOfChannels) {
  for (int64_t channels = 1; channels <= 34; ++channels) {
    Check(kGeometries[0], channels);
    Check(kGeometries[3], channels);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, DepthwiseF32Test,
                         ::testing::ValuesIn(RunnableDepthwiseF32Kernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
