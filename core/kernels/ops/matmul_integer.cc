// Matrix products of integers, rescaled to the output's integers:
// q = round((sum (a - a zero) * (b - b zero) + bias) * a scale * b scale / c scale) + c zero.
// Source: TFLite's 8-bit quantization specification; 16-bit activations are symmetric, with 64-bit
// sums and biases.
#include <algorithm>

#include "core/kernels/ops/matmul.h"
#include "core/kernels/ops/matmul_tiles.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// The dot kernels' 32-bit sums of 16-bit by 8-bit products do not wrap up to this depth. Even: a
// chunk of int4 begins at a whole byte where its row does.
constexpr int64_t kWideChunk = 256;

// A's rows as int16 less the zero point, and where B has a zero point, their sums.
template <typename T>
void MakeRowsOver(ir::EvalContext& context, const MatMul& m) {
  int16_t* rows = context.scratch<int16_t>(m.a_scratch);
  auto* sums = m.b_zero != 0 ? context.scratch<uint32_t>(m.row_scratch) : nullptr;
  const int32_t zero = context.input(0).quantization().zero_point();
  ForEachRowOfA(context.pool(), m, context.in<T>(0), [&](int64_t r, const T* from, int64_t stride) {
    int16_t* to = rows + r * m.depth;
    uint32_t sum = 0;
    for (int64_t k = 0; k < m.depth; ++k) {
      to[k] = static_cast<int16_t>(from[k * stride] - zero);
      sum += static_cast<uint32_t>(int32_t{to[k]});
    }
    if (sums != nullptr) sums[r] = sum;
  });
}

// Integer sums over [k, k + depth) of a tile, for a B of 8 or 4 bits.
void DotTile(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
             const int16_t* a, int64_t k, int64_t depth, int32_t* sums) {
  const auto block = [&](const auto* b, int64_t begin) {
    using B = std::remove_const_t<std::remove_pointer_t<decltype(b)>>;
    return simd::DotBlock<int16_t, B, int32_t>{
        tile.rows, tile.columns, depth, a + k, m.depth, b, m.depth, sums, kTileColumns, begin};
  };
  switch (context.input(1).dtype()) {
    case DType::kUInt8:
      m.dot->s16_u8(block(RowsOfB<uint8_t>(context, m, tile).data + k, 0));
      break;
    case DType::kInt4:
      if (m.b_columns) {
        m.dot->s16_s8(block(UnpackedRowsOfB(context, m, tile).data + k, 0));
      } else {
        m.dot->s16_s4(
            block(context.in<uint8_t>(1), (tile.b_batch * m.columns + tile.column) * m.depth + k));
      }
      break;
    default:
      m.dot->s16_s8(block(RowsOfB<int8_t>(context, m, tile).data + k, 0));
  }
}

template <typename T>
void Eval8Bit(ir::EvalContext& context, const MatMul& m) {
  MakeRowsOver<T>(context, m);
  const int32_t* bias = m.has_bias ? context.in<int32_t>(2) : nullptr;
  const int32_t c_zero = context.output(0).quantization().zero_point();
  const bool per_channel = m.multipliers.size() > 1;
  ForEachMatMulTile(context.pool(), m, [&](const MatMulTile& tile) {
    const int64_t a_row = tile.a_batch * m.rows + tile.row;
    T* c = context.out<T>(0) + (tile.batch * m.rows + tile.row) * m.columns + tile.column;
    int32_t sums[kTileRows * kTileColumns];
    DotTile(context, m, tile, context.scratch<int16_t>(m.a_scratch) + a_row * m.depth, 0, m.depth,
            sums);
    for (int64_t i = 0; i < tile.rows; ++i, c += m.columns) {
      // Modulo 2^32, as the sums are.
      uint32_t correction = 0;
      if (m.b_zero != 0) {
        correction =
            static_cast<uint32_t>(m.b_zero) * context.scratch<uint32_t>(m.row_scratch)[a_row + i];
      }
      for (int64_t j = 0; j < tile.columns; ++j) {
        uint32_t sum = static_cast<uint32_t>(sums[i * kTileColumns + j]) - correction;
        if (bias != nullptr) sum += static_cast<uint32_t>(bias[tile.column + j]);
        const int64_t scaled = MultiplyFixed(static_cast<int32_t>(sum),
                                             m.multipliers[per_channel ? tile.column + j : 0]);
        c[j] = static_cast<T>(
            std::clamp<int64_t>(scaled + c_zero, m.integer_range.min, m.integer_range.max));
      }
    }
  });
}

// 64-bit sums of a tile of int16 activations.
void WideDotTile(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
                 const int16_t* a, int64_t* sums) {
  if (context.input(1).dtype() == DType::kInt16) {
    m.dot->s16_s16({tile.rows, tile.columns, m.depth, a, m.depth,
                    RowsOfB<int16_t>(context, m, tile).data, m.depth, sums, kTileColumns, 0});
    return;
  }
  std::fill_n(sums, kTileRows * kTileColumns, int64_t{0});
  int32_t chunk[kTileRows * kTileColumns];
  for (int64_t k = 0; k < m.depth; k += kWideChunk) {
    DotTile(context, m, tile, a, k, std::min(kWideChunk, m.depth - k), chunk);
    for (int64_t i = 0; i < tile.rows; ++i) {
      for (int64_t j = 0; j < tile.columns; ++j) {
        sums[i * kTileColumns + j] += chunk[i * kTileColumns + j];
      }
    }
  }
}

void Eval16Bit(ir::EvalContext& context, const MatMul& m) {
  if (m.a_scratch >= 0) MakeRowsOver<int16_t>(context, m);
  const int16_t* a_rows =
      m.a_scratch >= 0 ? context.scratch<int16_t>(m.a_scratch) : context.in<int16_t>(0);
  const bool wide_bias = m.has_bias && context.input(2).dtype() == DType::kInt64;
  const bool per_channel = m.multipliers.size() > 1;
  ForEachMatMulTile(context.pool(), m, [&](const MatMulTile& tile) {
    int16_t* c =
        context.out<int16_t>(0) + (tile.batch * m.rows + tile.row) * m.columns + tile.column;
    int64_t sums[kTileRows * kTileColumns];
    WideDotTile(context, m, tile, a_rows + (tile.a_batch * m.rows + tile.row) * m.depth, sums);
    for (int64_t i = 0; i < tile.rows; ++i, c += m.columns) {
      for (int64_t j = 0; j < tile.columns; ++j) {
        const int64_t column = tile.column + j;
        // Modulo 2^64: a bias from a file may be anything.
        auto sum = static_cast<uint64_t>(sums[i * kTileColumns + j]);
        if (wide_bias) {
          sum += static_cast<uint64_t>(context.in<int64_t>(2)[column]);
        } else if (m.has_bias) {
          sum += static_cast<uint64_t>(int64_t{context.in<int32_t>(2)[column]});
        }
        const int32_t scaled =
            MultiplyFixed(static_cast<int64_t>(sum), m.multipliers[per_channel ? column : 0]);
        c[j] = static_cast<int16_t>(std::clamp(scaled, m.integer_range.min, m.integer_range.max));
      }
    }
  });
}

}  // namespace

void EvalMatMulInteger(ir::EvalContext& context, const MatMul& m) {
  switch (context.input(0).dtype()) {
    case DType::kInt8:
      Eval8Bit<int8_t>(context, m);
      break;
    case DType::kUInt8:
      Eval8Bit<uint8_t>(context, m);
      break;
    default:
      Eval16Bit(context, m);
  }
}

}  // namespace edgetasks::kernels
