// GROUPED_QUERY_ATTENTION (fused): softmax over S of (cap(query . key) + mask), times value.
//
//   query [B, K, R, H], key [B, K, S, H], value [B, K, S, V] or [B, K, V, S], mask [1.., T, S]
//   -> [B, K, R, V]; row r has row r % T of the mask
//
// cap(x) = logit_cap * tanh(x / logit_cap), or x where logit_cap is 0. Keys and values may be kept
// as float16 or, with a scale for each row, as int8 (core/ir/quantized_rows.h). Positions that the
// mask takes out at either end of S for all rows of a tile are not read at all: a cache costs what
// it holds, not what it could hold. Source: core/graph/recognise_attention.cc names the ops that
// this stands for.
#include <algorithm>

#include "core/ir/quantized_rows.h"
#include "core/kernels/ops/attention_tile.h"
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ops/slots.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  AttentionMethod method;
  int64_t heads = 0, rows = 0, mask_rows = 0;  // B * K, R, T
  int64_t key_bytes = 0, value_bytes = 0;      // of a row
  int slots = 1;
};

// Rows [first, first + rows) of head `head`.
void Attend(const ir::EvalContext& context, const Prepared& p, const LivePositions* live,
            int64_t head, int64_t first, int64_t rows, float* scratch) {
  const AttentionMethod& m = p.method;
  AttentionTile tile;
  tile.rows = rows;
  tile.query = context.in<float>(0) + (head * p.rows + first) * m.depth;
  tile.query_stride = m.depth;
  tile.key = context.in<uint8_t>(1) + head * m.positions * p.key_bytes;
  tile.key_stride = p.key_bytes;
  const int64_t value_rows = m.values_transposed ? m.value_depth : m.positions;
  tile.value = context.in<uint8_t>(2) + head * value_rows * p.value_bytes;
  tile.value_stride = p.value_bytes;
  tile.output = context.out<float>(0) + (head * p.rows + first) * m.value_depth;
  tile.output_stride = m.value_depth;
  tile.live = live[first % p.mask_rows];
  for (int64_t r = 0; r < rows; ++r) {
    const int64_t mask_row = (first + r) % p.mask_rows;
    tile.mask[r] = context.in<float>(3) + mask_row * m.positions;
    tile.live = Union(tile.live, live[mask_row]);
  }
  tile.scratch = scratch;
  AttendTile(m, tile);
}

absl::Status CheckTypes(ir::PrepareContext& context, bool values_transposed) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32}));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {DType::kFloat32, DType::kFloat16, DType::kInt8}));
  if (values_transposed) {
    ET_RETURN_IF_ERROR(context.CheckInputType(2, {DType::kFloat32}));
  } else {
    ET_RETURN_IF_ERROR(context.CheckInputType(2, {DType::kFloat32, DType::kFloat16, DType::kInt8}));
  }
  ET_RETURN_IF_ERROR(context.CheckInputType(3, {DType::kFloat32}));
  return context.CheckOutputType(0, {DType::kFloat32});
}

absl::Status ReadShapes(ir::PrepareContext& context, Prepared* p) {
  AttentionMethod& m = p->method;
  const ir::Shape& query = context.input(0).shape;
  const ir::Shape& key = context.input(1).shape;
  const ir::Shape& value = context.input(2).shape;
  const ir::Shape& mask = context.input(3).shape;
  const int positions_axis = m.values_transposed ? 3 : 2;
  const bool fits =
      query.rank() == 4 && key.rank() == 4 && value.rank() == 4 && mask.rank() >= 2 &&
      key.dim(0) == query.dim(0) && value.dim(0) == query.dim(0) && key.dim(1) == query.dim(1) &&
      value.dim(1) == query.dim(1) && value.dim(positions_axis) == key.dim(2) && key.dim(2) > 0 &&
      query.dim(3) > 0 && query.dim(3) == ir::KeptRowDepth(m.key_type, key.dim(3)) &&
      mask.back(0) == key.dim(2) && mask.num_elements() == int64_t{mask.back(0)} * mask.back(1) &&
      mask.back(1) > 0 && query.dim(2) % mask.back(1) == 0;
  if (!fits) {
    return context.Invalid("query ", query.ToString(), ", key ", key.ToString(), " and value ",
                           value.ToString(), " and mask ", mask.ToString(),
                           "; expected [B, K, R, H], [B, K, S, H], [B, K, S, V] or [B, K, V, S], ",
                           "and [T, S] with T a divisor of R");
  }
  p->heads = int64_t{query.dim(0)} * query.dim(1);
  p->rows = query.dim(2);
  p->mask_rows = mask.back(1);
  m.depth = query.dim(3);
  m.positions = key.dim(2);
  m.value_depth = m.values_transposed ? value.dim(2) : ir::KeptRowDepth(m.value_type, value.dim(3));
  if (m.value_depth < 0 || (m.value_depth == 0 && value.dim(3) != 0)) {
    return context.Invalid("values ", value.ToString(), " of ", ir::NameOf(m.value_type),
                           "; expected rows of a multiple of four elements and a scale");
  }
  p->key_bytes = key.dim(3) * ElementBytes(m.key_type);
  p->value_bytes = value.dim(3) * ElementBytes(m.value_type);
  ir::Shape output = query;
  output.set_dim(3, static_cast<int32_t>(m.value_depth));
  int64_t bytes = 0;
  if (!ir::CheckedBytes(output, ir::DType::kFloat32, &bytes)) {
    return context.Invalid("the output would have shape ", output.ToString());
  }
  context.SetOutputShape(0, output);
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareGroupedQueryAttention(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(4, 4, 1));
  const auto params = context.params<ir::GroupedQueryAttentionParams>();
  ET_RETURN_IF_ERROR(CheckTypes(context, params.values_transposed));
  auto* p = context.MakePrepared<Prepared>();
  SetAttentionKernels(context, &p->method);
  p->method.values_transposed = params.values_transposed;
  p->method.logit_cap = params.logit_cap;
  ET_RETURN_IF_ERROR(ReadShapes(context, p));
  p->slots = context.num_threads();
  context.AddScratch(p->slots * p->method.scratch() * static_cast<int64_t>(sizeof(float)));
  context.AddScratch(p->mask_rows * static_cast<int64_t>(sizeof(LivePositions)));
  return absl::OkStatus();
}

absl::Status EvalGroupedQueryAttention(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const AttentionMethod& m = p.method;
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  auto* live = context.scratch<LivePositions>(1);
  FindLivePositions(context.in<float>(3), p.mask_rows, m.positions, live);
  int64_t most = 0;
  for (int64_t t = 0; t < p.mask_rows; ++t) {
    most = std::max<int64_t>(most, live[t].end - live[t].begin);
  }
  const int64_t tiles_a_head = (p.rows + kAttentionTileRows - 1) / kAttentionTileRows;
  const int64_t tiles = p.heads * tiles_a_head;
  // About 256 k products, some microseconds, are worth a thread.
  const double products = static_cast<double>(p.heads * p.rows) * static_cast<double>(most) *
                          static_cast<double>(m.depth + m.value_depth);
  ForEachSlot(context.pool(), p.slots, tiles, products, 262144.0,
              [&](int64_t slot, int64_t begin, int64_t end) {
                float* scratch = context.scratch<float>(0) + slot * m.scratch();
                for (int64_t t = begin; t < end; ++t) {
                  const int64_t first = t % tiles_a_head * kAttentionTileRows;
                  Attend(context, p, live, t / tiles_a_head, first,
                         std::min(kAttentionTileRows, p.rows - first), scratch);
                }
              });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
