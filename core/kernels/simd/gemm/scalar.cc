// The specification of the gemm family, in plain loops.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/half.h"
#include "core/kernels/simd/gemm/gemm.h"
#include "core/kernels/simd/scalar_floats.h"

namespace edgetasks::kernels::simd {
namespace {

int32_t Nibble(const uint8_t* data, int64_t element) {
  const int32_t nibble = (data[element >> 1] >> ((element & 1) * 4)) & 0xF;
  return (nibble ^ 8) - 8;  // sign extension
}

// Element k of row j, widened.
int32_t At(const WeightRows<int8_t>& b, int64_t j, int64_t k) {
  return b.data[b.begin + j * b.stride + k];
}
int32_t AtU8(const WeightRows<uint8_t>& b, int64_t j, int64_t k) {
  return b.data[b.begin + j * b.stride + k] - 128;
}
int32_t AtS4(const WeightRows<uint8_t>& b, int64_t j, int64_t k) {
  return Nibble(b.data, b.begin + j * b.stride + k);
}

// Column j, element k of a panel.
int64_t PanelIndex(int64_t j, int64_t k) {
  return (k / kPanelDepthUnit * kPanelColumns + j) * kPanelDepthUnit + k % kPanelDepthUnit;
}

template <typename Rows, typename Element>
void PackElements(const Rows& b, Element element, uint8_t* panel) {
  for (int64_t k = 0; k < PanelDepth(b.depth); ++k) {
    for (int64_t j = 0; j < kPanelColumns; ++j) {
      const bool inside = j < b.columns && k < b.depth;
      panel[PanelIndex(j, k)] = static_cast<uint8_t>(inside ? element(b, j, k) : 0);
    }
  }
}

template <typename Rows, typename Element>
void Pack(const Rows& b, Element element, uint8_t* panel) {
  PackElements(b, element, panel);
  auto* sums = reinterpret_cast<uint32_t*>(panel + PanelDepth(b.depth) * kPanelColumns);
  for (int64_t j = 0; j < kPanelColumns; ++j) {
    uint32_t sum = 0;
    for (int64_t k = 0; j < b.columns && k < b.depth; ++k) {
      sum += static_cast<uint32_t>(element(b, j, k));
    }
    sums[j] = sum;
  }
}

void PackS8(const WeightRows<int8_t>& b, uint8_t* panel) { Pack(b, At, panel); }
void PackU8(const WeightRows<uint8_t>& b, uint8_t* panel) { Pack(b, AtU8, panel); }
void PackS4(const WeightRows<uint8_t>& b, uint8_t* panel) { Pack(b, AtS4, panel); }

void PackS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, uint8_t* panel) {
  PackElements(b, AtS4, panel);
  auto* scales = reinterpret_cast<float*>(panel + b.depth * kPanelColumns);
  const int64_t count = b.depth / blocks.block_size;
  float* sums = scales + count * kPanelColumns;
  for (int64_t j = 0; j < kPanelColumns; ++j) {
    float weighted = 0.0f;
    for (int64_t block = 0; block < count; ++block) {
      const float scale = j < b.columns ? HalfToFloat(blocks.scales[j * blocks.stride + block]) : 0;
      int32_t sum = 0;
      for (int64_t k = 0; j < b.columns && k < blocks.block_size; ++k) {
        sum += AtS4(b, j, block * blocks.block_size + k);
      }
      scales[block * kPanelColumns + j] = scale;
      weighted = FusedMultiplyAdd(scale, static_cast<float>(sum), weighted);
    }
    sums[j] = weighted;
  }
}

// sums[j] += the sum over [begin, begin + count) of (a[k] - zero) * element k of column j, modulo
// 2^32. Both are multiples of the panel's unit.
void AddColumns(const uint8_t* a, int32_t zero, int64_t begin, int64_t count, const uint8_t* panel,
                uint32_t (&sums)[kPanelColumns]) {
  const auto* b = reinterpret_cast<const int8_t*>(panel + PanelIndex(0, begin));
  for (int64_t k = begin; k < begin + count; k += kPanelDepthUnit) {
    for (int64_t j = 0; j < kPanelColumns; ++j, b += kPanelDepthUnit) {
      int32_t sum = 0;
      for (int64_t i = 0; i < kPanelDepthUnit; ++i) sum += (a[k + i] - zero) * b[i];
      sums[j] += static_cast<uint32_t>(sum);
    }
  }
}

void Multiply(const ActivationRows& a, int64_t depth, const uint8_t* panel, int32_t* c,
              int64_t c_stride) {
  for (int64_t i = 0; i < a.rows; ++i) {
    uint32_t sums[kPanelColumns] = {};
    AddColumns(a.data + i * a.stride, a.zeros[i], 0, PanelDepth(depth), panel, sums);
    for (int64_t j = 0; j < kPanelColumns; ++j) {
      c[i * c_stride + j] = static_cast<int32_t>(sums[j]);
    }
  }
}

void MultiplyBlocks(const ActivationRows& a, int64_t depth, int64_t block_size,
                    const uint8_t* panel, float* c, int64_t c_stride) {
  const auto* scales = reinterpret_cast<const float*>(panel + depth * kPanelColumns);
  const float* column_sums = scales + depth / block_size * kPanelColumns;
  for (int64_t i = 0; i < a.rows; ++i) {
    float* to = c + i * c_stride;
    const auto minus_zero = static_cast<float>(-a.zeros[i]);
    for (int64_t j = 0; j < kPanelColumns; ++j) to[j] = minus_zero * column_sums[j];
    for (int64_t k = 0; k < depth; k += block_size) {
      uint32_t sums[kPanelColumns] = {};
      AddColumns(a.data + i * a.stride, 0, k, block_size, panel, sums);
      const float* scale = scales + k / block_size * kPanelColumns;
      for (int64_t j = 0; j < kPanelColumns; ++j) {
        const auto sum = static_cast<float>(static_cast<int32_t>(sums[j]));
        to[j] = FusedMultiplyAdd(sum, scale[j], to[j]);
      }
    }
  }
}

template <typename Rows, typename Element>
void SumRows(const Rows& b, Element element, int32_t* sums) {
  for (int64_t j = 0; j < b.columns; ++j) {
    uint32_t sum = 0;
    for (int64_t k = 0; k < b.depth; ++k) sum += static_cast<uint32_t>(element(b, j, k));
    sums[j] = static_cast<int32_t>(sum);
  }
}

void SumsS8(const WeightRows<int8_t>& b, int32_t* sums) { SumRows(b, At, sums); }
void SumsS4(const WeightRows<uint8_t>& b, int32_t* sums) { SumRows(b, AtS4, sums); }

// The products of row j of B and the numbers a(k).
template <typename A>
float DotBlocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, int64_t j, const A& a) {
  const uint16_t* scales = blocks.scales + j * blocks.stride;
  float sums[16] = {};
  for (int64_t k = 0; k < b.depth; k += 8) {
    int32_t eight = 0;
    for (int64_t at = k; at < k + 8; ++at) eight += a(at) * AtS4(b, j, at);
    float& sum = sums[k / 8 % 16];
    sum = FusedMultiplyAdd(static_cast<float>(eight), HalfToFloat(scales[k / blocks.block_size]),
                           sum);
  }
  return SumOfSixteen(sums);
}

