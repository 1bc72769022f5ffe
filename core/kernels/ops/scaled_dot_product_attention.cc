// SCALED_DOT_PRODUCT_ATTENTION (fused) and the custom op odml.scaled_dot_product_attention:
//
//   query [B, T, N, H], key [B, S, K, H], value [B, S, K, V], mask broadcast to [B, N, T, S]
//   -> softmax over S of (cap(scale * query . key) + mask), times value: [B, T, N, V]
//
// N is a multiple of K: each key head serves N / K query heads in a row (grouped-query attention).
// cap(x) = logit_cap * tanh(x / logit_cap), or x where logit_cap is 0. Keys and values may be kept
// as float16 or, with a scale for each row, as int8 (core/ir/quantized_rows.h). Source: the
// decomposition of the composite of that name as the LiteRT converter writes it. A row that is
// masked by -infinity everywhere is NaN, as there. Positions that the mask takes out at either end
// of S are not read.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/ir/quantized_rows.h"
#include "core/kernels/ops/attention_tile.h"
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ops/slots.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  AttentionMethod method;
  int64_t batches = 0, queries = 0, heads = 0, key_heads = 0;  // B, T, N, K
  int64_t key_bytes = 0, value_bytes = 0;                      // of a row
  // Of B, N and T in rows of the mask, 0 where it is broadcast; and those rows.
  std::array<int64_t, 3> mask_strides{};
  int64_t mask_rows = 0;
  // Masks that do not have S floats in a row, or are left out: a row is made of what there is.
  bool has_mask_rows = false;
  int slots = 1;

  int64_t scratch() const {
    return method.scratch() + (has_mask_rows ? 0 : kAttentionTileRows * method.positions);
  }
};

// Some rows of queries that share a key head: consecutive heads of one query, or consecutive
// queries of one head.
struct RowGroup {
  int64_t batch, query, head;  // of the first row
  int64_t rows;
};

// An attribute that may be written as an integer or as a real number.
absl::Status NumberAttribute(const ir::PrepareContext& context, const ir::Attributes& attributes,
                             const char* name, float* value) {
  const auto found = attributes.find(name);
  if (found == attributes.end()) return absl::OkStatus();
  if (const auto* real = std::get_if<double>(&found->second)) {
    *value = std::abs(*real) <= 1e30 ? static_cast<float>(*real) : NAN;
  } else if (const auto* integer = std::get_if<int64_t>(&found->second)) {
    *value = static_cast<float>(*integer);
  } else {
    return context.Invalid("attribute ", name, " is no number");
  }
  return absl::OkStatus();
}

absl::Status ReadParams(ir::PrepareContext& context, AttentionMethod* m) {
  m->scale = 0.0f;
  if (context.op().code == ir::OpCode::CUSTOM) {
    const ir::Attributes attributes = context.params<ir::CustomParams>().attributes;
    ET_RETURN_IF_ERROR(NumberAttribute(context, attributes, "scale", &m->scale));
    ET_RETURN_IF_ERROR(NumberAttribute(context, attributes, "logit_cap", &m->logit_cap));
  } else {
    const auto params = context.params<ir::AttentionParams>();
    m->scale = params.scale;
    m->logit_cap = params.logit_cap;
  }
  if (!std::isfinite(m->scale) || !std::isfinite(m->logit_cap) || m->logit_cap < 0.0f) {
    return context.Invalid("scale ", m->scale, " and logit_cap ", m->logit_cap,
                           " must be finite, and the latter not negative");
  }
  if (m->scale == 0.0f) m->scale = 1.0f / std::sqrt(static_cast<float>(m->depth));
  return absl::OkStatus();
}

