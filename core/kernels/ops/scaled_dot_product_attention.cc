// SCALED_DOT_PRODUCT_ATTENTION (fused) and the custom op odml.scaled_dot_product_attention:
//
//   query [B, T, N, H], key [B, S, K, H], value [B, S, K, V], mask broadcast to [B, N, T, S]
//   -> softmax over S of (cap(scale * query . key) + mask), times value: [B, T, N, V]
//
// N is a multiple of K: each key head serves N / K query heads in a row (grouped-query attention).
// cap(x) = logit_cap * tanh(x / logit_cap), or x where logit_cap is 0. Source: the decomposition of
// the composite of that name as the LiteRT converter writes it. A row that is masked by -infinity
// everywhere is NaN, as there.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/kernels/ops/op.h"
#include "core/kernels/ops/slots.h"
#include "core/kernels/ref/softmax.h"
#include "core/kernels/simd/dot/select.h"

namespace edgetasks::kernels {
namespace {

// Rows of logits that are computed together, so that a key head is read once for all of them.
constexpr int64_t kMaxRows = 8;

struct Prepared {
  const simd::DotKernels* dot = nullptr;
  int64_t batches = 0, queries = 0, heads = 0, depth = 0;  // B, T, N, H
  int64_t positions = 0, key_heads = 0, value_depth = 0;   // S, K, V
  float scale = 0.0f, logit_cap = 0.0f;
  std::array<int64_t, 4> mask_strides{};  // of B, N, T, S; 0 where the mask is broadcast
  int slots = 1;
};

// Some rows of logits that share a key head: consecutive heads of one query, or consecutive queries
// of one head.
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

absl::Status ReadParams(ir::PrepareContext& context, Prepared* p) {
  if (context.op().code == ir::OpCode::CUSTOM) {
    const ir::Attributes attributes = context.params<ir::CustomParams>().attributes;
    ET_RETURN_IF_ERROR(NumberAttribute(context, attributes, "scale", &p->scale));
    ET_RETURN_IF_ERROR(NumberAttribute(context, attributes, "logit_cap", &p->logit_cap));
  } else {
    const auto params = context.params<ir::AttentionParams>();
    p->scale = params.scale;
    p->logit_cap = params.logit_cap;
  }
  if (!std::isfinite(p->scale) || !std::isfinite(p->logit_cap) || p->logit_cap < 0.0f) {
    return context.Invalid("scale ", p->scale, " and logit_cap ", p->logit_cap,
                           " must be finite, and the latter not negative");
  }
  if (p->scale == 0.0f) p->scale = 1.0f / std::sqrt(static_cast<float>(p->depth));
  return absl::OkStatus();
}

absl::Status ReadShapes(ir::PrepareContext& context, Prepared* p) {
  const ir::Shape& query = context.input(0).shape;
  const ir::Shape& key = context.input(1).shape;
  const ir::Shape& value = context.input(2).shape;
  const bool fits = query.rank() == 4 && key.rank() == 4 && value.rank() == 4 &&
                    key.dim(0) == query.dim(0) && value.dim(0) == query.dim(0) &&
                    value.dim(1) == key.dim(1) && value.dim(2) == key.dim(2) &&
                    key.dim(3) == query.dim(3) && key.dim(1) > 0 && key.dim(2) > 0 &&
                    key.dim(3) > 0 && value.dim(3) > 0 && query.dim(2) % key.dim(2) == 0;
  if (!fits) {
    return context.Invalid(
        "query ", query.ToString(), ", key ", key.ToString(), " and value ", value.ToString(),
        "; expected [B, T, N, H], [B, S, K, H] and [B, S, K, V] with N a ", "multiple of K");
  }
  p->batches = query.dim(0);
  p->queries = query.dim(1);
  p->heads = query.dim(2);
  p->depth = query.dim(3);
  p->positions = key.dim(1);
  p->key_heads = key.dim(2);
  p->value_depth = value.dim(3);
  ir::Shape output = query;
  output.set_dim(3, value.dim(3));
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
  const std::array<int64_t, 4> full = {p->batches, p->heads, p->queries, p->positions};
  int64_t stride = 1;
  for (int d = 0; d < mask.rank(); ++d) {  // from the last dimension on
    const int64_t dim = mask.back(d);
    if (d >= 4 ? dim != 1 : dim != 1 && dim != full[3 - d]) {
      return context.Invalid("the mask ", mask.ToString(), " does not broadcast to [", full[0],
                             ", ", full[1], ", ", full[2], ", ", full[3], "]");
    }
    if (d < 4) p->mask_strides[3 - d] = dim == 1 ? 0 : stride;
    stride *= dim;
  }
  return absl::OkStatus();
}

// logits[r] -> softmax(cap(scale * logits[r]) + mask), in place.
void FinishLogits(const ir::EvalContext& context, const Prepared& p, const RowGroup& group,
                  bool over_heads, float* logits) {
  for (int64_t r = 0; r < group.rows; ++r, logits += p.positions) {
    for (int64_t s = 0; s < p.positions; ++s) logits[s] *= p.scale;
    if (p.logit_cap > 0.0f) {
      for (int64_t s = 0; s < p.positions; ++s) {
        logits[s] = p.logit_cap * std::tanh(logits[s] / p.logit_cap);
      }
    }
    if (context.has_input(3)) {
      const int64_t head = group.head + (over_heads ? r : 0);
      const int64_t query = group.query + (over_heads ? 0 : r);
      const float* mask = context.in<float>(3) + group.batch * p.mask_strides[0] +
                          head * p.mask_strides[1] + query * p.mask_strides[2];
      for (int64_t s = 0; s < p.positions; ++s) logits[s] += mask[s * p.mask_strides[3]];
    }
    ref::SoftmaxF32(logits, 1, p.positions, 1.0f, logits);
  }
}

void Attend(const ir::EvalContext& context, const Prepared& p, const RowGroup& group,
            bool over_heads, float* logits) {
  const int64_t row = (group.batch * p.queries + group.query) * p.heads + group.head;
  const int64_t row_step = over_heads ? 1 : p.heads;  // in heads
  const int64_t key_head = group.head / (p.heads / p.key_heads);
  const int64_t key_row = group.batch * p.positions * p.key_heads + key_head;
  p.dot->f32_f32({group.rows, p.positions, p.depth, context.in<float>(0) + row * p.depth,
                  row_step * p.depth, context.in<float>(1) + key_row * p.depth,
                  p.key_heads * p.depth, logits, p.positions, 0});
  FinishLogits(context, p, group, over_heads, logits);
  p.dot->f32_f32_columns({group.rows, p.value_depth, p.positions, logits, p.positions,
                          context.in<float>(2) + key_row * p.value_depth,
                          p.key_heads * p.value_depth, context.out<float>(0) + row * p.value_depth,
                          row_step * p.value_depth, 0});
}

}  // namespace

absl::Status PrepareScaledDotProductAttention(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 4, 1));
  for (int i = 0; i < context.num_inputs(); ++i) {
    if (!context.has_input(i)) continue;
    ET_RETURN_IF_ERROR(context.CheckInputType(i, {ir::DType::kFloat32}));
  }
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kFloat32}));
  auto* p = context.MakePrepared<Prepared>();
  p->dot = &simd::SelectDotKernels();
  p->slots = context.num_threads();
  ET_RETURN_IF_ERROR(ReadShapes(context, p));
  ET_RETURN_IF_ERROR(ReadParams(context, p));
  ET_RETURN_IF_ERROR(ReadMask(context, p));
  context.AddScratch(p->slots * kMaxRows * p->positions * static_cast<int64_t>(sizeof(float)));
  return absl::OkStatus();
}

