// The bytes family with NEON.
#include "core/kernels/simd/arm_requantize.h"
#include "core/kernels/simd/bytes/bytes.h"

namespace edgetasks::kernels::simd {

extern const ByteKernels kBytesScalar;

namespace {

constexpr int64_t kBlock = 16;
constexpr int kUnit = 20;  // operands are in units of 2^-20

// A multiplier for all lanes; its shift is at most 0.
struct Multiplier {
  explicit Multiplier(const int32_t (&m)[2])
      : mantissa(vdupq_n_s32(m[0])), right(vdupq_n_s32(m[1])) {}

  int32x4_t Times(int32x4_t x) const { return MultiplyFixed(x, mantissa, vdupq_n_s32(0), right); }

  int32x4_t mantissa, right;
};

struct Operand {
  Operand(int32_t zero_point, const int32_t (&m)[2])
      : zero(vdupq_n_s16(static_cast<int16_t>(zero_point))), multiplier(m) {}

  // Eight bytes' numbers.
  template <bool kSigned>
  void Scale(uint8x8_t bytes, int32x4_t (&x)[2]) const {
    const int16x8_t wide =
        kSigned ? vmovl_s8(vreinterpret_s8_u8(bytes)) : vreinterpretq_s16_u16(vmovl_u8(bytes));
    const int16x8_t number = vsubq_s16(wide, zero);
    x[0] = multiplier.Times(vshlq_n_s32(vmovl_s16(vget_low_s16(number)), kUnit));
    x[1] = multiplier.Times(vshlq_n_s32(vmovl_high_s16(number), kUnit));
  }

  int16x8_t zero;
  Multiplier multiplier;
};

// Whole blocks; the rest is the caller's.
template <bool kSigned>
void SumBlocks(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  const Operand x(s.a_zero, s.a_multiplier), y(s.b_zero, s.b_multiplier);
  const Multiplier sum(s.output_multiplier);
  const OutputRange range = {static_cast<int16_t>(s.output_zero), static_cast<int16_t>(s.min),
                             static_cast<int16_t>(s.max)};
  for (int64_t i = 0; i + kBlock <= count; i += kBlock) {
    const uint8x16_t left = vld1q_u8(a + i), right = vld1q_u8(b + i);
    uint8x8_t bytes[2];
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      int32x4_t u[2], v[2];
      x.Scale<kSigned>(half == 0 ? vget_low_u8(left) : vget_high_u8(left), u);
      y.Scale<kSigned>(half == 0 ? vget_low_u8(right) : vget_high_u8(right), v);
#pragma GCC unroll 2
      for (int m = 0; m < 2; ++m) {
        u[m] = sum.Times(s.subtract ? vsubq_s32(u[m], v[m]) : vaddq_s32(u[m], v[m]));
      }
      bytes[half] = ToBytes(u[0], u[1], range);
    }
    vst1q_u8(q + i, vcombine_u8(bytes[0], bytes[1]));
  }
}

void Sum(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  if (s.is_signed) {
    SumBlocks<true>(s, a, b, count, q);
  } else {
    SumBlocks<false>(s, a, b, count, q);
  }
  const int64_t done = count / kBlock * kBlock;
  kBytesScalar.sum(s, a + done, b + done, count - done, q + done);
}

}  // namespace

extern const ByteKernels kBytesNeon;
const ByteKernels kBytesNeon = {CpuLevel::kNeon, Sum};

}  // namespace edgetasks::kernels::simd