absl::Status ReadShapes(ir::PrepareContext& context, Prepared* p) {
  AttentionMethod& m = p->method;
  const ir::Shape& query = context.input(0).shape;
  const ir::Shape& key = context.input(1).shape;
  const ir::Shape& value = context.input(2).shape;
  const bool fits =
      query.rank() == 4 && key.rank() == 4 && value.rank() == 4 && key.dim(0) == query.dim(0) &&
      value.dim(0) == query.dim(0) && value.dim(1) == key.dim(1) && value.dim(2) == key.dim(2) &&
      ir::KeptRowDepth(m.key_type, key.dim(3)) == query.dim(3) && key.dim(1) > 0 &&
      key.dim(2) > 0 && query.dim(3) > 0 && ir::KeptRowDepth(m.value_type, value.dim(3)) > 0 &&
      query.dim(2) % key.dim(2) == 0;
  if (!fits) {
    return context.Invalid(
        "query ", query.ToString(), ", key ", key.ToString(), " and value ", value.ToString(),
        "; expected [B, T, N, H], [B, S, K, H] and [B, S, K, V] with N a ", "multiple of K");
  }
  p->batches = query.dim(0);
  p->queries = query.dim(1);
  p->heads = query.dim(2);
  p->key_heads = key.dim(2);
  p->key_bytes = key.dim(3) * ElementBytes(m.key_type);
  p->value_bytes = value.dim(3) * ElementBytes(m.value_type);
  m.depth = query.dim(3);
  m.positions = key.dim(1);
  m.value_depth = ir::KeptRowDepth(m.value_type, value.dim(3));
  ir::Shape output = query;
  output.set_dim(3, static_cast<int32_t>(m.value_depth));
  int64_t bytes = 0;
  if (!ir::CheckedBytes(output, ir::DType::kFloat32, &bytes)) {
    return context.Invalid("the output would have shape ", output.ToString());
  }
  context.SetOutputShape(0, output);
  return absl::OkStatus();
}

absl::Status ReadMask(ir::PrepareContext& context, Prepared* p) {
  if (!context.has_input(3)) return absl::OkStatus();
  const ir::Shape& mask = context.input(3).shape;
  const std::array<int64_t, 4> full = {p->batches, p->heads, p->queries, p->method.positions};
  p->has_mask_rows = mask.rank() > 0 && mask.back(0) == full[3];
  p->mask_rows = 1;
  for (int d = 0; d < mask.rank(); ++d) {  // from the last dimension on
    const int64_t dim = mask.back(d);
    if (d >= 4 ? dim != 1 : dim != 1 && dim != full[3 - d]) {
      return context.Invalid("the mask ", mask.ToString(), " does not broadcast to [", full[0],
                             ", ", full[1], ", ", full[2], ", ", full[3], "]");
    }
    if (d == 0 || d >= 4) continue;
    p->mask_strides[3 - d] = dim == 1 ? 0 : p->mask_rows;
    p->mask_rows *= dim;
  }
  return absl::OkStatus();
}

// Row `row` of a mask whose rows are single numbers, or of none: [S] at `to`.
const float* MakeMaskRow(const ir::EvalContext& context, const Prepared& p, int64_t row,
                         float* to) {
  std::fill_n(to, p.method.positions, context.has_input(3) ? context.in<float>(3)[row] : 0.0f);
  return to;
}

