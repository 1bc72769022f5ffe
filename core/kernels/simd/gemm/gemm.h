// Matrix products of 8-bit activations and integer weights: C[i, j] = sum over k of
// (A[i, k] - zero[i]) * B[j, k], A unsigned with a zero point for each row, B as in the dot family.
//
// Two ways lead to the sums. A few rows of A meet B where it lies (RowKernels), which is as fast as
// B can be read. Many rows meet a packed panel: 32 rows of B in the order in which multiply_* reads
// them. A panel is made in the caller's scratch, used for all rows of A and thrown away; B itself
// stays in the mapped file.
//
// The scalar kernels are the specification: all others equal them bit for bit. Integer sums wrap
// modulo 2^32; the order in which blocks are added up is said at each kernel. One GemmKernels is
// one instruction set; gemm.inc lists them, best first.
//
// The functions neither allocate nor fail, and may run on any thread. No pointer is null.
#ifndef CORE_KERNELS_SIMD_GEMM_GEMM_H_
#define CORE_KERNELS_SIMD_GEMM_GEMM_H_

#include <cstdint>

#include "core/base/cpu_level.h"

namespace edgetasks::kernels::simd {

// Two vectors of 16 sums: 8 rows of A by 32 columns fill 16 of the 32 registers of AVX-512, and
// twice the columns would not leave room for rows.
inline constexpr int64_t kPanelColumns = 32;
// The depth of a panel is a multiple of the elements that VPDPBUSD and SDOT take together.
inline constexpr int64_t kPanelDepthUnit = 4;

constexpr int64_t PanelDepth(int64_t depth) {
  return (depth + kPanelDepthUnit - 1) / kPanelDepthUnit * kPanelDepthUnit;
}
// A panel: PanelDepth(depth) * 32 weights, int8, in an order that is the set's own
// (PanelDepth(depth) / 4 groups of [32][4] as a rule), zeros behind the depth and the columns; then
// the 32 sums of the rows of B, int32. Aligned to 64.
constexpr int64_t PanelBytes(int64_t depth) {
  return (PanelDepth(depth) + static_cast<int64_t>(sizeof(int32_t))) * kPanelColumns;
}

// Rows of B: row j begins at element begin + j * stride of data.
template <typename B>
struct WeightRows {
  const B* data = nullptr;
  int64_t begin = 0;   // 0 but for s4
  int64_t stride = 0;  // in elements
  int64_t columns = 0;
  int64_t depth = 0;
};

// Rows of A. Row i begins at data + i * stride. Where a kernel wants A ordered for s4, data is what
// order_for_s4 wrote, and stride is OrderedBytes(depth).
struct ActivationRows {
  int64_t rows = 0;
  const uint8_t* data = nullptr;
  int64_t stride = 0;
  const int32_t* zeros = nullptr;  // [rows], 0 to 255
};

// Sixteen times the products of so many nibbles and activations, as some sets have them, fit 32
// bits.
inline constexpr int64_t kMaxBlockSize = 65536;

// Scales of weights that are quantized in blocks along the depth: row j of B has one binary16 scale
// for each block, at scales[j * stride]. block_size is a multiple of 32 up to kMaxBlockSize, depth
// of block_size, and rows begin at whole bytes.
struct WeightBlocks {
  int64_t block_size = 0;
  const uint16_t* scales = nullptr;
  int64_t stride = 0;
};

// A panel of blocks: as above without the sums; then the scales as floats, [blocks][32]; then for
// each column the sum over blocks, in order, of scale * (sum of the block), f32, fused. A set may
// hold its elements times a power of two, and the scales divided by it.
constexpr int64_t BlockPanelBytes(int64_t depth, int64_t block_size) {
  return (depth + (depth / block_size + 1) * static_cast<int64_t>(sizeof(float))) * kPanelColumns;
}

// A row of A in the order in which multiply_s4* meet the nibbles of B, which each set chooses for
// itself. Aligned to 64.
constexpr int64_t OrderedBytes(int64_t depth) { return (depth + 127) / 128 * 192; }

// A few rows of A meet rows of B where they lie.
struct RowKernels {
  // sums[j] = the sum of row j of B: what the products need to know of B beside its elements. It
  // does not change, so whoever multiplies by B again keeps it. Of blocks: the products of
  // multiply_s4_blocks with an A of ones.
  void (*sums_s8)(const WeightRows<int8_t>&, int32_t* sums);
  void (*sums_s4)(const WeightRows<uint8_t>&, int32_t* sums);
  void (*sums_s4_blocks)(const WeightRows<uint8_t>&, const WeightBlocks&, float* sums);

