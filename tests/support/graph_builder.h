// Builds ir graphs for tests of core/graph and core/exec, without a model file.
#ifndef TESTS_SUPPORT_GRAPH_BUILDER_H_
#define TESTS_SUPPORT_GRAPH_BUILDER_H_

#include <cstring>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "core/ir/graph.h"

namespace edgetasks::test {

// Adds to graph `index` of a model (made on demand). Constants live as long as the builder.
class GraphBuilder {
 public:
  explicit GraphBuilder(ir::Model* model) : model_(model) {
    model->graphs.emplace_back();
    index_ = static_cast<int>(model->graphs.size()) - 1;
    graph().name = "graph" + std::to_string(index_);
  }

  int index() const { return index_; }
  ir::Graph& graph() { return model_->graphs[index_]; }

  int Tensor(ir::DType dtype, const ir::Shape& shape) {
    ir::Tensor tensor;
    tensor.name = "t" + std::to_string(graph().tensors.size());
    tensor.dtype = dtype;
    tensor.shape = tensor.shape_signature = shape;
    graph().tensors.push_back(tensor);
    return static_cast<int>(graph().tensors.size()) - 1;
  }
  int Input(ir::DType dtype, const ir::Shape& shape) {
    graph().inputs.push_back(Tensor(dtype, shape));
    return graph().inputs.back();
  }
  template <typename T>
  int Constant(const ir::Shape& shape, const std::vector<T>& values) {
    std::vector<uint64_t>& memory = memory_.emplace_back(values.size() * sizeof(T) / 8 + 1);
    std::memcpy(memory.data(), values.data(), values.size() * sizeof(T));
    const int tensor = Tensor(ir::DTypeOf<T>(), shape);
    graph().tensors[tensor].data = {reinterpret_cast<const uint8_t*>(memory.data()),
                                    values.size() * sizeof(T)};
    return tensor;
  }
  // One output, of a type and shape as a file would say.
  int Op(ir::OpCode code, std::vector<int> inputs, ir::DType dtype, const ir::Shape& shape,
         ir::OpParams params = {}) {
    const int output = Tensor(dtype, shape);
    Op(code, std::move(inputs), std::vector<int>{output}, std::move(params));
    return output;
  }
  void Op(ir::OpCode code, std::vector<int> inputs, std::vector<int> outputs,
          ir::OpParams params = {}) {
    ir::Op op;
    op.code = code;
    op.inputs = std::move(inputs);
    op.outputs = std::move(outputs);
    op.params = std::move(params);
    graph().ops.push_back(std::move(op));
  }
  void Outputs(std::vector<int> tensors) { graph().outputs = std::move(tensors); }

 private:
  ir::Model* model_;
  int index_ = 0;
  std::deque<std::vector<uint64_t>> memory_;
};

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_GRAPH_BUILDER_H_
