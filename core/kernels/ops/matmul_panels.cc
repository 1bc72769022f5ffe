// Hybrid matrix products with the gemm family: rows of A as unsigned 8-bit integers, weights packed
// a panel at a time where many rows meet them, and read where they lie where few do.
#include <algorithm>

#include "core/kernels/ops/matmul.h"
#include "core/kernels/ops/matmul_tiles.h"
#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

// Below this many rows, packing costs more than it saves.
constexpr int64_t kMinPanelRows = 12;

// Rows of B that few rows of A meet in one tile: what there is to do for a tile beside reading them
// should not show, and every thread should get some.
constexpr int64_t kMaxRowsOfB = 512;

// B's rows of nibbles begin at whole bytes.
bool WholeBytes(const MatMul& m) { return m.depth % 2 == 0; }

simd::WeightBlocks BlocksOf(const ir::Quantization& q, int64_t depth, int64_t column) {
  if (!q.blockwise()) return {};
  const int64_t blocks = depth / q.block_size;
  return {q.block_size, q.block_scales.data() + column * blocks, blocks};
}

// The tile's rows of B in the element type of its memory.
template <typename B>
simd::WeightRows<B> RowsOfTile(const ir::EvalContext& context, const MatMul& m,
                               const MatMulTile& tile) {
  const int64_t first = (tile.b_batch * m.columns + tile.column) * m.depth;
  return {context.in<B>(1), first, m.depth, tile.columns, m.depth};
}

void PackPanel(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
               uint8_t* panel) {
  const ir::Quantization& q = context.input(1).quantization();
  if (context.input(1).dtype() == DType::kInt8) {
    m.gemm->pack_s8(RowsOfTile<int8_t>(context, m, tile), panel);
  } else if (q.blockwise()) {
    m.gemm->pack_s4_blocks(RowsOfTile<uint8_t>(context, m, tile), BlocksOf(q, m.depth, tile.column),
                           panel);
  } else {
    m.gemm->pack_s4(RowsOfTile<uint8_t>(context, m, tile), panel);
  }
}

// The sums of the tile's rows of B: found when B is met first and kept. They are int32, or float
// where B is in blocks.
const int32_t* SumsOfTile(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile) {
  int32_t* sums = m.b_sums->values.data() + tile.b_batch * m.columns + tile.column;
  if (m.b_sums->found) return sums;
  const ir::Quantization& q = context.input(1).quantization();
  if (context.input(1).dtype() == DType::kInt8) {
    m.gemm->rows->sums_s8(RowsOfTile<int8_t>(context, m, tile), sums);
  } else if (q.blockwise()) {
    m.gemm->rows->sums_s4_blocks(RowsOfTile<uint8_t>(context, m, tile),
                                 BlocksOf(q, m.depth, tile.column), reinterpret_cast<float*>(sums));
  } else {
    m.gemm->rows->sums_s4(RowsOfTile<uint8_t>(context, m, tile), sums);
  }
  return sums;
}

// The tile's sums of products where B lies: int32, or float where B is in blocks.
void MultiplyRows(const ir::EvalContext& context, const MatMul& m, const MatMulTile& tile,
                  const simd::ActivationRows& a, int32_t* sums, float* float_sums) {
  const int32_t* b_sums = SumsOfTile(context, m, tile);
  if (context.input(1).dtype() == DType::kInt8) {
    return m.gemm->rows->multiply_s8(a, RowsOfTile<int8_t>(context, m, tile), b_sums, sums,
                                     m.max_tile_columns);
  }
  const ir::Quantization& q = context.input(1).quantization();
  const auto rows = RowsOfTile<uint8_t>(context, m, tile);
  if (!q.blockwise()) return m.gemm->rows->multiply_s4(a, rows, b_sums, sums, m.max_tile_columns);
  m.gemm->rows->multiply_s4_blocks(a, rows, BlocksOf(q, m.depth, tile.column),
                                   reinterpret_cast<const float*>(b_sums), float_sums,
                                   m.max_tile_columns);
}

void QuantizeRows(ir::EvalContext& context, const MatMul& m) {
  auto* integers = context.scratch<uint8_t>(m.a_scratch);
  auto* scales = context.scratch<float>(m.row_scratch);
  auto* zeros = context.scratch<int32_t>(m.zero_scratch);
  const int64_t stride = simd::PanelDepth(m.depth);
  const int64_t min_rows = 65536 / m.depth + 1;
  context.pool().ParallelFor(m.a_batches * m.rows, min_rows, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; ++r) {
      m.gemm->quantize(context.in<float>(0) + r * m.depth, m.depth, integers + r * stride,
                       scales + r, zeros + r);
      if (m.ordered_scratch < 0) continue;
      m.gemm->rows->order_for_s4(
          {1, integers + r * stride, stride, zeros + r}, m.depth,
          context.scratch<uint8_t>(m.ordered_scratch) + r * simd::OrderedBytes(m.depth));
    }
  });
}

}  // namespace

