// Matrix products of float activations and integer weights, in integers ("dynamic range"): each row
// of A becomes 8-bit integers with its own scale and zero point, as in XNNPACK's qd8 operators, and
// C[i, j] = a scale[i] * b scale[j] * (integer sum) + bias[j].
#include "core/base/half.h"
#include "core/kernels/ops/matmul.h"
#include "core/kernels/ops/matmul_tiles.h"
#include "core/kernels/ref/quantize_on_the_fly.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// A's rows as integers less their zero point, and their scales.
void QuantizeRows(ir::EvalContext& context, const MatMul& m) {
  int16_t* integers = context.scratch<int16_t>(m.a_scratch);
  float* scales = context.scratch<float>(m.row_scratch);
  ForEachRowOfA(
      context.pool(), m, context.in<float>(0), [&](int64_t r, const float* row, int64_t stride) {
        scales[r] = ref::QuantizeAsymmetric(row, stride, m.depth, integers + r * m.depth).scale;
      });
}

// Integer sums over [k, k + depth) of a tile.
void DotTile(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
             const int16_t* a, int64_t k, int64_t depth, int32_t* sums) {
  simd::DotBlock<int16_t, int8_t, int32_t> block{
      tile.rows, tile.columns, depth, a + k, m.depth, nullptr, m.depth, sums, kTileColumns, 0};
  if (context.input(1).dtype() == DType::kInt8) {
    block.b = RowsOfB<int8_t>(context, m, tile).data + k;
    m.dot->s16_s8(block);
  } else if (m.b_columns) {
    block.b = UnpackedRowsOfB(context, m, tile).data + k;
    m.dot->s16_s8(block);
  } else {
    const int64_t begin = (tile.b_batch * m.columns + tile.column) * m.depth + k;
    m.dot->s16_s4({tile.rows, tile.columns, depth, a + k, m.depth, context.in<uint8_t>(1), m.depth,
                   sums, kTileColumns, begin});
  }
}

// c = the tile's sums times the weights' scales.
void ScaledTile(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
                const int16_t* a, float* c) {
  const ir::Quantization& q = context.input(1).quantization();
  int32_t sums[kTileRows * kTileColumns];
  DotTile(context, m, tile, a, 0, m.depth, sums);
  for (int64_t i = 0; i < tile.rows; ++i) {
    for (int64_t j = 0; j < tile.columns; ++j) {
      const float scale = q.scales[q.per_channel() ? tile.column + j : 0];
      c[i * m.columns + j] = static_cast<float>(sums[i * kTileColumns + j]) * scale;
    }
  }
}

// The same for weights with a scale for each block of a row.
void BlockScaledTile(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
                     const int16_t* a, float* c) {
  const ir::Quantization& q = context.input(1).quantization();
  const int64_t blocks = m.depth / q.block_size;
  const uint16_t* scales = q.block_scales.data() + tile.column * blocks;
  int32_t sums[kTileRows * kTileColumns];
  for (int64_t block = 0; block < blocks; ++block) {
    DotTile(context, m, tile, a, block * q.block_size, q.block_size, sums);
    for (int64_t i = 0; i < tile.rows; ++i) {
      for (int64_t j = 0; j < tile.columns; ++j) {
        const float sum = static_cast<float>(sums[i * kTileColumns + j]);
        const float before = block == 0 ? 0.0f : c[i * m.columns + j];
        c[i * m.columns + j] = before + HalfToFloat(scales[j * blocks + block]) * sum;
      }
    }
  }
}

}  // namespace

void EvalMatMulHybrid(ir::EvalContext& context, const MatMul& m) {
  QuantizeRows(context, m);
  const bool by_blocks = context.input(1).quantization().blockwise();
  const float* bias = m.has_bias ? context.in<float>(2) : nullptr;
  ForEachMatMulTile(context.pool(), m, [&](const MatMulTile& tile) {
    const int64_t a_row = tile.a_batch * m.rows + tile.row;
    const int16_t* a = context.scratch<int16_t>(m.a_scratch) + a_row * m.depth;
    const float* a_scales = context.scratch<float>(m.row_scratch) + a_row;
    float* c = context.out<float>(0) + (tile.batch * m.rows + tile.row) * m.columns + tile.column;
    if (by_blocks) {
      BlockScaledTile(context, m, tile, a, c);
    } else {
      ScaledTile(context, m, tile, a, c);
    }
    for (int64_t i = 0; i < tile.rows; ++i, c += m.columns) {
      for (int64_t j = 0; j < tile.columns; ++j) {
        float value = c[j] * a_scales[i];
        if (bias != nullptr) value += bias[tile.column + j];
        c[j] = m.float_range.Clamp(value);
      }
    }
  });
}

}  // namespace edgetasks::kernels
