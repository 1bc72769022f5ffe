// Every implementation of the depthwise family that this processor can run, against exact
// arithmetic.
#include "core/kernels/simd/depthwise/depthwise.h"

#include <string>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/kernels/simd/depthwise/select.h"
#include "gtest/gtest.h"
#include "tests/support/byte_conv_data.h"

namespace edgetasks::kernels::simd {
namespace {

struct Geometry {
  int64_t filter_h, filter_w, stride, dilation, pad, width, out_width;
};

class DepthwiseKernelsTest : public ::testing::TestWithParam<const DepthwiseKernels*> {
 protected:
  const DepthwiseKernels& kernels() const { return *GetParam(); }

  void Check(const Geometry& g, int64_t channels, bool ordinary) {
    const bool is_signed = data_.Once(2);
    test::RandomRequantization numbers(&data_, channels, ordinary, 20000);
    if (kernels().floats_are_exact != nullptr) {
      numbers.r.floats_are_exact = kernels().floats_are_exact(numbers.r, channels);
    }
    DepthwiseWeights w;
    const std::vector<uint8_t> weights = data_.Bytes(g.filter_h * g.filter_w * channels);
    w.data = weights.data();
    w.filter_h = g.filter_h;
    w.filter_w = g.filter_w;
    w.channels = channels;
    w.flip = is_signed ? 0 : 128;
    w.zero = is_signed ? 0 : data_.Once(4) ? -128 : data_.Integer(-128, 127);
    DepthwiseRow row;
    row.flip = is_signed ? 128 : 0;
    row.zero = data_.Integer(0, 255);
    const std::vector<uint8_t> zeros(channels, static_cast<uint8_t>(row.zero ^ row.flip));
    std::vector<std::vector<uint8_t>> inputs;
    std::vector<DepthwiseInputRow> rows;
    for (int64_t i = 0; i < g.filter_h; ++i) {
      inputs.push_back(data_.Bytes(g.width * channels));
      const bool outside = data_.Once(5);
      rows.push_back(outside ? DepthwiseInputRow{zeros.data(), 0}
                             : DepthwiseInputRow{inputs[i].data(), channels});
    }
    row.rows = rows.data();
    row.zeros = zeros.data();
    row.filter_h = g.filter_h;
    row.filter_w = g.filter_w;
    row.channels = channels;
    row.width = g.width;
    row.out_width = g.out_width;
    row.stride = g.stride;
    row.dilation = g.dilation;
    row.pad = g.pad;
    const int64_t packed_bytes = kernels().packed_bytes(g.filter_h * g.filter_w, channels);
    std::vector<uint8_t> memory(packed_bytes + 128, 0xEE), q(g.out_width * channels + 1, 0xEE);
    uint8_t* packed = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64);
    kernels().pack(w, numbers.r, row.zero, packed);
    EXPECT_EQ(packed[packed_bytes], 0xEE) << "packed beyond the end";
    kernels().row(row, packed, q.data());
    for (int64_t x = 0; x < g.out_width; ++x) {
      for (int64_t c = 0; c < channels; ++c) {
        int64_t sum = 0;
        for (int64_t i = 0; i < g.filter_h; ++i) {
          for (int64_t j = 0; j < g.filter_w; ++j) {
            const int64_t at = x * g.stride + j * g.dilation - g.pad;
            if (rows[i].step == 0 || at < 0 || at >= g.width) continue;
            sum += int64_t{(inputs[i][at * channels + c] ^ row.flip) - row.zero} *
                   (static_cast<int8_t>(weights[(i * g.filter_w + j) * channels + c] ^ w.flip) -
                    w.zero);
          }
        }
        ASSERT_EQ(q[x * channels + c], numbers.Apply(sum, c)) << "pixel " << x << ", channel " << c;
      }
    }
    ASSERT_EQ(q.back(), 0xEE) << "written beyond the row";
  }

  test::ByteConvData data_;
};

constexpr Geometry kGeometries[] = {
    {3, 3, 1, 1, 1, 9, 9},  {3, 3, 1, 1, 0, 9, 7},   {3, 3, 2, 1, 0, 9, 4},  {3, 3, 2, 1, 0, 8, 4},
    {3, 3, 2, 1, 1, 9, 5},  {3, 3, 1, 1, 1, 1, 1},   {3, 3, 2, 1, 1, 2, 1},  {3, 3, 1, 2, 2, 9, 9},
    {3, 3, 3, 1, 1, 10, 4}, {5, 5, 1, 1, 2, 11, 11}, {5, 5, 2, 1, 2, 11, 6}, {1, 1, 1, 1, 0, 5, 5},
    {7, 2, 1, 1, 0, 6, 5},  {1, 9, 1, 1, 4, 12, 12}, {8, 8, 1, 3, 10, 5, 5}};

TEST_P(DepthwiseKernelsTest, EveryGeometry) {
  for (const Geometry& g : kGeometries) {
    for (const int64_t channels : {3, 64, 100}) Check(g, channels, true);
  }
}

TEST_P(DepthwiseKernelsTest, EveryNumberOfChannels) {
  for (int64_t channels = 1; channels <= 130; ++channels) {
    Check(kGeometries[0], channels, true);
    Check(kGeometries[3], channels, true);
  }
}

TEST_P(DepthwiseKernelsTest, MultipliersAndBiasesThatNoNetworkHas) {
  for (int round = 0; round < 300; ++round) {
    Check(kGeometries[data_.Integer(0, 14)], data_.Integer(1, 70), false);
  }
}

INSTANTIATE_TEST_SUITE_P(Levels, DepthwiseKernelsTest,
                         ::testing::ValuesIn(RunnableDepthwiseKernels()),
                         [](const auto& test) { return std::string(NameOf(test.param->level)); });

}  // namespace
}  // namespace edgetasks::kernels::simd