// What the gemm family can do: rows of floats against int8 or int4 rows of one scale, or int4 in
// blocks of whole 32 elements. Blocks are added up in an order of that family's, so there no set
// may go another way.
bool CanUsePanels(const ir::PrepareContext& context, const MatMul& m) {
  if (m.kind != MatMul::Kind::kHybrid || m.a_columns || m.b_columns) return false;
  const ir::Operand& b = context.input(1);
  const ir::Quantization& q = b.quantization();
  if (!q.blockwise()) {
    if (m.gemm->level == CpuLevel::kScalar) return false;
    const bool many = m.rows >= kMinPanelRows;
    if (b.dtype() == DType::kInt8) return !many || m.gemm->fast_panels_of_s8;
    return b.dtype() == DType::kInt4 && (!many || m.gemm->fast_panels_of_s4);
  }
  return b.dtype() == DType::kInt4 && q.block_size % 32 == 0 && q.block_size <= simd::kMaxBlockSize;
}

void AskForPanelScratch(ir::PrepareContext& context, MatMul* m) {
  // Some microseconds of these kernels: less costs more to hand over than to do.
  m->products_a_thread = m->rows < kMinPanelRows ? 262144.0 : 1048576.0;
  const ir::Operand& b = context.input(1);
  const int64_t a_rows = m->a_batches * m->rows;
  const bool blocks = b.quantization().blockwise();
  m->a_scratch = context.AddScratch(a_rows * simd::PanelDepth(m->depth));
  m->row_scratch = context.AddScratch(a_rows * static_cast<int64_t>(sizeof(float)));
  m->zero_scratch = context.AddScratch(a_rows * static_cast<int64_t>(sizeof(int32_t)));
  const bool int4 = b.dtype() == DType::kInt4;
  if (m->rows < kMinPanelRows && (!int4 || WholeBytes(*m))) {
    if (int4) m->ordered_scratch = context.AddScratch(a_rows * simd::OrderedBytes(m->depth));
    const MatMul* sibling = context.sibling<MatMul>();
    if (sibling != nullptr) m->b_sums = sibling->b_sums;
    if (m->b_sums == nullptr) {
      m->b_sums = std::make_shared<MatMul::RowSums>();
      m->b_sums->values.resize(b.num_elements() / m->depth);
      m->b_sums->keep = context.is_known(1);
    }
    m->max_tile_columns =
        std::min(kMaxRowsOfB, kTileElements / std::max<int64_t>(1, m->rows) / 4 * 4);
    return;
  }
  const int64_t bytes = blocks ? simd::BlockPanelBytes(m->depth, b.quantization().block_size)
                               : simd::PanelBytes(m->depth);
  m->tile_columns = simd::kPanelColumns;
  m->b_scratch_stride = static_cast<int64_t>(AlignUp(static_cast<size_t>(bytes)));
  m->b_scratch = context.AddScratch(m->slots * m->b_scratch_stride);
}

void EvalMatMulPanels(ir::EvalContext& context, const MatMul& m) {
  QuantizeRows(context, m);
  const ir::Quantization& q = context.input(1).quantization();
  const bool blocks = q.blockwise();
  const float* bias = m.has_bias ? context.in<float>(2) : nullptr;
  const bool ordered = m.ordered_scratch >= 0;
  const int64_t a_stride = ordered ? simd::OrderedBytes(m.depth) : simd::PanelDepth(m.depth);
  const uint8_t* a_data = context.scratch<uint8_t>(ordered ? m.ordered_scratch : m.a_scratch);
  ForEachMatMulTile(context.pool(), m, [&](const MatMulTile& tile) {
    const int64_t a_row = tile.a_batch * m.rows + tile.row;
    const simd::ActivationRows a = {tile.rows, a_data + a_row * a_stride, a_stride,
                                    context.scratch<int32_t>(m.zero_scratch) + a_row};
    alignas(64) int32_t sums[kTileElements];
    alignas(64) float float_sums[kTileElements];  // of blocks
    const int64_t stride = m.max_tile_columns;
    if (m.b_scratch >= 0) {
      uint8_t* panel = context.scratch<uint8_t>(m.b_scratch) + tile.slot * m.b_scratch_stride;
      if (tile.first_of_column) PackPanel(context, m, tile, panel);
      if (blocks) {
        m.gemm->multiply_blocks(a, m.depth, q.block_size, panel, float_sums, stride);
      } else {
        m.gemm->multiply(a, m.depth, panel, sums, stride);
      }
    } else {
      MultiplyRows(context, m, tile, a, sums, float_sums);
    }
    const int64_t step = q.per_channel() ? 1 : 0;
    const simd::GemmKernels::Scaling scaling = {
        tile.rows,
        tile.columns,
        context.scratch<float>(m.row_scratch) + a_row,
        blocks ? nullptr : q.scales.data() + tile.column * step,
        step,
        bias != nullptr ? bias + tile.column : nullptr,
        m.float_range.min,
        m.float_range.max};
    float* c = context.out<float>(0) + (tile.batch * m.rows + tile.row) * m.columns + tile.column;
    if (blocks) {
      m.gemm->scale_floats(scaling, float_sums, stride, c, m.columns);
    } else {
      m.gemm->scale_sums(scaling, sums, stride, c, m.columns);
    }
  });
  if (m.b_sums != nullptr) m.b_sums->found = m.b_sums->keep;
}

}  // namespace edgetasks::kernels
