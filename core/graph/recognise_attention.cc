// softmax(q k^T + mask) v, as exporters spell it over a KV cache, becomes one
// GROUPED_QUERY_ATTENTION:
//
//   BATCH_MATMUL(q [B, K, R, H], k [B, K, S, H], adj_y) - soft cap? - RESHAPE* -
//     ADD(mask [1.., T, S]) - RESHAPE* - SOFTMAX(beta 1) -
//     BATCH_MATMUL(v [B, K, S, V], or [B, K, V, S] with adj_y)
//
// with a soft cap of MUL(1 / cap) or DIV(cap) - TANH - MUL(cap).
//
// Each result must be used by the next op alone. The reshapes only regroup rows: R rows of a key
// head are R / T query heads with T positions each, so that row r has row r % T of the mask.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/graph/links.h"
#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

const ir::BatchMatMulParams ParamsOf(const ir::Op& op) {
  const auto* params = std::get_if<ir::BatchMatMulParams>(&op.params);
  return params != nullptr ? *params : ir::BatchMatMulParams{};
}

// Whether q, k and v are [B, K, R, H], [B, K, S, H] and [B, K, S, V] (or its transpose), and the
// mask ends in [T, S] with T a divisor of R, all dimensions before these being 1.
bool ShapesFit(const Links& links, int q, int k, int v, bool v_columns, int mask) {
  for (int tensor : {q, k, v, mask}) {
    if (!links.IsFixed(tensor)) return false;
  }
  const ir::Shape &qs = links.ShapeOf(q), &ks = links.ShapeOf(k), &vs = links.ShapeOf(v);
  const ir::Shape& ms = links.ShapeOf(mask);
  if (qs.rank() != 4 || ks.rank() != 4 || vs.rank() != 4 || ms.rank() < 2) return false;
  for (int d = 0; d < 2; ++d) {
    if (ks.dim(d) != qs.dim(d) || vs.dim(d) != qs.dim(d)) return false;
  }
  for (int d = 0; d + 2 < ms.rank(); ++d) {
    if (ms.dim(d) != 1) return false;
  }
  const int32_t positions = ks.dim(2), rows = ms.back(1);
  return ks.dim(3) == qs.dim(3) && vs.dim(v_columns ? 3 : 2) == positions &&
         ms.back(0) == positions && rows > 0 && qs.dim(2) % rows == 0;
}

// Whether `op` scales one tensor by a constant: *scaled and *factor.
bool IsScaling(const Links& links, const ir::Op* op, int* scaled, float* factor) {
  if (op == nullptr || op->inputs.size() != 2 || !IsPlain(*op)) return false;
  *scaled = op->inputs[0];
  if (links.IsScalar(op->inputs[1], factor)) {
    if (op->code == ir::OpCode::DIV) *factor = 1.0f / *factor;
    return true;
  }
  *scaled = op->inputs[1];
  return op->code == ir::OpCode::MUL && links.IsScalar(op->inputs[0], factor);
}

// What `tensor` was before a soft cap of it, and the cap; `tensor` and 0 if there is none.
int BeforeSoftCap(const Links& links, int tensor, float* cap) {
  *cap = 0.0f;
  int bent = -1, straight = -1;
  float outer = 0.0f, inner = 0.0f;
  if (!IsScaling(links, links.MakerOf(tensor, ir::OpCode::MUL), &bent, &outer)) return tensor;
  const ir::Op* tanh = links.MakerOf(links.BeforeReshapes(bent), ir::OpCode::TANH);
  if (tanh == nullptr) return tensor;
  const int below = links.BeforeReshapes(tanh->inputs[0]);
  const ir::Op* scaling = links.MakerOf(below, ir::OpCode::MUL);
  if (scaling == nullptr) scaling = links.MakerOf(below, ir::OpCode::DIV);
  if (!IsScaling(links, scaling, &straight, &inner)) return tensor;
  // The two constants were rounded from one number, each by 2^-24 of itself.
  constexpr float kRounding = 1e-6f;
  if (!(outer > 0.0f && outer < 1e30f) || !(std::abs(outer * inner - 1.0f) <= kRounding)) {
    return tensor;
  }
  *cap = outer;
  return links.BeforeReshapes(straight);
}

// The fused op in place of `values`, the second BATCH_MATMUL; false if it is no attention.
bool Recognise(const Links& links, const ir::Op& values, ir::Op* fused) {
  if (values.code != ir::OpCode::BATCH_MATMUL || values.inputs.size() != 2 ||
      ParamsOf(values).adj_x) {
    return false;
  }
  const ir::Op* softmax = links.MakerOf(values.inputs[0], ir::OpCode::SOFTMAX);
  if (softmax == nullptr) return false;
  const auto* softmax_params = std::get_if<ir::SoftmaxParams>(&softmax->params);
  if (softmax_params == nullptr || softmax_params->beta != 1.0f) return false;
  const ir::Op* add = links.MakerOf(links.BeforeReshapes(softmax->inputs[0]), ir::OpCode::ADD);
  if (add == nullptr || add->inputs.size() != 2) return false;
  if (!IsPlain(*add)) return false;
  for (const int side : {0, 1}) {
    float cap = 0.0f;
    const int scores = BeforeSoftCap(links, links.BeforeReshapes(add->inputs[side]), &cap);
    const ir::Op* logits = links.MakerOf(scores, ir::OpCode::BATCH_MATMUL);
    if (logits == nullptr || logits->inputs.size() != 2 || ParamsOf(*logits).adj_x ||
        !ParamsOf(*logits).adj_y)
      continue;
    const int mask = add->inputs[1 - side];
    const int q = logits->inputs[0], k = logits->inputs[1], v = values.inputs[1];
    if (!ShapesFit(links, q, k, v, ParamsOf(values).adj_y, mask)) continue;
    // The sum has the mask's rows as its last but one dimension, or reshapes moved them elsewhere.
    const ir::Shape& sum = links.ShapeOf(add->outputs[0]);
    const ir::Shape& m = links.ShapeOf(mask);
    if (sum.rank() < 2 || sum.back(0) != m.back(0) ||
        (m.back(1) != 1 && sum.back(1) != m.back(1))) {
      continue;
    }
    fused->code = ir::OpCode::GROUPED_QUERY_ATTENTION;
    fused->inputs = {q, k, v, mask};
    fused->outputs = values.outputs;
    fused->params = ir::GroupedQueryAttentionParams{ParamsOf(values).adj_y, cap};
    return true;
  }
  return false;
}

}  // namespace

void RecogniseAttention(ir::Graph* graph) { ReplaceRecognised(graph, Recognise); }

}  // namespace edgetasks::graph
