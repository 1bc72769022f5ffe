// The dot family with NEON: floats by FMLA, integers by SMLAL.
//
// A block is cut into tiles of four rows of A by four of B: 16 vectors of sums of integers, and
// registers for what meets them.
#include "core/kernels/simd/dot/dot.h"
#include "core/kernels/simd/floats.h"

namespace edgetasks::kernels::simd {

extern const DotKernels kDotScalar;

namespace {

constexpr int64_t kStep = 8;  // elements that are loaded together

struct EightFloats {
  float32x4_t low, high;
};

EightFloats FloatsOf(int16x8_t x) {
  return {vcvtq_f32_s32(vmovl_s16(vget_low_s16(x))), vcvtq_f32_s32(vmovl_high_s16(x))};
}

// Elements i..i+7 of B as floats or as int16, and element i alone. For s4, i is even.
struct LoadF32 {
  static EightFloats Eight(const float* b, int64_t i) {
    return {vld1q_f32(b + i), vld1q_f32(b + i + 4)};
  }
  static float One(const float* b, int64_t i) { return b[i]; }
};
struct LoadF16 {
  static EightFloats Eight(const uint16_t* b, int64_t i) {
    const float16x8_t halves = vreinterpretq_f16_u16(vld1q_u16(b + i));
    return {vcvt_f32_f16(vget_low_f16(halves)), vcvt_high_f32_f16(halves)};
  }
  static float One(const uint16_t* b, int64_t i) {
    return vgetq_lane_f32(vcvt_f32_f16(vreinterpret_f16_u16(vdup_n_u16(b[i]))), 0);
  }
};
struct LoadBf16 {
  static EightFloats Eight(const uint16_t* b, int64_t i) {
    const uint16x8_t bits = vld1q_u16(b + i);
    return {vreinterpretq_f32_u32(vshll_n_u16(vget_low_u16(bits), 16)),
            vreinterpretq_f32_u32(vshll_high_n_u16(bits, 16))};
  }
  static float One(const uint16_t* b, int64_t i) {
    const uint32_t bits = uint32_t{b[i]} << 16;
    float value;
    __builtin_memcpy(&value, &bits, sizeof(value));
    return value;
  }
};
struct LoadS8 {
  static int16x8_t Words(const int8_t* b, int64_t i) { return vmovl_s8(vld1_s8(b + i)); }
  static EightFloats Eight(const int8_t* b, int64_t i) { return FloatsOf(Words(b, i)); }
  static int32_t One(const int8_t* b, int64_t i) { return b[i]; }
};
struct LoadU8 {
  static int16x8_t Words(const uint8_t* b, int64_t i) {
    return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(b + i)));
  }
  static int32_t One(const uint8_t* b, int64_t i) { return b[i]; }
};
struct LoadS4 {
  static int16x8_t Words(const uint8_t* b, int64_t i) {
    uint32_t packed;
    __builtin_memcpy(&packed, b + i / 2, sizeof(packed));
    const int8x8_t pairs = vreinterpret_s8_u32(vdup_n_u32(packed));
    const int8x8_t even = vshr_n_s8(vshl_n_s8(pairs, 4), 4), odd = vshr_n_s8(pairs, 4);
    return vmovl_s8(vzip1_s8(even, odd));
  }
  static EightFloats Eight(const uint8_t* b, int64_t i) { return FloatsOf(Words(b, i)); }
  static int32_t One(const uint8_t* b, int64_t i) {
    const int32_t nibble = (b[i / 2] >> ((i & 1) * 4)) & 0xF;
    return (nibble ^ 8) - 8;
  }
};

// kColumns rows of B by all of A.
template <int kColumns, typename Tiles, typename Block>
void ForEachTileOf(const Tiles& tiles, const Block& p, int64_t j) {
  int64_t i = 0;
  for (; i + 4 <= p.rows; i += 4) tiles.template Run<4, kColumns>(p, i, j);
  switch (p.rows - i) {
    case 3:
      return tiles.template Run<3, kColumns>(p, i, j);
    case 2:
      return tiles.template Run<2, kColumns>(p, i, j);
    case 1:
      return tiles.template Run<1, kColumns>(p, i, j);
  }
}

// Rows of B are the outer loop: each is read from memory once.
template <typename Tiles, typename Block>
void ForEachTile(const Tiles& tiles, const Block& p) {
  int64_t j = 0;
  for (; j + 4 <= p.columns; j += 4) ForEachTileOf<4>(tiles, p, j);
  for (; j < p.columns; ++j) ForEachTileOf<1>(tiles, p, j);
}

