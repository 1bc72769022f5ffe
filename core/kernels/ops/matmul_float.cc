// Matrix products in floats: f32 x f32, f16, bf16, and integers that stand for floats
// ("weight-only": C = scale[j] * (sum a * w - zero[j] * sum a)).
#include <algorithm>

#include "core/base/half.h"
#include "core/kernels/ops/matmul.h"
#include "core/kernels/ops/matmul_tiles.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// Sums of products of one tile over [k, k + depth) of A and B.
void DotTile(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
             const float* a, int64_t k, int64_t depth, float* c, int64_t c_stride) {
  const int64_t b_begin = tile.b_batch * m.columns * m.depth + tile.column * m.depth + k;
  const auto block = [&](const auto* b) {
    using B = std::remove_const_t<std::remove_pointer_t<decltype(b)>>;
    return simd::DotBlock<float, B, float>{tile.rows, tile.columns, depth, a + k,    m.depth,
                                           b,         m.depth,      c,     c_stride, 0};
  };
  switch (context.input(1).dtype()) {
    case DType::kFloat16:
      m.dot->f32_f16(block(context.in<uint16_t>(1) + b_begin));
      break;
    case DType::kBFloat16:
      m.dot->f32_bf16(block(context.in<uint16_t>(1) + b_begin));
      break;
    case DType::kInt8:
      m.dot->f32_s8(block(context.in<int8_t>(1) + b_begin));
      break;
    case DType::kInt4: {
      auto packed = block(context.in<uint8_t>(1));
      packed.b_begin = b_begin;
      m.dot->f32_s4(packed);
      break;
    }
    default:
      if (m.b_columns) {
        const float* b = context.in<float>(1) + tile.b_batch * m.columns * m.depth + tile.column;
        m.dot->f32_f32_columns(
            {tile.rows, tile.columns, depth, a, m.depth, b, m.columns, c, c_stride, 0});
      } else {
        m.dot->f32_f32(block(context.in<float>(1) + b_begin));
      }
  }
}

// C += for each block of weights its scale times its sum.
void DotTileByBlocks(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
                     const float* a, float* c) {
  const ir::Quantization& q = context.input(1).quantization();
  const int64_t blocks = m.depth / q.block_size;
  for (int64_t i = 0; i < tile.rows; ++i) std::fill_n(c + i * m.columns, tile.columns, 0.0f);
  float sums[kTileRows * kTileColumns];
  for (int64_t block = 0; block < blocks; ++block) {
    DotTile(context, m, tile, a, block * q.block_size, q.block_size, sums, kTileColumns);
    for (int64_t j = 0; j < tile.columns; ++j) {
      const float scale = HalfToFloat(q.block_scales[(tile.column + j) * blocks + block]);
      for (int64_t i = 0; i < tile.rows; ++i) {
        c[i * m.columns + j] += scale * sums[i * kTileColumns + j];
      }
    }
  }
}

// Scales and zero points of weight-only integers.
void Dequantize(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile, float* c) {
  const ir::Quantization& q = context.input(1).quantization();
  const float* row_sums =
      m.b_has_zeros ? context.scratch<float>(m.row_scratch) + tile.a_batch * m.rows + tile.row
                    : nullptr;
  for (int64_t i = 0; i < tile.rows; ++i, c += m.columns) {
    for (int64_t j = 0; j < tile.columns; ++j) {
      const int64_t channel = q.per_channel() ? tile.column + j : 0;
      if (row_sums != nullptr) c[j] -= static_cast<float>(q.zero_points[channel]) * row_sums[i];
      c[j] *= q.scales[channel];
    }
  }
}

void BiasAndClamp(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
                  float* c) {
  if (m.has_bias) {
    const float* bias = context.in<float>(2) + tile.column;
    for (int64_t i = 0; i < tile.rows; ++i) {
      for (int64_t j = 0; j < tile.columns; ++j) c[i * m.columns + j] += bias[j];
    }
  }
  if (m.activation == ir::Activation::kNone) return;
  for (int64_t i = 0; i < tile.rows; ++i) {
    for (int64_t j = 0; j < tile.columns; ++j) {
      c[i * m.columns + j] = m.float_range.Clamp(c[i * m.columns + j]);
    }
  }
}

}  // namespace

void EvalMatMulFloat(ir::EvalContext& context, const MatMul& m) {
  const float* a_rows = context.in<float>(0);
  if (m.a_columns) {
    float* made_over = context.scratch<float>(m.a_scratch);
    ForEachRowOfA(context.pool(), m, a_rows, [&](int64_t r, const float* from, int64_t stride) {
      for (int64_t k = 0; k < m.depth; ++k) made_over[r * m.depth + k] = from[k * stride];
    });
    a_rows = made_over;
  }
  if (m.b_has_zeros) {
    float* sums = context.scratch<float>(m.row_scratch);
    ForEachRowOfA(context.pool(), m, context.in<float>(0),
                  [&](int64_t r, const float* from, int64_t stride) {
                    float sum = 0.0f;
                    for (int64_t k = 0; k < m.depth; ++k) sum += from[k * stride];
                    sums[r] = sum;
                  });
  }
  const ir::Quantization& q = context.input(1).quantization();
  const bool integer_b =
      context.input(1).dtype() == DType::kInt8 || context.input(1).dtype() == DType::kInt4;
  ForEachMatMulTile(context.pool(), m, [&](const MatMulTile& tile) {
    const float* a = a_rows + (tile.a_batch * m.rows + tile.row) * m.depth;
    float* c = context.out<float>(0) + (tile.batch * m.rows + tile.row) * m.columns + tile.column;
    if (integer_b && q.blockwise()) {
      DotTileByBlocks(context, m, tile, a, c);
    } else {
      DotTile(context, m, tile, a, 0, m.depth, c, m.columns);
      if (integer_b) Dequantize(context, m, tile, c);
    }
    BiasAndClamp(context, m, tile, c);
  });
}

}  // namespace edgetasks::kernels
