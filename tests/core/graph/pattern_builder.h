// What the tests of recognised patterns share: a graph of float ops, and an edit that makes it
// another one before it is lowered.
#ifndef TESTS_CORE_GRAPH_PATTERN_BUILDER_H_
#define TESTS_CORE_GRAPH_PATTERN_BUILDER_H_

#include <functional>
#include <utility>
#include <vector>

#include "core/graph/passes.h"
#include "gtest/gtest.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::test {

using Edit = std::function<void(ir::Graph&)>;

inline std::vector<ir::OpCode> Codes(const ir::Graph& graph) {
  std::vector<ir::OpCode> codes;
  for (const ir::Op& op : graph.ops) codes.push_back(op.code);
  return codes;
}

// A graph under construction with short names for float ops.
struct PatternBuilder {
  ir::Model model;
  GraphBuilder g{&model};

  int In(const ir::Shape& shape) { return g.Input(ir::DType::kFloat32, shape); }
  int Op(ir::OpCode code, std::vector<int> inputs, const ir::Shape& shape,
         ir::OpParams params = {}) {
    return g.Op(code, std::move(inputs), ir::DType::kFloat32, shape, std::move(params));
  }
  int Slice(int x, int begin, int size, const ir::Shape& shape) {
    std::vector<int32_t> begins(shape.rank(), 0), sizes(shape.dims().begin(), shape.dims().end());
    begins.back() = begin;
    sizes.back() = size;
    ir::Shape output = shape;
    output.set_dim(shape.rank() - 1, size);
    return Op(ir::OpCode::SLICE,
              {x, g.Constant<int32_t>({shape.rank()}, begins),
               g.Constant<int32_t>({shape.rank()}, sizes)},
              output);
  }
  ir::Graph Lowered(std::vector<int> outputs, const Edit& edit) {
    g.Outputs(std::move(outputs));
    edit(g.graph());
    auto graph = graph::Lower(model, 0);
    EXPECT_TRUE(graph.ok()) << graph.status();
    return *std::move(graph);
  }
};

inline void Nothing(ir::Graph&) {}

}  // namespace edgetasks::test

#endif  // TESTS_CORE_GRAPH_PATTERN_BUILDER_H_