absl::Status EvalScaledDotProductAttention(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  // One query: its heads of one key head are the rows. Several: the queries of one head.
  const bool over_heads = p.queries == 1;
  const int64_t line = over_heads ? p.heads / p.key_heads : p.queries;
  const int64_t groups_a_line = (line + kMaxRows - 1) / kMaxRows;
  const int64_t lines = p.batches * (over_heads ? p.key_heads : p.heads);
  const int64_t groups = lines * groups_a_line;
  // About 64 k products are worth a thread.
  const double products = static_cast<double>(p.batches * p.queries * p.heads) *
                          static_cast<double>(p.positions) *
                          static_cast<double>(p.depth + p.value_depth);
  ForEachSlot(context.pool(), p.slots, groups, products, 65536.0,
              [&](int64_t slot, int64_t begin, int64_t end) {
                float* logits = context.scratch<float>(0) + slot * kMaxRows * p.positions;
                for (int64_t g = begin; g < end; ++g) {
                  const int64_t at = g / groups_a_line;
                  const int64_t first = g % groups_a_line * kMaxRows;
                  RowGroup group;
                  group.rows = std::min(kMaxRows, line - first);
                  if (over_heads) {
                    group.batch = at / p.key_heads;
                    group.head = at % p.key_heads * line + first;
                    group.query = 0;
                  } else {
                    group.batch = at / p.heads;
                    group.head = at % p.heads;
                    group.query = first;
                  }
                  Attend(context, p, group, over_heads, logits);
                }
              });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
