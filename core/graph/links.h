// What the passes that recognise patterns of ops share.
#ifndef CORE_GRAPH_LINKS_H_
#define CORE_GRAPH_LINKS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/ir/graph.h"

namespace edgetasks::graph {

// Who makes and who uses each tensor of a graph, which must not change while this is in use. Tensor
// indices may be -1 (an input left out): nobody makes it.
class Links {
 public:
  explicit Links(const ir::Graph& graph);

  // The op of that code, with an input at least, that makes `tensor` as its only output; null if
  // there is none. (How many inputs it has beyond one is its Prepare's to check: look first.)
  const ir::Op* Producer(int tensor, ir::OpCode code) const;
  // The same, where the tensor has one user alone.
  const ir::Op* MakerOf(int tensor, ir::OpCode code) const;

  // `tensor`, or what it was before RESHAPEs for it alone that take fixed shapes to fixed shapes.
  int BeforeReshapes(int tensor) const;

  // The shape of `tensor` does not depend on what the graph is fed.
  bool HasFixedShape(int tensor) const;
  // The same of a float tensor.
  bool IsFixed(int tensor) const;

  const ir::Shape& ShapeOf(int tensor) const { return graph_.tensors[tensor].shape; }
  const ir::Tensor& tensor(int index) const { return graph_.tensors[index]; }

  // Whether `tensor` is a float constant of one element; its value.
  bool IsScalar(int tensor, float* value) const;
  // Whether `tensor` is an int32 or int64 constant; its values.
  bool Integers(int tensor, std::vector<int64_t>* values) const;

 private:
  const ir::Graph& graph_;
  std::vector<int> producer_, uses_;
};

// An ADD, SUB, MUL or DIV of two operands without an activation.
bool IsPlain(const ir::Op& op);

// Puts in place of each op what `recognise` makes of it and of the ops before it, where it returns
// true. What the new op does not read stays, for RemoveUnusedOps. `recognise` is called for all ops
// of the graph as it was.
void ReplaceRecognised(
    ir::Graph* graph,
    absl::FunctionRef<bool(const Links& links, const ir::Op& op, ir::Op* fused)> recognise);

}  // namespace edgetasks::graph

#endif  // CORE_GRAPH_LINKS_H_
