// Cuts a matrix product into tiles, and spreads them over threads.
#ifndef CORE_KERNELS_OPS_MATMUL_TILES_H_
#define CORE_KERNELS_OPS_MATMUL_TILES_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "core/base/thread_pool.h"
#include "core/kernels/ops/matmul.h"

namespace edgetasks::kernels {

// A tile's sums fit a buffer on the stack (16 KiB of int64); 64 rows of weights of depth 4096 are
// 256 KiB of int8, which stay in the second-level cache while all rows of A pass by.
inline constexpr int64_t kTileRows = 32;
inline constexpr int64_t kTileColumns = 64;
inline constexpr int64_t kTileElements = kTileRows * kTileColumns;

struct MatMulTile {
  int64_t batch;    // of C
  int64_t a_batch;  // of A
  int64_t b_batch;  // of B
  int64_t row, rows;
  int64_t column, columns;
  int slot;              // in [0, m.slots): no two tiles of a slot are computed at once
  bool first_of_column;  // this slot's B tile differs from the one before
};

// Calls body for the tiles of C, from up to m.slots threads. Rows vary fastest, so that B is read
// from memory once; small products stay on the calling thread.
void ForEachMatMulTile(ThreadPool& pool, const MatMul& m,
                       absl::FunctionRef<void(const MatMulTile&)> body);

// The rows of B that a tile needs, of elements of type T, and the distance between them: B itself,
// or if it lies as columns, a copy in the slot's scratch (made when the tile is the first of its
// column).
template <typename T>
struct TileRows {
  const T* data;
  int64_t stride;
};
template <typename T>
TileRows<T> RowsOfB(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile) {
  const T* matrix = context.in<T>(1) + tile.b_batch * m.columns * m.depth;
  if (!m.b_columns) return {matrix + tile.column * m.depth, m.depth};
  T* packed =
      reinterpret_cast<T*>(context.scratch<uint8_t>(m.b_scratch) + tile.slot * m.b_scratch_stride);
  if (tile.first_of_column) {
    for (int64_t k = 0; k < m.depth; ++k) {
      const T* from = matrix + k * m.columns + tile.column;
      for (int64_t j = 0; j < tile.columns; ++j) packed[j * m.depth + k] = from[j];
    }
  }
  return {packed, m.depth};
}

// The same for packed int4 that lies as columns: the copy is of int8.
TileRows<int8_t> UnpackedRowsOfB(const ir::EvalContext& context, const MatMul& m,
                                 const MatMulTile& tile);

// Calls body(row of A's matrices counted over all batches, first element, stride) for every row,
// from several threads: A as rows, however it lies.
template <typename T, typename Body>
void ForEachRowOfA(ThreadPool& pool, const MatMul& m, const T* a, const Body& body) {
  // About 16 k elements are worth a thread.
  const int64_t min_rows = 16384 / m.depth + 1;
  pool.ParallelFor(m.a_batches * m.rows, min_rows, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      if (m.a_columns) {
        const int64_t batch = r / m.rows;
        body(r, a + batch * m.rows * m.depth + r % m.rows, m.rows);
      } else {
        body(r, a + r * m.depth, int64_t{1});
      }
    }
  });
}

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_MATMUL_TILES_H_
