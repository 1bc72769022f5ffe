#include "core/kernels/ops/matmul_tiles.h"

#include <algorithm>

#include "core/kernels/ops/slots.h"

namespace edgetasks::kernels {

void BatchMap::Find(int64_t c_batch, int64_t* a_batch, int64_t* b_batch) const {
  *a_batch = *b_batch = 0;
  for (int d = rank - 1; d >= 0; --d) {
    const int64_t index = c_batch % dims[d];
    c_batch /= dims[d];
    *a_batch += index * a_strides[d];
    *b_batch += index * b_strides[d];
  }
}

void ForEachMatMulTile(ThreadPool& pool, const MatMul& m,
                       absl::FunctionRef<void(const MatMulTile&)> body) {
  // With few rows, as many tiles for every thread: of the columns that kernels work on at once,
  // four, or more.
  const int64_t share = (m.columns + m.slots - 1) / m.slots;
  const int64_t tiles_a_share = (share + m.max_tile_columns - 1) / m.max_tile_columns;
  const int64_t even = (share + tiles_a_share - 1) / std::max<int64_t>(1, tiles_a_share);
  const int64_t fitting =
      m.rows > kTileRows ? kTileColumns : std::max<int64_t>((even + 3) / 4 * 4, 4);
  const int64_t tile_columns = m.tile_columns > 0 ? m.tile_columns : fitting;
  const int64_t row_tiles = (m.rows + kTileRows - 1) / kTileRows;
  const int64_t column_tiles = (m.columns + tile_columns - 1) / tile_columns;
  const int64_t tiles = m.batches * row_tiles * column_tiles;
  const double products = static_cast<double>(m.batches) * static_cast<double>(m.rows) *
                          static_cast<double>(m.columns) * static_cast<double>(m.depth);
  ForEachSlot(pool, m.slots, tiles, products, m.products_a_thread,
              [&](int64_t slot, int64_t begin, int64_t end) {
                int64_t previous_column = -1;
                for (int64_t t = begin; t < end; ++t) {
                  const int64_t column = t / row_tiles;  // counted over all batches
                  MatMulTile tile;
                  tile.batch = column / column_tiles;
                  m.map.Find(tile.batch, &tile.a_batch, &tile.b_batch);
                  tile.row = t % row_tiles * kTileRows;
                  tile.rows = std::min(kTileRows, m.rows - tile.row);
                  tile.column = column % column_tiles * tile_columns;
                  tile.columns = std::min(tile_columns, m.columns - tile.column);
                  tile.slot = static_cast<int>(slot);
                  tile.first_of_column = column != previous_column;
                  previous_column = column;
                  body(tile);
                }
              });
}

TileRows<int8_t> UnpackedRowsOfB(const ir::EvalContext& context, const MatMul& m,
                                 const MatMulTile& tile) {
  const uint8_t* packed = context.in<uint8_t>(1);
  const int64_t begin = tile.b_batch * m.columns * m.depth + tile.column;
  auto* rows = context.scratch<int8_t>(m.b_scratch) + tile.slot * m.b_scratch_stride;
  if (tile.first_of_column) {
    for (int64_t k = 0; k < m.depth; ++k) {
      for (int64_t j = 0; j < tile.columns; ++j) {
        const int64_t element = begin + k * m.columns + j;
        const int nibble = (packed[element / 2] >> (element % 2 * 4)) & 0xF;
        rows[j * m.depth + k] = static_cast<int8_t>((nibble ^ 8) - 8);
      }
    }
  }
  return {rows, m.depth};
}

}  // namespace edgetasks::kernels
