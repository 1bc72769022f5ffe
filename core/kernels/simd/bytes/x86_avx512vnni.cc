// The bytes family with AVX-512 VNNI. Compiled with those flags: everything here is local to this
// file.
#include <immintrin.h>

#include "core/kernels/simd/bytes/bytes.h"
#include "core/kernels/simd/x86_avx512_requantize.h"

namespace edgetasks::kernels::simd {
namespace {

constexpr int64_t kLanes = 16;

// Any multipliers, sixteen numbers at a time.
void SumAnyhow(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  const auto load = [&](const uint8_t* from, int32_t zero, __mmask16 lanes) {
    const __m128i bytes = _mm_maskz_loadu_epi8(lanes, from);
    const __m512i wide = s.is_signed ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
    return _mm512_slli_epi32(_mm512_sub_epi32(wide, _mm512_set1_epi32(zero)), 20);
  };
  const auto multiply = [](__m512i x, const int32_t(&m)[2]) {
    return RoundingShiftRight(DoublingHighMul(x, _mm512_set1_epi32(m[0])),
                              _mm512_set1_epi32(-m[1]));
  };
  const __m512i zero = _mm512_set1_epi32(s.output_zero);
  const __m512i min = _mm512_set1_epi32(s.min - s.output_zero);
  const __m512i max = _mm512_set1_epi32(s.max - s.output_zero);
  for (int64_t i = 0; i < count; i += kLanes) {
    const __mmask16 lanes = Mask16(count - i);
    const __m512i x = multiply(load(a + i, s.a_zero, lanes), s.a_multiplier);
    const __m512i y = multiply(load(b + i, s.b_zero, lanes), s.b_multiplier);
    const __m512i sum = s.subtract ? _mm512_sub_epi32(x, y) : _mm512_add_epi32(x, y);
    const __m512i scaled = multiply(sum, s.output_multiplier);
    const __m512i result =
        _mm512_add_epi32(_mm512_min_epi32(_mm512_max_epi32(scaled, min), max), zero);
    _mm_mask_storeu_epi8(q + i, lanes, _mm512_cvtepi32_epi8(result));
  }
}

// A number of an operand, x - zero in units of 2^-20, times the operand's multiplier. The wider of
// two operands has a multiplier of a half, which is exact.
class ScaledOperand {
 public:
  ScaledOperand(int32_t zero, const int32_t (&multiplier)[2])
      : is_half_(multiplier[0] == int32_t{1} << 30 && multiplier[1] == 0) {
    const ChannelNumbers numbers = NumbersOf(multiplier);
    const uint32_t unit = uint32_t{1} << (is_half_ ? 19 : 20);
    start_ = _mm512_set1_epi32(static_cast<int32_t>(0u - static_cast<uint32_t>(zero) * unit));
    is_quick_ = is_half_ || AreQuick(numbers, kReach);
    if (is_half_ || !is_quick_) return;
    SetChannels(numbers, start_, Way::kQuick, &numbers_);
    start_ = _mm512_loadu_si512(numbers_.start);
  }

  static ChannelNumbers NumbersOf(const int32_t (&multiplier)[2]) {
    return {_mm512_setzero_si512(), _mm512_set1_epi32(multiplier[0]),
            _mm512_set1_epi32(multiplier[1])};
  }

  bool is_quick() const { return is_quick_; }
  bool is_half() const { return is_half_; }

  template <bool kHalf>
  __m512i Scale(__m512i x) const {
    const __m512i units = _mm512_add_epi32(_mm512_slli_epi32(x, kHalf ? 19 : 20), start_);
    return kHalf ? units : Requantize<Way::kQuick>(units, numbers_);
  }

  // Of numbers in units of 2^-20, and of sums of two.
  static constexpr int64_t kReach = int64_t{511} << 20;

 private:
  __m512i start_;
  bool is_half_, is_quick_;
  RequantizedChannels numbers_;
};

OutputRange RangeOf(const SumOfBytes& s) {
  Requantization r;
  r.zero = s.output_zero;
  r.min = s.min;
  r.max = s.max;
  return MakeOutputRange(r);
}

// The first `count` of 64 bytes as ToBytes makes them.
inline void StoreInOrder(__m512i mixed, int64_t count, uint8_t* q) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  _mm512_mask_storeu_epi8(q, Mask64(count), _mm512_permutexvar_epi32(order, mixed));
}

template <bool kSigned, bool kHalfA, bool kHalfB>
void SumQuickly(const SumOfBytes& s, const ScaledOperand a_scale, const ScaledOperand b_scale,
                const RequantizedChannels sum_numbers, const uint8_t* a, const uint8_t* b,
                int64_t count, uint8_t* q) {
  const OutputBytes range(RangeOf(s));
  const __m512i start = _mm512_loadu_si512(sum_numbers.start);
  const auto widen = [](__m128i bytes) __attribute__((always_inline)) {
    return kSigned ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
  };
  for (int64_t i = 0; i < count; i += 4 * kLanes) {
    __m512i v[4];
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      const int64_t left = count - i - m * kLanes;
      const __mmask16 lanes = left > 0 ? Mask16(left) : __mmask16{0};
      const __m512i x =
          a_scale.Scale<kHalfA>(widen(_mm_maskz_loadu_epi8(lanes, a + i + m * kLanes)));
      const __m512i y =
          b_scale.Scale<kHalfB>(widen(_mm_maskz_loadu_epi8(lanes, b + i + m * kLanes)));
      const __m512i sum = s.subtract ? _mm512_sub_epi32(x, y) : _mm512_add_epi32(x, y);
      v[m] = Requantize<Way::kQuick>(_mm512_add_epi32(sum, start), sum_numbers);
    }
    StoreInOrder(ToBytes<Way::kQuick>(v[0], v[1], v[2], v[3], range), count - i, q + i);
  }
}

