// Makes .tflite files in memory, right ones and wrong ones.
#ifndef TESTS_SUPPORT_TFLITE_BUILDER_H_
#define TESTS_SUPPORT_TFLITE_BUILDER_H_

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/ir/graph.h"
#include "core/model/schema/tflite_generated.h"

namespace edgetasks::test {

namespace schema = ::edgetasks::model::schema;

// y = x + 1 in one go:
//
//   TfliteBuilder builder;
//   const int x = builder.AddTensor("x", ir::DType::kFloat32, {1, 4});
//   const int one = builder.AddConstant<float>("one", {1}, {1.0f});
//   const int y = builder.AddTensor("y", ir::DType::kFloat32, {1, 4});
//   builder.AddOp(ir::OpCode::ADD, {x, one}, {y}, schema::AddOptionsT());
//   builder.SetEnds({x}, {y});
//   std::vector<uint8_t> file = builder.Finish();
//
// Whatever these functions do not offer is reached through model(), graph(), tensor() and the
// OperatorT that AddOp returns: the schema's tables as plain structs.
class TfliteBuilder {
 public:
  using Names = std::vector<std::pair<std::string, int>>;  // name and tensor

  TfliteBuilder();

  // All that follows goes into the new subgraph. Returns its index; 0 ("main") is there already.
  int AddSubgraph(const std::string& name);

  // These return the tensor's index in its subgraph.
  int AddTensor(const std::string& name, ir::DType dtype, std::vector<int32_t> shape);
  int AddConstantBytes(const std::string& name, ir::DType dtype, std::vector<int32_t> shape,
                       std::vector<uint8_t> bytes);
  template <typename T>
  int AddConstant(const std::string& name, std::vector<int32_t> shape,
                  const std::vector<T>& values) {
    std::vector<uint8_t> bytes(values.size() * sizeof(T));
    if (!bytes.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
    return AddConstantBytes(name, ir::DTypeOf<T>(), std::move(shape), std::move(bytes));
  }

  void Quantize(int tensor, std::vector<float> scales, std::vector<int64_t> zero_points,
                int axis = 0);
  void QuantizeBlocks(int tensor, int scales_tensor, int block_size);

  // The reference is good until the next op is added to the subgraph.
  schema::OperatorT& AddOp(ir::OpCode code, std::vector<int> inputs, std::vector<int> outputs);
  template <typename OptionsT>
  schema::OperatorT& AddOp(ir::OpCode code, std::vector<int> inputs, std::vector<int> outputs,
                           OptionsT options) {
    schema::OperatorT& op = AddOp(code, std::move(inputs), std::move(outputs));
    op.builtin_options.Set(std::move(options));
    return op;
  }
  schema::OperatorT& AddCustomOp(const std::string& name, std::vector<int> inputs,
                                 std::vector<int> outputs, std::vector<uint8_t> options = {});
  schema::OperatorT& AddComposite(const std::string& name, int decomposition_subgraph,
                                  std::vector<int> inputs, std::vector<int> outputs,
                                  std::vector<uint8_t> attributes = {});

  // The subgraph's inputs and outputs.
  void SetEnds(std::vector<int> inputs, std::vector<int> outputs);
  void AddSignature(const std::string& key, const Names& inputs, const Names& outputs);
  void AddMetadata(const std::string& name, std::vector<uint8_t> bytes);

  schema::ModelT& model() { return model_; }
  schema::SubGraphT& graph() { return *model_.subgraphs.back(); }
  schema::TensorT& tensor(int index) { return *graph().tensors[index]; }

  // The file; the builder can go on after it.
  std::vector<uint8_t> Finish() const;

 private:
  uint32_t AddBuffer(std::vector<uint8_t> bytes);
  schema::OperatorT& AddOpOfKind(ir::OpCode code, const std::string& custom_name,
                                 std::vector<int> inputs, std::vector<int> outputs);

  schema::ModelT model_;
};

// The TensorType number of a DType.
int8_t TensorTypeOf(ir::DType dtype);

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_TFLITE_BUILDER_H_