// Adds the products of elements [k, depth) to a tile of C, modulo 2^32. (Apart, because the
// compiler would unroll and vectorise it for each element of a tile.)
template <typename Load, typename B>
__attribute__((noinline)) void AddRest(const DotBlock<int16_t, B, int32_t>& p, int64_t i,
                                       int64_t rows, int64_t j, int64_t columns, int64_t k) {
  for (int64_t r = i; r < i + rows; ++r) {
    for (int64_t c = j; c < j + columns; ++c) {
      int32_t& to = p.c[r * p.c_stride + c];
      auto sum = static_cast<uint32_t>(to);
      for (int64_t t = k; t < p.depth; ++t) {
        sum += static_cast<uint32_t>(p.a[r * p.a_stride + t] *
                                     Load::One(p.b, p.b_begin + c * p.b_stride + t));
      }
      to = static_cast<int32_t>(sum);
    }
  }
}

// Sixteen sums in four vectors each: tiles of half the rows and columns fill sixteen registers.
template <typename Load, typename B>
struct FloatTiles {
  // Adds the products of sixteen elements, A at `a` and B at element `begin` of b.
  template <typename LoadB, int kRows, int kColumns, typename T>
  static inline __attribute__((always_inline)) void Add(const float* a, int64_t a_stride,
                                                        const T* b, int64_t begin, int64_t b_stride,
                                                        SixteenFloats (&sums)[kRows][kColumns]) {
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      EightFloats y[kColumns];
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) y[c] = LoadB::Eight(b, begin + c * b_stride + 8 * half);
#pragma GCC unroll 2
      for (int r = 0; r < kRows; ++r) {
        const EightFloats x = LoadF32::Eight(a + r * a_stride, 8 * half);
#pragma GCC unroll 4
        for (int c = 0; c < kColumns; ++c) {
          Floats &low = sums[r][c].v[2 * half], &high = sums[r][c].v[2 * half + 1];
          low.v = vfmaq_f32(low.v, x.low, y[c].low);
          high.v = vfmaq_f32(high.v, x.high, y[c].high);
        }
      }
    }
  }

  template <int kRows, int kColumns>
  void Run(const DotBlock<float, B, float>& p, int64_t i, int64_t j) const {
    if constexpr (kRows > 2) {
      Run<2, kColumns>(p, i, j);
      Run<kRows - 2, kColumns>(p, i + 2, j);
    } else if constexpr (kRows * kColumns > 4) {
      Run<kRows, kColumns / 2>(p, i, j);
      Run<kRows, kColumns / 2>(p, i, j + kColumns / 2);
    } else {
      RunTile<kRows, kColumns>(p, i, j);
    }
  }

  template <int kRows, int kColumns>
  void RunTile(const DotBlock<float, B, float>& p, int64_t i, int64_t j) const {
    const float* a = p.a + i * p.a_stride;
    const int64_t begin = p.b_begin + j * p.b_stride;
    SixteenFloats sums[kRows][kColumns];
#pragma GCC unroll 2
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) sums[r][c] = SixteenFloats::Zero();
    }
    int64_t k = 0;
    for (; k + 16 <= p.depth; k += 16) {
      Add<Load>(a + k, p.a_stride, p.b, begin + k, p.b_stride, sums);
    }
    if (k < p.depth) {
      float x[kRows][16] = {}, y[kColumns][16] = {};
      for (int64_t t = k; t < p.depth; ++t) {
        for (int r = 0; r < kRows; ++r) x[r][t - k] = a[r * p.a_stride + t];
        for (int c = 0; c < kColumns; ++c) {
          y[c][t - k] = static_cast<float>(Load::One(p.b, begin + c * p.b_stride + t));
        }
      }
      Add<LoadF32>(x[0], 16, y[0], 0, 16, sums);
    }
#pragma GCC unroll 2
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) p.c[(i + r) * p.c_stride + j + c] = sums[r][c].Sum();
    }
  }
};

template <int kRows, int kColumns>
inline __attribute__((always_inline)) void Clear(int32x4_t (&sums)[kRows][kColumns]) {
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) sums[r][c] = vdupq_n_s32(0);
  }
}

// The integer sums of a tile over whole eights of [0, depth), modulo 2^32, in four parts each.
template <int kRows, int kColumns, typename Load, typename B>
inline __attribute__((always_inline)) void AddProducts(const int16_t* a, int64_t a_stride,
                                                       const B* b, int64_t begin, int64_t b_stride,
                                                       int64_t depth,
                                                       int32x4_t (&sums)[kRows][kColumns]) {
  for (int64_t k = 0; k + kStep <= depth; k += kStep) {
    int16x8_t y[kColumns];
#pragma GCC unroll 4
    for (int c = 0; c < kColumns; ++c) y[c] = Load::Words(b, begin + c * b_stride + k);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const int16x8_t x = vld1q_s16(a + r * a_stride + k);
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) {
        const int32x4_t low = vmlal_s16(sums[r][c], vget_low_s16(x), vget_low_s16(y[c]));
        sums[r][c] = vmlal_high_s16(low, x, y[c]);
      }
    }
  }
}