void SumsS4Blocks(const WeightRows<uint8_t>& b, const WeightBlocks& blocks, float* sums) {
  for (int64_t j = 0; j < b.columns; ++j) {
    sums[j] = DotBlocks(b, blocks, j, [](int64_t) { return 1; });
  }
}

// As it was.
void OrderForS4(const ActivationRows& a, int64_t depth, uint8_t* ordered) {
  for (int64_t i = 0; i < a.rows; ++i) {
    std::memcpy(ordered + i * OrderedBytes(depth), a.data + i * a.stride,
                static_cast<size_t>(depth));
  }
}

template <typename Rows, typename Element>
void MultiplyRows(const ActivationRows& a, const Rows& b, Element element, const int32_t* b_sums,
                  int32_t* c, int64_t c_stride) {
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* row = a.data + i * a.stride;
    const auto zero = static_cast<uint32_t>(a.zeros[i]);
    for (int64_t j = 0; j < b.columns; ++j) {
      uint32_t sum = 0;
      for (int64_t k = 0; k < b.depth; ++k) sum += static_cast<uint32_t>(row[k] * element(b, j, k));
      c[i * c_stride + j] = static_cast<int32_t>(sum - zero * static_cast<uint32_t>(b_sums[j]));
    }
  }
}

void RowsS8(const ActivationRows& a, const WeightRows<int8_t>& b, const int32_t* b_sums, int32_t* c,
            int64_t c_stride) {
  MultiplyRows(a, b, At, b_sums, c, c_stride);
}
void RowsS4(const ActivationRows& a, const WeightRows<uint8_t>& b, const int32_t* b_sums,
            int32_t* c, int64_t c_stride) {
  MultiplyRows(a, b, AtS4, b_sums, c, c_stride);
}

