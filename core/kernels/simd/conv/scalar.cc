// The specification of the conv family, in plain loops.
#include <algorithm>

#include "core/kernels/simd/conv/conv.h"
#include "core/kernels/simd/scalar_requantize.h"

namespace edgetasks::kernels::simd {
namespace {

// A panel, here: for each of 32 channels its numbers, then its weights as int32 less their zero.
int64_t PanelBytes(int64_t depth) {
  return kConvColumns * (static_cast<int64_t>(sizeof(ScalarChannel)) + 4 * depth);
}

void Pack(const ConvWeights& w, const Requantization& r, int32_t pixel_zero, uint8_t* panel) {
  auto* channels = reinterpret_cast<ScalarChannel*>(panel);
  auto* weights = reinterpret_cast<int32_t*>(channels + kConvColumns);
  for (int64_t j = 0; j < w.columns; ++j) {
    channels[j] = MakeScalarChannel(r, j);
    for (int64_t k = 0; k < w.depth; ++k) {
      weights[j * w.depth + k] = static_cast<int8_t>(w.data[j * w.stride + k] ^ w.flip) - w.zero;
    }
  }
  (void)pixel_zero;  // the pixels bring it along
}

void SumRows(const ConvPixels& a, int64_t depth, int32_t* sums) {
  for (int64_t i = 0; i < a.rows; ++i) {
    uint32_t sum = 0;
    for (int64_t k = 0; k < depth; ++k) {
      sum += static_cast<uint8_t>(a.data[i * a.stride + k] ^ a.flip);
    }
    sums[i] = static_cast<int32_t>(sum);
  }
}

void Multiply(const ConvPixels& a, const int32_t*, int64_t columns, int64_t depth,
              const uint8_t* panel, const uint8_t*, uint8_t* q, int64_t q_stride) {
  const auto* channels = reinterpret_cast<const ScalarChannel*>(panel);
  const auto* weights = reinterpret_cast<const int32_t*>(channels + kConvColumns);
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j < columns; ++j) {
      uint32_t sum = 0;
      for (int64_t k = 0; k < depth; ++k) {
        const int32_t pixel = static_cast<uint8_t>(a.data[i * a.stride + k] ^ a.flip) - a.zero;
        sum += static_cast<uint32_t>(pixel * weights[j * depth + k]);
      }
      q[i * q_stride + j] = RequantizeScalar(sum, channels[j]);
    }
  }
}

void MultiplyUnpacked(const ConvPixels& a, const ConvWeights& w, const Requantization& r,
                      uint8_t* q, int64_t q_stride) {
  for (int64_t i = 0; i < a.rows; ++i) {
    for (int64_t j = 0; j < w.columns; ++j) {
      uint32_t sum = 0;
      for (int64_t k = 0; k < w.depth; ++k) {
        const int32_t pixel = static_cast<uint8_t>(a.data[i * a.stride + k] ^ a.flip) - a.zero;
        const int32_t weight = static_cast<int8_t>(w.data[j * w.stride + k] ^ w.flip) - w.zero;
        sum += static_cast<uint32_t>(pixel * weight);
      }
      q[i * q_stride + j] = RequantizeScalar(sum, MakeScalarChannel(r, j));
    }
  }
}

}  // namespace

extern const ConvKernels kConvScalar;
const ConvKernels kConvScalar = {CpuLevel::kScalar, PanelBytes, Pack,
                                 SumRows,           Multiply,   MultiplyUnpacked};

}  // namespace edgetasks::kernels::simd
