// The specification of the bytes family, in plain loops.
#include <algorithm>

#include "core/base/fixed_point.h"
#include "core/kernels/simd/bytes/bytes.h"

namespace edgetasks::kernels::simd {
namespace {

void Sum(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  constexpr int32_t kUnit = int32_t{1} << 20;
  const auto widen = [&](uint8_t byte) {
    return s.is_signed ? int32_t{static_cast<int8_t>(byte)} : int32_t{byte};
  };
  const auto multiply = [](int32_t x, const int32_t(&m)[2]) {
    return MultiplyFixed(x, FixedMultiplier{m[0], m[1]});
  };
  for (int64_t i = 0; i < count; ++i) {
    const int32_t x = multiply((widen(a[i]) - s.a_zero) * kUnit, s.a_multiplier);
    const int32_t y = multiply((widen(b[i]) - s.b_zero) * kUnit, s.b_multiplier);
    const int64_t sum = multiply(s.subtract ? x - y : x + y, s.output_multiplier);
    q[i] = static_cast<uint8_t>(std::clamp<int64_t>(sum + s.output_zero, s.min, s.max));
  }
}

}  // namespace

extern const ByteKernels kBytesScalar;
const ByteKernels kBytesScalar = {CpuLevel::kScalar, Sum};

}  // namespace edgetasks::kernels::simd
