// The specification of the depthwise family, in plain loops.
#include "core/kernels/simd/depthwise/depthwise.h"
#include "core/kernels/simd/scalar_requantize.h"

namespace edgetasks::kernels::simd {
namespace {

// A packed filter, here: the numbers of every channel, then the weights as int32 less their zero.
int64_t PackedBytes(int64_t taps, int64_t channels) {
  return channels * (static_cast<int64_t>(sizeof(ScalarChannel)) + 4 * taps);
}

void Pack(const DepthwiseWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* packed) {
  auto* channels = reinterpret_cast<ScalarChannel*>(packed);
  auto* weights = reinterpret_cast<int32_t*>(channels + w.channels);
  for (int64_t c = 0; c < w.channels; ++c) channels[c] = MakeScalarChannel(r, c);
  for (int64_t i = 0; i < w.filter_h * w.filter_w * w.channels; ++i) {
    weights[i] = static_cast<int8_t>(w.data[i] ^ w.flip) - w.zero;
  }
  (void)pixel_zero;  // the row brings it along
}

void Row(const DepthwiseRow& row, const uint8_t* packed, uint8_t* q) {
  const auto* channels = reinterpret_cast<const ScalarChannel*>(packed);
  const auto* weights = reinterpret_cast<const int32_t*>(channels + row.channels);
  for (int64_t x = 0; x < row.out_width; ++x) {
    for (int64_t c = 0; c < row.channels; ++c) {
      uint32_t sum = 0;
      for (int64_t i = 0; i < row.filter_h; ++i) {
        for (int64_t j = 0; j < row.filter_w; ++j) {
          const int64_t column = x * row.stride + j * row.dilation - row.pad;
          if (column < 0 || column >= row.width) continue;
          const uint8_t byte = row.rows[i].data[column * row.rows[i].step + c] ^ row.flip;
          const int32_t weight = weights[(i * row.filter_w + j) * row.channels + c];
          sum += static_cast<uint32_t>((byte - row.zero) * weight);
        }
      }
      q[x * row.channels + c] = RequantizeScalar(sum, channels[c]);
    }
  }
}

}  // namespace

extern const DepthwiseKernels kDepthwiseScalar;
const DepthwiseKernels kDepthwiseScalar = {CpuLevel::kScalar, PackedBytes, Pack, Row};

}  // namespace edgetasks::kernels::simd
