// Rotary position embedding becomes one ROTARY_EMBEDDING(x, cos, sin). With x1 and x2 the first two
// SLICEs of h elements of the last axis of x, exporters write it in two ways:
//
//   CONCATENATION(SUB(MUL(x1, cos), MUL(x2, sin)), ADD(MUL(x2, cos), MUL(x1, sin)), the rest of x*)
//     with cos and sin of h elements; the rest is SLICEs of x that follow one another
//   ADD(MUL(x, cos), MUL(CONCATENATION(-x2, x1), sin))
//     with cos and sin of 2 h elements, all of x; -x2 is NEG or MUL by -1
#include "core/graph/links.h"
#include "core/graph/passes.h"

namespace edgetasks::graph {
namespace {

using ir::OpCode;

// A SLICE of [begin, begin + size) of the last axis, and all of the others, of `source`.
struct LastAxisSlice {
  int source = -1;
  int64_t begin = 0, size = 0;
};

bool ReadSlice(const Links& links, int tensor, LastAxisSlice* slice) {
  const ir::Op* op = links.Producer(tensor, OpCode::SLICE);
  if (op == nullptr || op->inputs.size() != 3 || !links.IsFixed(op->inputs[0])) return false;
  std::vector<int64_t> begin, size;
  if (!links.Integers(op->inputs[1], &begin) || !links.Integers(op->inputs[2], &size)) return false;
  const ir::Shape& shape = links.ShapeOf(op->inputs[0]);
  const int rank = shape.rank();
  if (rank < 1 || begin.size() != static_cast<size_t>(rank) || size.size() != begin.size()) {
    return false;
  }
  for (int d = 0; d + 1 < rank; ++d) {
    if (begin[d] != 0 || (size[d] != shape.dim(d) && size[d] != -1)) return false;
  }
  slice->source = op->inputs[0];
  slice->begin = begin[rank - 1];
  slice->size = size[rank - 1] == -1 ? shape.back(0) - slice->begin : size[rank - 1];
  return true;
}

// Whether `tensor` is a * b, in either order; b may be anything where it is -1, and is found then.
bool IsProduct(const Links& links, int tensor, int a, int* b) {
  const ir::Op* op = links.Producer(tensor, OpCode::MUL);
  if (op == nullptr || !IsPlain(*op)) return false;
  for (const int side : {0, 1}) {
    if (op->inputs[side] != a) continue;
    if (*b == -1) *b = op->inputs[1 - side];
    if (op->inputs[1 - side] == *b) return true;
  }
  return false;
}

// The factor of `op`, a MUL, that is a slice of [begin, begin + h) of the last axis, or -1.
int SliceFactor(const Links& links, const ir::Op* op, int64_t begin, LastAxisSlice* slice) {
  if (op == nullptr || !IsPlain(*op)) return -1;
  for (const int factor : op->inputs) {
    if (ReadSlice(links, factor, slice) && slice->begin == begin) return factor;
  }
  return -1;
}

bool Turn(const Links& links, int x, int cos, int sin, int output, ir::Op* fused) {
  if (!links.IsFixed(x) || !links.IsFixed(cos) || !links.IsFixed(sin)) return false;
  if (links.ShapeOf(cos) != links.ShapeOf(sin)) return false;
  // One row of angles for each position, the last axis but one of x.
  const ir::Shape &xs = links.ShapeOf(x), &cs = links.ShapeOf(cos);
  if (xs.rank() < 2 || cs.rank() < 2 || cs.rank() > xs.rank() || cs.back(1) != xs.back(1) ||
      cs.num_elements() != int64_t{cs.back(0)} * cs.back(1) || xs.num_elements() == 0) {
    return false;
  }
  fused->code = OpCode::ROTARY_EMBEDDING;
  fused->inputs = {x, cos, sin};
  fused->outputs = {output};
  return true;
}

// Whether the parts of `concatenation` from the third on are the rest of slice.source.
bool IsRest(const Links& links, const ir::Op& concatenation, const LastAxisSlice& half) {
  int64_t next = 2 * half.size;
  for (size_t i = 2; i < concatenation.inputs.size(); ++i) {
    LastAxisSlice part;
    if (!ReadSlice(links, concatenation.inputs[i], &part)) return false;
    if (part.source != half.source || part.begin != next) return false;
    next += part.size;
  }
  return next == links.ShapeOf(half.source).back(0);
}

bool JoinsLastAxis(const Links& links, const ir::Op& op) {
  const auto* params = std::get_if<ir::ConcatenationParams>(&op.params);
  if (op.inputs.size() < 2 || op.outputs.size() != 1 || params == nullptr) return false;
  const int rank = links.ShapeOf(op.outputs[0]).rank();
  return params->activation == ir::Activation::kNone &&
         (params->axis == -1 || params->axis == rank - 1);
}

bool RecogniseHalves(const Links& links, const ir::Op& op, ir::Op* fused) {
  if (!JoinsLastAxis(links, op)) return false;
  const ir::Op* first = links.Producer(op.inputs[0], OpCode::SUB);
  const ir::Op* second = links.Producer(op.inputs[1], OpCode::ADD);
  if (first == nullptr || second == nullptr || !IsPlain(*first) || !IsPlain(*second)) return false;
  LastAxisSlice slice1, slice2;
  const int x1 = SliceFactor(links, links.Producer(first->inputs[0], OpCode::MUL), 0, &slice1);
  if (x1 < 0) return false;
  const int x2 =
      SliceFactor(links, links.Producer(first->inputs[1], OpCode::MUL), slice1.size, &slice2);
  if (x2 < 0 || slice2.source != slice1.source || slice2.size != slice1.size) return false;
  int cos = -1, sin = -1;
  if (!IsProduct(links, first->inputs[0], x1, &cos) ||
      !IsProduct(links, first->inputs[1], x2, &sin)) {
    return false;
  }
  for (const int side : {0, 1}) {
    if (!IsProduct(links, second->inputs[side], x2, &cos)) continue;
    if (!IsProduct(links, second->inputs[1 - side], x1, &sin)) continue;
    if (!links.IsFixed(cos) || links.ShapeOf(cos).rank() < 1) return false;
    return links.ShapeOf(cos).back(0) == slice1.size && IsRest(links, op, slice1) &&
           Turn(links, slice1.source, cos, sin, op.outputs[0], fused);
  }
  return false;
}

// Whether `tensor` is minus something; of what.
bool IsNegated(const Links& links, int tensor, int* of) {
  if (const ir::Op* negate = links.Producer(tensor, OpCode::NEG)) {
    *of = negate->inputs[0];
    return true;
  }
  const ir::Op* product = links.Producer(tensor, OpCode::MUL);
  if (product == nullptr || !IsPlain(*product)) return false;
  for (const int side : {0, 1}) {
    float factor = 0.0f;
    *of = product->inputs[1 - side];
    if (links.IsScalar(product->inputs[side], &factor) && factor == -1.0f) return true;
  }
  return false;
}

// Whether `tensor` is CONCATENATION(-x2, x1) of a whole tensor; of which.
bool IsRotatedHalf(const Links& links, int tensor, int* x) {
  const ir::Op* op = links.Producer(tensor, OpCode::CONCATENATION);
  int negated = -1;
  LastAxisSlice slice1, slice2;
  if (op == nullptr || !JoinsLastAxis(links, *op) || op->inputs.size() != 2 ||
      !IsNegated(links, op->inputs[0], &negated) || !ReadSlice(links, negated, &slice2) ||
      !ReadSlice(links, op->inputs[1], &slice1)) {
    return false;
  }
  *x = slice1.source;
  return slice2.source == slice1.source && slice1.begin == 0 && slice2.begin == slice1.size &&
         slice2.size == slice1.size && 2 * slice1.size == links.ShapeOf(*x).back(0);
}

bool RecogniseRotatedHalf(const Links& links, const ir::Op& op, ir::Op* fused) {
  if (op.outputs.size() != 1 || !IsPlain(op)) return false;
  for (const int side : {0, 1}) {
    const ir::Op* turned = links.Producer(op.inputs[side], OpCode::MUL);
    if (turned == nullptr || !IsPlain(*turned)) continue;
    for (const int factor : {0, 1}) {
      int x = -1, cos = -1;
      const int sin = turned->inputs[1 - factor];
      if (!IsRotatedHalf(links, turned->inputs[factor], &x)) continue;
      if (!IsProduct(links, op.inputs[1 - side], x, &cos)) continue;
      if (!links.IsFixed(cos) || links.ShapeOf(cos).rank() < 1) continue;
      if (links.ShapeOf(cos).back(0) != links.ShapeOf(x).back(0)) continue;
      return Turn(links, x, cos, sin, op.outputs[0], fused);
    }
  }
  return false;
}

bool Recognise(const Links& links, const ir::Op& op, ir::Op* fused) {
  if (op.code == OpCode::CONCATENATION) return RecogniseHalves(links, op, fused);
  return op.code == OpCode::ADD && RecogniseRotatedHalf(links, op, fused);
}

}  // namespace

void RecogniseRotaryEmbedding(ir::Graph* graph) { ReplaceRecognised(graph, Recognise); }

}  // namespace edgetasks::graph