template <bool kSigned>
void SumAs(const SumOfBytes& s, const ScaledOperand& x, const ScaledOperand& y,
           const RequantizedChannels& numbers, const uint8_t* a, const uint8_t* b, int64_t count,
           uint8_t* q) {
  if (x.is_half()) {
    y.is_half() ? SumQuickly<kSigned, true, true>(s, x, y, numbers, a, b, count, q)
                : SumQuickly<kSigned, true, false>(s, x, y, numbers, a, b, count, q);
  } else {
    y.is_half() ? SumQuickly<kSigned, false, true>(s, x, y, numbers, a, b, count, q)
                : SumQuickly<kSigned, false, false>(s, x, y, numbers, a, b, count, q);
  }
}

void SumByIntegers(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count,
                   uint8_t* q) {
  const ScaledOperand x(s.a_zero, s.a_multiplier), y(s.b_zero, s.b_multiplier);
  const ChannelNumbers sum = ScaledOperand::NumbersOf(s.output_multiplier);
  if (!x.is_quick() || !y.is_quick() || !AreQuick(sum, ScaledOperand::kReach)) {
    return SumAnyhow(s, a, b, count, q);
  }
  RequantizedChannels numbers;
  SetChannels(sum, _mm512_setzero_si512(), Way::kQuick, &numbers);
  if (s.is_signed) {
    SumAs<true>(s, x, y, numbers, a, b, count, q);
  } else {
    SumAs<false>(s, x, y, numbers, a, b, count, q);
  }
}

template <bool kSigned>
void SumByFloats(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count,
                 uint8_t* q) {
  constexpr int kDown = _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC;
  const OutputBytes range(RangeOf(s));
  const __m512 a_scale = _mm512_set1_ps(s.a_scale), b_scale = _mm512_set1_ps(s.b_scale);
  const __m512 offset = _mm512_set1_ps(s.offset);
  const auto load = [](const uint8_t* from, __mmask16 lanes) __attribute__((always_inline)) {
    const __m128i bytes = _mm_maskz_loadu_epi8(lanes, from);
    return _mm512_cvtepi32_ps(kSigned ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes));
  };
  for (int64_t i = 0; i < count; i += 4 * kLanes) {
    __m512i v[4];
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      const int64_t at = i + m * kLanes;
      const __mmask16 lanes = at < count ? Mask16(count - at) : __mmask16{0};
      const __m512 y = _mm512_fmadd_ps(load(b + at, lanes), b_scale, offset);
      v[m] = _mm512_cvt_roundps_epi32(_mm512_fmadd_ps(load(a + at, lanes), a_scale, y), kDown);
    }
    StoreInOrder(ToBytes<Way::kQuick>(v[0], v[1], v[2], v[3], range), count - i, q + i);
  }
}

void Sum(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  if (!s.by_floats) return SumByIntegers(s, a, b, count, q);
  s.is_signed ? SumByFloats<true>(s, a, b, count, q) : SumByFloats<false>(s, a, b, count, q);
}

// Whether floats give what integers give, for all pairs of bytes.
bool FloatsAreExact(const SumOfBytes& s) {
  constexpr int kBytes = 256;
  alignas(64) uint8_t a[kBytes], b[kBytes], floats[kBytes], integers[kBytes];
  for (int i = 0; i < kBytes; ++i) b[i] = static_cast<uint8_t>(i);
  for (int i = 0; i < kBytes; ++i) {
    __builtin_memset(a, i, sizeof(a));
    SumByIntegers(s, a, b, kBytes, integers);
    Sum(s, a, b, kBytes, floats);
    if (__builtin_memcmp(floats, integers, sizeof(a)) != 0) return false;
  }
  return true;
}

double RealOf(const int32_t (&multiplier)[2]) {
  return __builtin_ldexp(multiplier[0], multiplier[1] - 31);
}

// Products of floats are rounded, so that of 65,536 sums often one comes out on the wrong side of a
// step: then another offset, a little off, may have them all right. (Where sums lie on steps, with
// scales that are multiples of each other, none has: halves are rounded away from zero.)
void FindFloats(SumOfBytes* s) {
  constexpr int kTries = 16;
  const double unit = (1 << 20) * RealOf(s->output_multiplier);
  const double a_scale = unit * RealOf(s->a_multiplier);
  const double b_scale = unit * RealOf(s->b_multiplier) * (s->subtract ? -1 : 1);
  const double offset = 0.5 - a_scale * s->a_zero - b_scale * s->b_zero;
  s->by_floats = true;
  s->a_scale = static_cast<float>(a_scale);
  s->b_scale = static_cast<float>(b_scale);
  for (int i = 0; i < kTries; ++i) {
    const int off = i % 2 == 0 ? i / 2 : -(i + 1) / 2;  // in units that floats about 100 have
    s->offset = static_cast<float>(offset + off * 0x1p-18);
    if (FloatsAreExact(*s)) return;
  }
  s->by_floats = false;
}

}  // namespace

extern const ByteKernels kBytesAvx512Vnni;
const ByteKernels kBytesAvx512Vnni = {CpuLevel::kAvx512Vnni, Sum, FindFloats};

}  // namespace edgetasks::kernels::simd
