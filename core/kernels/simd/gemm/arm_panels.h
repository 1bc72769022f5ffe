// What the files of the gemm family for ARM share beside their products: packing, and floats to
// integers and back. Everything here is local to the file that includes it: see arm_dotprod.h.
#ifndef CORE_KERNELS_SIMD_GEMM_ARM_PANELS_H_
#define CORE_KERNELS_SIMD_GEMM_ARM_PANELS_H_

#include "core/kernels/simd/gemm/arm_dotprod.h"
#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels::simd {

extern const GemmKernels kGemmScalar;
extern const RowKernels kGemmRowsDotprod;

namespace {

// Sixteen elements of a row of B as int8. `element` is even for s4.
struct LoadS8 {
  using Type = int8_t;
  static int8x16_t Sixteen(const int8_t* data, int64_t element) { return vld1q_s8(data + element); }
  static int32_t One(const int8_t* data, int64_t element) { return data[element]; }
};
struct LoadU8 {
  using Type = uint8_t;
  static int8x16_t Sixteen(const uint8_t* data, int64_t element) {
    return Less128(vld1q_u8(data + element));
  }
  static int32_t One(const uint8_t* data, int64_t element) { return data[element] - 128; }
};
struct LoadS4 {
  using Type = uint8_t;
  static int8x16_t Sixteen(const uint8_t* data, int64_t element) {
    const int8x8_t pairs = vreinterpret_s8_u8(vld1_u8(data + element / 2));
    const int8x8_t even = vshr_n_s8(vshl_n_s8(pairs, 4), 4), odd = vshr_n_s8(pairs, 4);
    return vcombine_s8(vzip1_s8(even, odd), vzip2_s8(even, odd));
  }
  static int32_t One(const uint8_t* data, int64_t element) {
    const int32_t nibble = (data[element >> 1] >> ((element & 1) * 4)) & 0xF;
    return (nibble ^ 8) - 8;
  }
};

// For rows that may begin in the middle of a byte.
struct LoadAnyS4 : LoadS4 {
  static int8x16_t Sixteen(const uint8_t* data, int64_t element) {
    int8_t sixteen[16];
    for (int64_t i = 0; i < 16; ++i) sixteen[i] = static_cast<int8_t>(One(data, element + i));
    return vld1q_s8(sixteen);
  }
};

// Elements [k, k + 16) of a column, zeros behind the depth or where there is no such column.
template <typename Load>
int8x16_t SixteenOf(const WeightRows<typename Load::Type>& b, int64_t column, int64_t k) {
  if (column >= b.columns) return vdupq_n_s8(0);
  const int64_t element = b.begin + column * b.stride + k;
  if (k + 16 <= b.depth) return Load::Sixteen(b.data, element);
  int8_t part[16] = {};
  for (int64_t i = 0; k + i < b.depth; ++i) {
    part[i] = static_cast<int8_t>(Load::One(b.data, element + i));
  }
  return vld1q_s8(part);
}

// Order::PackFour<Load>(b, column, begin, end, panel) writes elements [begin, end) of four columns
// of the panel in a set's order, and returns their sums.
template <typename Order, typename Load>
void Pack(const WeightRows<typename Load::Type>& b, uint8_t* panel) {
  const int64_t depth = PanelDepth(b.depth);
  auto* sums = reinterpret_cast<int32_t*>(panel + depth * kPanelColumns);
  for (int64_t j = 0; j < kPanelColumns; j += 4) {
    vst1q_s32(sums + j, Order::template PackFour<Load>(b, j, 0, depth, panel));
  }
}

template <typename Order>
void PackS4(const WeightRows<uint8_t>& b, uint8_t* panel) {
  if ((b.begin | b.stride) % 2 != 0) return Pack<Order, LoadAnyS4>(b, panel);
  Pack<Order, LoadS4>(b, panel);
}

template <typename Order>
void PackS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, uint8_t* panel) {
  float* scales = reinterpret_cast<float*>(panel + b.depth * kPanelColumns);
  float* weighted_sums = scales + b.depth / blocks.block_size * kPanelColumns;
  for (int64_t j = 0; j < kPanelColumns; j += 4) {
    float32x4_t weighted = vdupq_n_f32(0.0f);
    float* scale = scales + j;
    for (int64_t k = 0; k < b.depth; k += blocks.block_size, scale += kPanelColumns) {
      const int32x4_t sums =
          Order::template PackFour<LoadS4>(b, j, k, k + blocks.block_size, panel);
      for (int64_t i = 0; i < 4; ++i) {
        const bool inside = j + i < b.columns;
        scale[i] =
            inside ? FloatOf(blocks.scales[(j + i) * blocks.stride + k / blocks.block_size]) : 0;
      }
      weighted = vfmaq_f32(weighted, vcvtq_f32_s32(sums), vld1q_f32(scale));
    }
    vst1q_f32(weighted_sums + j, weighted);
  }
}

// Up to four floats, zeros behind them.
float32x4_t LoadPart(const float* from, int64_t count) {
  if (count >= 4) return vld1q_f32(from);
  float part[4] = {};
  __builtin_memcpy(part, from, static_cast<size_t>(count) * sizeof(float));
  return vld1q_f32(part);
}

void Quantize(const float* row, int64_t count, uint8_t* q, float* scale, int32_t* zero) {
  // FMINNM and FMAXNM give the number where one is NaN.
  float32x4_t least = vdupq_n_f32(0.0f), greatest = least;
  for (int64_t k = 0; k < count; k += 4) {
    const float32x4_t values = LoadPart(row + k, count - k);
    least = vminnmq_f32(values, least);
    greatest = vmaxnmq_f32(values, greatest);
  }
  const float ends[2] = {vminnmvq_f32(least), vmaxnmvq_f32(greatest)};  // of the same range
  uint8_t ignored[2];
  kGemmScalar.quantize(ends, 2, ignored, scale, zero);
  const float inverse = 1.0f / *scale;
  const float32x4_t zero_point = vdupq_n_f32(static_cast<float>(*zero));
  for (int64_t k = 0; k < count; k += 4) {
    const float32x4_t steps = vrndnq_f32(vmulq_n_f32(LoadPart(row + k, count - k), inverse));
    // NaN becomes 0.
    const float32x4_t value = vminnmq_f32(
        vmaxnmq_f32(vaddq_f32(steps, zero_point), vdupq_n_f32(0.0f)), vdupq_n_f32(255.0f));
    const uint16x4_t words = vmovn_u32(vcvtq_u32_f32(value));
    const uint8x8_t bytes = vmovn_u16(vcombine_u16(words, words));
    uint8_t four[8];
    vst1_u8(four, bytes);
    __builtin_memcpy(q + k, four, static_cast<size_t>(Min(4, count - k)));
  }
}

void ScaleSums(const GemmKernels::Scaling& s, const int32_t* sums, int64_t sums_stride, float* c,
               int64_t c_stride) {
  kGemmScalar.scale_sums(s, sums, sums_stride, c, c_stride);
}

void ScaleFloats(const GemmKernels::Scaling& s, const float* sums, int64_t sums_stride, float* c,
                 int64_t c_stride) {
  kGemmScalar.scale_floats(s, sums, sums_stride, c, c_stride);
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_ARM_PANELS_H_
