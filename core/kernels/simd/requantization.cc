#include "core/kernels/simd/requantization.h"

#include "core/kernels/simd/scalar_requantize.h"

namespace edgetasks::kernels::simd {

void RequantizeRow(const Requantization& r, const int32_t* sums, int64_t channels, uint8_t* q) {
  for (int64_t c = 0; c < channels; ++c) {
    q[c] = RequantizeScalar(static_cast<uint32_t>(sums[c]), MakeScalarChannel(r, c));
  }
}

}  // namespace edgetasks::kernels::simd
