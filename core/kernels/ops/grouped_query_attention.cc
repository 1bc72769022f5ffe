// GROUPED_QUERY_ATTENTION (fused): softmax over S of (query . key + mask), times value.
//
//   query [B, K, R, H], key [B, K, S, H], value [B, K, S, V] or [B, K, V, S], mask [1.., T, S]
//   -> [B, K, R, V]; row r has row r % T of the mask
//
// Positions that the mask takes out at the end of S for all rows of a tile are not read at all: a
// cache costs what it holds, not what it could hold. Source: core/graph/recognise_attention.cc
// names the ops that this stands for.
#include <algorithm>

#include "core/kernels/ops/op.h"
#include "core/kernels/ops/slots.h"
#include "core/kernels/simd/attention/select.h"
#include "core/kernels/simd/dot/select.h"

namespace edgetasks::kernels {
namespace {

// Rows whose scores are computed together: each key is read once for all of them, and 16 rows of
// 1,024 scores stay in the second-level cache.
constexpr int64_t kTileRows = 16;
// Scores below this are taken out: beside any finite score of a sensible model their exponential is
// 0. Masks hold -infinity, or numbers of about -2e38.
constexpr float kTakenOut = -1e30f;

struct Prepared {
  const simd::AttentionKernels* kernels = nullptr;
  const simd::DotKernels* dot = nullptr;
  int64_t heads = 0, rows = 0, depth = 0;                 // B * K, R, H
  int64_t positions = 0, value_depth = 0, mask_rows = 0;  // S, V, T
  bool values_transposed = false;
  int slots = 1;
};

// Whether the mask takes out all of `count` positions. (No early way out: compilers make vector
// code of this.)
bool AllTakenOut(const float* mask, int64_t count) {
  bool any = false;
  for (int64_t i = 0; i < count; ++i) any |= !(mask[i] <= kTakenOut);
  return !any;
}

// For each row of the mask how many positions from the first on may matter.
void FindLive(const ir::EvalContext& context, const Prepared& p, int32_t* live) {
  const float* mask = context.in<float>(3);
  for (int64_t t = 0; t < p.mask_rows; ++t, mask += p.positions) {
    int64_t count = p.positions;
    constexpr int64_t kAtOnce = 64;
    while (count >= kAtOnce && AllTakenOut(mask + count - kAtOnce, kAtOnce)) count -= kAtOnce;
    while (count > 0 && mask[count - 1] <= kTakenOut) --count;
    // A row of which all is taken out means something only as a whole.
    live[t] = static_cast<int32_t>(count == 0 ? p.positions : count);
  }
}

// Rows [first, first + rows) of head `head`.
void Attend(const ir::EvalContext& context, const Prepared& p, const int32_t* live, int64_t head,
            int64_t first, int64_t rows, float* scores) {
  int64_t positions = 0;
  for (int64_t r = first; r < first + rows; ++r) {
    positions = std::max<int64_t>(positions, live[r % p.mask_rows]);
  }
  const auto scores_dot = p.kernels->dot != nullptr ? p.kernels->dot : p.dot->f32_f32;
  const float* query = context.in<float>(0) + (head * p.rows + first) * p.depth;
  const float* key = context.in<float>(1) + head * p.positions * p.depth;
  scores_dot({rows, positions, p.depth, query, p.depth, key, p.depth, scores, p.positions, 0});
  float sums[kTileRows];
  for (int64_t r = 0; r < rows; ++r) {
    const float* mask = context.in<float>(3) + (first + r) % p.mask_rows * p.positions;
    sums[r] = p.kernels->masked_exp(scores + r * p.positions, mask, positions);
  }
  float* output = context.out<float>(0) + (head * p.rows + first) * p.value_depth;
  const float* value = context.in<float>(2) + head * p.positions * p.value_depth;
  if (p.values_transposed) {
    scores_dot({rows, p.value_depth, positions, scores, p.positions, value, p.positions, output,
                p.value_depth, 0});
  } else {
    const auto columns =
        p.kernels->columns != nullptr ? p.kernels->columns : p.dot->f32_f32_columns;
    columns({rows, p.value_depth, positions, scores, p.positions, value, p.value_depth, output,
             p.value_depth, 0});
  }
  for (int64_t r = 0; r < rows; ++r) {
    const float inverse = sums[r] == 0.0f ? 0.0f : 1.0f / sums[r];
    for (int64_t v = 0; v < p.value_depth; ++v) output[r * p.value_depth + v] *= inverse;
  }
}

absl::Status ReadShapes(ir::PrepareContext& context, Prepared* p) {
  const ir::Shape& query = context.input(0).shape;
  const ir::Shape& key = context.input(1).shape;
  const ir::Shape& value = context.input(2).shape;
  const ir::Shape& mask = context.input(3).shape;
  const int positions_axis = p->values_transposed ? 3 : 2;
  const bool fits = query.rank() == 4 && key.rank() == 4 && value.rank() == 4 && mask.rank() >= 2 &&
                    key.dim(0) == query.dim(0) && value.dim(0) == query.dim(0) &&
                    key.dim(1) == query.dim(1) && value.dim(1) == query.dim(1) &&
                    key.dim(3) == query.dim(3) && value.dim(positions_axis) == key.dim(2) &&
                    key.dim(2) > 0 && key.dim(3) > 0 && mask.back(0) == key.dim(2) &&
                    mask.num_elements() == int64_t{mask.back(0)} * mask.back(1) &&
                    mask.back(1) > 0 && query.dim(2) % mask.back(1) == 0;
  if (!fits) {
    return context.Invalid("query ", query.ToString(), ", key ", key.ToString(), ", value ",
                           value.ToString(), " and mask ", mask.ToString(),
                           "; expected [B, K, R, H], [B, K, S, H], [B, K, S, V] or [B, K, V, S], ",
                           "and [T, S] with T a divisor of R");
  }
  p->heads = int64_t{query.dim(0)} * query.dim(1);
  p->rows = query.dim(2);
  p->depth = query.dim(3);
  p->positions = key.dim(2);
  p->value_depth = value.dim(p->values_transposed ? 2 : 3);
  p->mask_rows = mask.back(1);
  ir::Shape output = query;
  output.set_dim(3, static_cast<int32_t>(p->value_depth));
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
  for (int i = 0; i < 4; ++i) {
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {ir::DType::kFloat32}));
  }
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kFloat32}));
  auto* p = context.MakePrepared<Prepared>();
  p->values_transposed = context.params<ir::GroupedQueryAttentionParams>().values_transposed;
  ET_RETURN_IF_ERROR(ReadShapes(context, p));
  p->kernels = &simd::SelectAttentionKernels();
  p->dot = &simd::SelectDotKernels();
  p->slots = context.num_threads();
  context.AddScratch(p->slots * kTileRows * p->positions * static_cast<int64_t>(sizeof(float)));
  context.AddScratch(p->mask_rows * static_cast<int64_t>(sizeof(int32_t)));
  return absl::OkStatus();
}

absl::Status EvalGroupedQueryAttention(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  auto* live = context.scratch<int32_t>(1);
  FindLive(context, p, live);
  const int64_t most = *std::max_element(live, live + p.mask_rows);
  const int64_t tiles_a_head = (p.rows + kTileRows - 1) / kTileRows;
  const int64_t tiles = p.heads * tiles_a_head;
  // About 256 k products, some microseconds, are worth a thread.
  const double products = static_cast<double>(p.heads * p.rows) * static_cast<double>(most) *
                          static_cast<double>(p.depth + p.value_depth);
  ForEachSlot(context.pool(), p.slots, tiles, products, 262144.0,
              [&](int64_t slot, int64_t begin, int64_t end) {
                float* scores = context.scratch<float>(0) + slot * kTileRows * p.positions;
                for (int64_t t = begin; t < end; ++t) {
                  const int64_t first = t % tiles_a_head * kTileRows;
                  Attend(context, p, live, t / tiles_a_head, first,
                         std::min(kTileRows, p.rows - first), scores);
                }
              });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