void RowsS4Blocks(const ActivationRows& a, const WeightRows<uint8_t>& b, const WeightBlocks& blocks,
                  const float* b_sums, float* c, int64_t c_stride) {
  for (int64_t i = 0; i < a.rows; ++i) {
    const uint8_t* row = a.data + i * a.stride;
    for (int64_t j = 0; j < b.columns; ++j) {
      const float sum = DotBlocks(b, blocks, j, [row](int64_t k) { return int32_t{row[k]}; });
      c[i * c_stride + j] = sum - static_cast<float>(a.zeros[i]) * b_sums[j];
    }
  }
}

void Quantize(const float* row, int64_t count, uint8_t* q, float* scale, int32_t* zero) {
  float least = 0.0f, greatest = 0.0f;
  for (int64_t k = 0; k < count; ++k) {
    least = std::min(least, row[k]);
    greatest = std::max(greatest, row[k]);
  }
  // Halves of the range, because the whole of it may overflow.
  const float step = greatest / 255.0f - least / 255.0f;
  *scale = step > 0.0f ? step : 1.0f;
  float zero_point = 128.0f;  // of all zeros
  if (step > 0.0f) {
    // NaN, from a range that is not finite, becomes 0.
    const float nudged = std::round(-128.0f - least / step) + 128.0f;
    zero_point = nudged > 0.0f ? std::min(nudged, 255.0f) : 0.0f;
  }
  *zero = static_cast<int32_t>(zero_point);
  const float inverse = 1.0f / *scale;
  for (int64_t k = 0; k < count; ++k) {
    const float value = std::nearbyint(row[k] * inverse) + zero_point;
    q[k] = static_cast<uint8_t>(value > 0.0f ? std::min(value, 255.0f) : 0.0f);
  }
}

float Finish(const GemmKernels::Scaling& s, int64_t i, int64_t j, float scaled) {
  float value = scaled * s.a_scales[i];
  if (s.bias != nullptr) value += s.bias[j];
  value = value < s.min ? s.min : value;
  return value > s.max ? s.max : value;
}

void ScaleSums(const GemmKernels::Scaling& s, const int32_t* sums, int64_t sums_stride, float* c,
               int64_t c_stride) {
  for (int64_t i = 0; i < s.rows; ++i) {
    for (int64_t j = 0; j < s.columns; ++j) {
      const float sum = static_cast<float>(sums[i * sums_stride + j]);
      c[i * c_stride + j] = Finish(s, i, j, sum * s.b_scales[j * s.b_scale_step]);
    }
  }
}

void ScaleFloats(const GemmKernels::Scaling& s, const float* sums, int64_t sums_stride, float* c,
                 int64_t c_stride) {
  for (int64_t i = 0; i < s.rows; ++i) {
    for (int64_t j = 0; j < s.columns; ++j) {
      c[i * c_stride + j] = Finish(s, i, j, sums[i * sums_stride + j]);
    }
  }
}

constexpr RowKernels kRows = {
    SumsS8, SumsS4, SumsS4Blocks, OrderForS4, RowsS8, RowsS4, RowsS4Blocks,
};

}  // namespace

extern const GemmKernels kGemmScalar;
const GemmKernels kGemmScalar = {
    CpuLevel::kScalar, false,          false,  PackS8,   PackU8,    PackS4,      PackS4Blocks,
    Multiply,          MultiplyBlocks, &kRows, Quantize, ScaleSums, ScaleFloats,
};

}  // namespace edgetasks::kernels::simd