  // Writes each row of A ordered for s4, OrderedBytes(depth) apart.
  void (*order_for_s4)(const ActivationRows& a, int64_t depth, uint8_t* ordered);

  // Products as of panels, from rows of B where they lie; b_sums are those rows'. C is [rows,
  // columns]. Rows of s4 begin at whole bytes, and A is ordered for s4.
  void (*multiply_s8)(const ActivationRows& a, const WeightRows<int8_t>& b, const int32_t* b_sums,
                      int32_t* c, int64_t c_stride);
  void (*multiply_s4)(const ActivationRows& a_ordered, const WeightRows<uint8_t>& b,
                      const int32_t* b_sums, int32_t* c, int64_t c_stride);
  // f32, within the bound of GemmKernels::multiply_blocks: of each 128 elements, sum s of sixteen
  // takes the eight from 8 s on, their integer sum times the scale of their block entering fused;
  // SumOfSixteen (scalar_floats.h), less the zero point times b_sums.
  void (*multiply_s4_blocks)(const ActivationRows& a_ordered, const WeightRows<uint8_t>& b,
                             const WeightBlocks& blocks, const float* b_sums, float* c,
                             int64_t c_stride);
};

struct GemmKernels {
  CpuLevel level;  // what the processor must have
  // Panels of int8, and those of int4 with one scale a row, are faster than the dot family's
  // blocks.
  bool fast_panels_of_s8, fast_panels_of_s4;

  // Pack columns <= 32 rows. u8 weights are packed less 128.
  void (*pack_s8)(const WeightRows<int8_t>&, uint8_t* panel);
  void (*pack_u8)(const WeightRows<uint8_t>&, uint8_t* panel);
  void (*pack_s4)(const WeightRows<uint8_t>&, uint8_t* panel);
  void (*pack_s4_blocks)(const WeightRows<uint8_t>&, const WeightBlocks&, uint8_t* panel);

  // All 32 columns of a packed panel: C is [rows, >= 32]. A's rows are read up to
  // PanelDepth(depth); what stands behind the depth does not matter.
  void (*multiply)(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
                   int64_t c_stride);

  // C[i, j] = -zero * (the column's sum), to which are added, block after block and fused, scale *
  // (integer sum of the block), f32: within
  // (depth / block_size + 4) * 2^-22 * sum over blocks of |scale| * (|sum of A * B| +
  // |zero * sum of B|) of the exact value.
  void (*multiply_blocks)(const ActivationRows& a, int64_t depth, int64_t block_size,
                          const uint8_t* panel, float* c, int64_t c_stride);

  const RowKernels* rows;  // products with rows of B that are not packed

  // The row as 8-bit integers with a scale and a zero point of its own: those of
  // ref::QuantizeAsymmetric, plus 128.
  void (*quantize)(const float* row, int64_t count, uint8_t* q, float* scale, int32_t* zero);

  // C[i, j] = clamp(sums[i, j] * b_scales[j * b_scale_step] * a_scales[i] + bias[j], min, max), in
  // this order: results of all sets are equal. NaN stays NaN. C may be the sums.
  struct Scaling {
    int64_t rows = 0, columns = 0;
    const float* a_scales = nullptr;
    const float* b_scales = nullptr;
    int64_t b_scale_step = 0;     // 0: one scale for all columns; 1
    const float* bias = nullptr;  // may be null
    float min = 0.0f, max = 0.0f;
  };
  void (*scale_sums)(const Scaling&, const int32_t* sums, int64_t sums_stride, float* c,
                     int64_t c_stride);
  // The same of sums that hold the scales of B already.
  void (*scale_floats)(const Scaling&, const float* sums, int64_t sums_stride, float* c,
                       int64_t c_stride);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_GEMM_GEMM_H_