template <typename Load, typename B>
struct IntegerTiles {
  template <int kRows, int kColumns>
  void Run(const DotBlock<int16_t, B, int32_t>& p, int64_t i, int64_t j) const {
    const int16_t* a = p.a + i * p.a_stride;
    const int64_t begin = p.b_begin + j * p.b_stride;
    int32x4_t sums[kRows][kColumns];
    Clear(sums);
    AddProducts<kRows, kColumns, Load>(a, p.a_stride, p.b, begin, p.b_stride, p.depth, sums);
    const int64_t whole = p.depth - p.depth % kStep;
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
      for (int c = 0; c < kColumns; ++c) {
        p.c[(i + r) * p.c_stride + j + c] = vaddvq_s32(sums[r][c]);
      }
    }
    if (whole < p.depth) AddRest<Load>(p, i, kRows, j, kColumns, whole);
  }
};

template <typename Load, typename B>
void DotFloat(const DotBlock<float, B, float>& p) {
  ForEachTile(FloatTiles<Load, B>(), p);
}

void DotF32S4(const DotBlock<float, uint8_t, float>& p) {
  if ((p.b_begin | p.b_stride) & 1) return kDotScalar.f32_s4(p);
  ForEachTile(FloatTiles<LoadS4, uint8_t>(), p);
}

template <typename Load, typename B>
void DotInteger(const DotBlock<int16_t, B, int32_t>& p) {
  ForEachTile(IntegerTiles<Load, B>(), p);
}

void DotS16S4(const DotBlock<int16_t, uint8_t, int32_t>& p) {
  if ((p.b_begin | p.b_stride) & 1) return kDotScalar.s16_s4(p);
  ForEachTile(IntegerTiles<LoadS4, uint8_t>(), p);
}

// 16-bit products need 64-bit sums from the start.
void DotS16S16(const DotBlock<int16_t, int16_t, int64_t>& p) {
  for (int64_t i = 0; i < p.rows; ++i) {
    const int16_t* a = p.a + i * p.a_stride;
    for (int64_t j = 0; j < p.columns; ++j) {
      const int16_t* b = p.b + p.b_begin + j * p.b_stride;
      int64x2_t low = vdupq_n_s64(0), high = low;
      int64_t k = 0;
      for (; k + kStep <= p.depth; k += kStep) {
        const int16x8_t x = vld1q_s16(a + k), y = vld1q_s16(b + k);
        low = vpadalq_s32(low, vmull_s16(vget_low_s16(x), vget_low_s16(y)));
        high = vpadalq_s32(high, vmull_high_s16(x, y));
      }
      int64_t sum = vaddvq_s64(vaddq_s64(low, high));
      for (; k < p.depth; ++k) sum += static_cast<int32_t>(a[k]) * b[k];
      p.c[i * p.c_stride + j] = sum;
    }
  }
}

// kRows rows of C by 4 * kVectors columns.
template <int kRows, int kVectors>
void ColumnsTile(const DotBlock<float, float, float>& p, int64_t i, int64_t j) {
  const float* a = p.a + i * p.a_stride;
  float32x4_t sums[kRows][kVectors];
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sums[r][v] = vdupq_n_f32(0.0f);
  }
  for (int64_t k = 0; k < p.depth; ++k) {
    const float* row = p.b + k * p.b_stride + j;
    float32x4_t b[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) b[v] = vld1q_f32(row + 4 * v);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) {
      const float x = a[r * p.a_stride + k];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sums[r][v] = vfmaq_n_f32(sums[r][v], b[v], x);
    }
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) {
    float* c = p.c + (i + r) * p.c_stride + j;
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) vst1q_f32(c + 4 * v, sums[r][v]);
  }
}

template <int kVectors>
void ColumnsStrip(const DotBlock<float, float, float>& p, int64_t j) {
  int64_t i = 0;
  for (; i + 4 <= p.rows; i += 4) ColumnsTile<4, kVectors>(p, i, j);
  switch (p.rows - i) {
    case 3:
      return ColumnsTile<3, kVectors>(p, i, j);
    case 2:
      return ColumnsTile<2, kVectors>(p, i, j);
    case 1:
      return ColumnsTile<1, kVectors>(p, i, j);
  }
}

void DotF32F32Columns(const DotBlock<float, float, float>& p) {
  int64_t j = 0;
  for (; j + 16 <= p.columns; j += 16) ColumnsStrip<4>(p, j);
  for (; j + 4 <= p.columns; j += 4) ColumnsStrip<1>(p, j);
  if (j == p.columns) return;
  DotBlock<float, float, float> rest = p;  // up to three columns
  rest.b += j;
  rest.c += j;
  rest.columns -= j;
  kDotScalar.f32_f32_columns(rest);
}

}  // namespace

extern const DotKernels kDotNeon;
const DotKernels kDotNeon = {
    CpuLevel::kNeon,
    DotFloat<LoadF32, float>,
    DotFloat<LoadF16, uint16_t>,
    DotFloat<LoadBf16, uint16_t>,
    DotFloat<LoadS8, int8_t>,
    DotF32S4,
    DotInteger<LoadS8, int8_t>,
    DotInteger<LoadU8, uint8_t>,
    DotS16S4,
    DotS16S16,
    DotF32F32Columns,
};

}  // namespace edgetasks::kernels::simd
