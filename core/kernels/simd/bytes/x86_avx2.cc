// The bytes family with AVX2. Compiled with its flags: everything here is local to this file.
#include <immintrin.h>

#include "core/kernels/simd/bytes/bytes.h"
#include "core/kernels/simd/x86_avx2_requantize.h"

namespace edgetasks::kernels::simd {

extern const ByteKernels kBytesScalar;

namespace {

constexpr int64_t kLanes = 8, kBlock = 32;
// Of numbers in units of 2^-20, and of sums of two.
constexpr int64_t kReach = int64_t{511} << 20;

// Eight times the numbers of one multiplier, for sums that begin with `start`.
struct Scaling {
  Scaling(const int32_t (&multiplier)[2], int32_t start) {
    Requantization r;
    r.multipliers = multiplier;
    quick = IsQuick(r, 0, kReach);
    if (!quick) return;
    for (int64_t i = 0; i < kLanes; ++i) SetChannel(i, r, 0, start, &channels);
  }

  bool quick;
  RequantizedChannels channels;
};

// An operand's numbers, x - zero in units of 2^-20, times its multiplier. The wider of two operands
// has a multiplier of a half, which is exact.
struct Operand {
  Operand(int32_t zero, const int32_t (&multiplier)[2])
      : is_half(multiplier[0] == int32_t{1} << 30 && multiplier[1] == 0),
        scaling(multiplier, -zero * (1 << 20)),
        half_start(_mm256_set1_epi32(-zero * (1 << 19))) {}

  bool quick() const { return is_half || scaling.quick; }

  __m256i Scale(__m256i x) const {
    if (is_half) return _mm256_add_epi32(_mm256_slli_epi32(x, 19), half_start);
    return RequantizeQuickly(
        _mm256_add_epi32(_mm256_slli_epi32(x, 20), LoadVector(scaling.channels.start)),
        scaling.channels);
  }

  bool is_half;
  Scaling scaling;
  __m256i half_start;
};

template <bool kSigned>
inline __m256i Widen(const uint8_t* bytes) {
  const __m128i eight = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(bytes));
  return kSigned ? _mm256_cvtepi8_epi32(eight) : _mm256_cvtepu8_epi32(eight);
}

// Blocks of 32; the rest is the caller's.
template <bool kSigned>
void SumBlocks(const Operand& x, const Operand& y, const Scaling& sum, bool subtract,
               const OutputRange& range, const uint8_t* a, const uint8_t* b, int64_t count,
               uint8_t* q) {
  const __m256i start = LoadVector(sum.channels.start);
  for (int64_t i = 0; i + kBlock <= count; i += kBlock) {
    __m256i v[4];
#pragma GCC unroll 4
    for (int m = 0; m < 4; ++m) {
      const __m256i left = x.Scale(Widen<kSigned>(a + i + m * kLanes));
      const __m256i right = y.Scale(Widen<kSigned>(b + i + m * kLanes));
      const __m256i both = subtract ? _mm256_sub_epi32(left, right) : _mm256_add_epi32(left, right);
      v[m] = RequantizeQuickly(_mm256_add_epi32(both, start), sum.channels);
    }
    StoreBytes(ToBytes(v[0], v[1], v[2], v[3], range), kBlock, q + i);
  }
}

void Sum(const SumOfBytes& s, const uint8_t* a, const uint8_t* b, int64_t count, uint8_t* q) {
  const Operand x(s.a_zero, s.a_multiplier), y(s.b_zero, s.b_multiplier);
  const Scaling sum(s.output_multiplier, 0);
  int64_t done = 0;
  if (x.quick() && y.quick() && sum.quick) {
    Requantization r;
    r.zero = s.output_zero;
    r.min = s.min;
    r.max = s.max;
    const OutputRange range = MakeOutputRange(r);
    if (s.is_signed) {
      SumBlocks<true>(x, y, sum, s.subtract, range, a, b, count, q);
    } else {
      SumBlocks<false>(x, y, sum, s.subtract, range, a, b, count, q);
    }
    done = count / kBlock * kBlock;
  }
  kBytesScalar.sum(s, a + done, b + done, count - done, q + done);
}

}  // namespace

extern const ByteKernels kBytesAvx2;
const ByteKernels kBytesAvx2 = {CpuLevel::kAvx2, Sum};

}  // namespace edgetasks::kernels::simd