void Attend(const ir::EvalContext& context, const Prepared& p, const LivePositions* live,
            const RowGroup& group, bool over_heads, float* scratch) {
  const AttentionMethod& m = p.method;
  const int64_t row = (group.batch * p.queries + group.query) * p.heads + group.head;
  const int64_t row_step = over_heads ? 1 : p.heads;  // in heads
  const int64_t key_head = group.head / (p.heads / p.key_heads);
  const int64_t key_row = group.batch * m.positions * p.key_heads + key_head;
  AttentionTile tile;
  tile.rows = group.rows;
  tile.query = context.in<float>(0) + row * m.depth;
  tile.query_stride = row_step * m.depth;
  tile.key = context.in<uint8_t>(1) + key_row * p.key_bytes;
  tile.key_stride = p.key_heads * p.key_bytes;
  tile.value = context.in<uint8_t>(2) + key_row * p.value_bytes;
  tile.value_stride = p.key_heads * p.value_bytes;
  tile.output = context.out<float>(0) + row * m.value_depth;
  tile.output_stride = row_step * m.value_depth;
  tile.scratch = scratch;
  for (int64_t r = 0; r < group.rows; ++r) {
    const int64_t head = group.head + (over_heads ? r : 0);
    const int64_t query = group.query + (over_heads ? 0 : r);
    const int64_t at =
        group.batch * p.mask_strides[0] + head * p.mask_strides[1] + query * p.mask_strides[2];
    if (p.has_mask_rows) {
      tile.mask[r] = context.in<float>(3) + at * m.positions;
      tile.live = r == 0 ? live[at] : Union(tile.live, live[at]);
    } else {
      tile.mask[r] = MakeMaskRow(context, p, at, scratch + m.scratch() + r * m.positions);
      tile.live = {0, static_cast<int32_t>(m.positions)};
    }
  }
  AttendTile(m, tile);
}

}  // namespace

absl::Status PrepareScaledDotProductAttention(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 4, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32}));
  for (const int i : {1, 2}) {
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {DType::kFloat32, DType::kFloat16, DType::kInt8}));
  }
  if (context.has_input(3)) ET_RETURN_IF_ERROR(context.CheckInputType(3, {DType::kFloat32}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {DType::kFloat32}));
  auto* p = context.MakePrepared<Prepared>();
  SetAttentionKernels(context, &p->method);
  p->method.nothing_is_nan = true;
  p->slots = context.num_threads();
  ET_RETURN_IF_ERROR(ReadShapes(context, p));
  ET_RETURN_IF_ERROR(ReadParams(context, &p->method));
  ET_RETURN_IF_ERROR(ReadMask(context, p));
  context.AddScratch(p->slots * p->scratch() * static_cast<int64_t>(sizeof(float)));
  context.AddScratch(p->mask_rows * static_cast<int64_t>(sizeof(LivePositions)));
  return absl::OkStatus();
}

absl::Status EvalScaledDotProductAttention(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const AttentionMethod& m = p.method;
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  auto* live = context.scratch<LivePositions>(1);
  int64_t most = p.has_mask_rows ? 0 : m.positions;
  if (p.has_mask_rows) {
    FindLivePositions(context.in<float>(3), p.mask_rows, m.positions, live);
    for (int64_t t = 0; t < p.mask_rows; ++t) {
      most = std::max<int64_t>(most, live[t].end - live[t].begin);
    }
  }
  // One query: its heads of one key head are the rows. Several: the queries of one head.
  const bool over_heads = p.queries == 1;
  const int64_t line = over_heads ? p.heads / p.key_heads : p.queries;
  const int64_t groups_a_line = (line + kAttentionTileRows - 1) / kAttentionTileRows;
  const int64_t lines = p.batches * (over_heads ? p.key_heads : p.heads);
  const int64_t groups = lines * groups_a_line;
  // About 256 k products, some microseconds, are worth a thread.
  const double products = static_cast<double>(p.batches * p.queries * p.heads) *
                          static_cast<double>(most) * static_cast<double>(m.depth + m.value_depth);
  ForEachSlot(context.pool(), p.slots, groups, products, 262144.0,
              [&](int64_t slot, int64_t begin, int64_t end) {
                float* scratch = context.scratch<float>(0) + slot * p.scratch();
                for (int64_t g = begin; g < end; ++g) {
                  const int64_t at = g / groups_a_line;
                  const int64_t first = g % groups_a_line * kAttentionTileRows;
                  RowGroup group;
                  group.rows = std::min(kAttentionTileRows, line - first);
                  if (over_heads) {
                    group.batch = at / p.key_heads;
                    group.head = at % p.key_heads * line + first;
                    group.query = 0;
                  } else {
                    group.batch = at / p.heads;
                    group.head = at % p.heads;
                    group.query = first;
                  }
                  Attend(context, p, live, group, over_heads, scratch);
                }
              });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
