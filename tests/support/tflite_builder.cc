#include "tests/support/tflite_builder.h"

#include <algorithm>
#include <memory>

namespace edgetasks::test {
namespace {

// The code from which on deprecated_builtin_code (an int8) is this placeholder.
constexpr int kPlaceholderCode = 127;

std::vector<std::unique_ptr<schema::TensorMapT>> ToMaps(const TfliteBuilder::Names& names) {
  std::vector<std::unique_ptr<schema::TensorMapT>> maps;
  for (const auto& [name, tensor] : names) {
    maps.push_back(std::make_unique<schema::TensorMapT>());
    maps.back()->name = name;
    maps.back()->tensor_index = static_cast<uint32_t>(tensor);
  }
  return maps;
}

}  // namespace

int8_t TensorTypeOf(ir::DType dtype) {
  switch (dtype) {
    case ir::DType::kFloat32:
      return 0;
    case ir::DType::kFloat16:
      return 1;
    case ir::DType::kInt32:
      return 2;
    case ir::DType::kUInt8:
      return 3;
    case ir::DType::kInt64:
      return 4;
    case ir::DType::kString:
      return 5;
    case ir::DType::kBool:
      return 6;
    case ir::DType::kInt16:
      return 7;
    case ir::DType::kComplex64:
      return 8;
    case ir::DType::kInt8:
      return 9;
    case ir::DType::kFloat64:
      return 10;
    case ir::DType::kComplex128:
      return 11;
    case ir::DType::kUInt64:
      return 12;
    case ir::DType::kResource:
      return 13;
    case ir::DType::kVariant:
      return 14;
    case ir::DType::kUInt32:
      return 15;
    case ir::DType::kUInt16:
      return 16;
    case ir::DType::kInt4:
      return 17;
    case ir::DType::kBFloat16:
      return 18;
    case ir::DType::kInt2:
      return 19;
    case ir::DType::kUInt4:
      return 20;
    case ir::DType::kFloat8E4M3FN:
      return 21;
    case ir::DType::kFloat8E5M2:
      return 22;
  }
  return -1;
}

TfliteBuilder::TfliteBuilder() {
  model_.version = 3;
  AddBuffer({});  // buffer 0 stands for "no constant"
  AddSubgraph("main");
}

int TfliteBuilder::AddSubgraph(const std::string& name) {
  model_.subgraphs.push_back(std::make_unique<schema::SubGraphT>());
  graph().name = name;
  return static_cast<int>(model_.subgraphs.size()) - 1;
}

uint32_t TfliteBuilder::AddBuffer(std::vector<uint8_t> bytes) {
  model_.buffers.push_back(std::make_unique<schema::BufferT>());
  model_.buffers.back()->data = std::move(bytes);
  return static_cast<uint32_t>(model_.buffers.size()) - 1;
}

int TfliteBuilder::AddTensor(const std::string& name, ir::DType dtype, std::vector<int32_t> shape) {
  graph().tensors.push_back(std::make_unique<schema::TensorT>());
  schema::TensorT& tensor = *graph().tensors.back();
  tensor.name = name;
  tensor.type = TensorTypeOf(dtype);
  tensor.shape = std::move(shape);
  tensor.has_rank = true;
  return static_cast<int>(graph().tensors.size()) - 1;
}

int TfliteBuilder::AddConstantBytes(const std::string& name, ir::DType dtype,
                                    std::vector<int32_t> shape, std::vector<uint8_t> bytes) {
  const int index = AddTensor(name, dtype, std::move(shape));
  tensor(index).buffer = AddBuffer(std::move(bytes));
  return index;
}

void TfliteBuilder::Quantize(int index, std::vector<float> scales, std::vector<int64_t> zero_points,
                             int axis) {
  auto quantization = std::make_unique<schema::QuantizationParametersT>();
  quantization->scale = std::move(scales);
  quantization->zero_point = std::move(zero_points);
  quantization->quantized_dimension = axis;
  tensor(index).quantization = std::move(quantization);
}

void TfliteBuilder::QuantizeBlocks(int index, int scales_tensor, int block_size) {
  schema::BlockwiseQuantizationT blocks;
  blocks.scales = scales_tensor;
  blocks.zero_points = -1;
  blocks.block_size = block_size;
  auto quantization = std::make_unique<schema::QuantizationParametersT>();
  quantization->details.Set(std::move(blocks));
  tensor(index).quantization = std::move(quantization);
}

schema::OperatorT& TfliteBuilder::AddOpOfKind(ir::OpCode code, const std::string& custom_name,
                                              std::vector<int> inputs, std::vector<int> outputs) {
  const int number = static_cast<int>(code);
  auto& kinds = model_.operator_codes;
  auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& known) {
    return known->builtin_code == number && known->custom_code == custom_name;
  });
  if (kind == kinds.end()) {
    kinds.push_back(std::make_unique<schema::OperatorCodeT>());
    kind = kinds.end() - 1;
    (*kind)->builtin_code = number;
    (*kind)->deprecated_builtin_code = static_cast<int8_t>(std::min(number, kPlaceholderCode));
    (*kind)->custom_code = custom_name;
  }
  graph().operators.push_back(std::make_unique<schema::OperatorT>());
  schema::OperatorT& op = *graph().operators.back();
  op.opcode_index = static_cast<uint32_t>(kind - kinds.begin());
  op.inputs = std::move(inputs);
  op.outputs = std::move(outputs);
  return op;
}

schema::OperatorT& TfliteBuilder::AddOp(ir::OpCode code, std::vector<int> inputs,
                                        std::vector<int> outputs) {
  return AddOpOfKind(code, "", std::move(inputs), std::move(outputs));
}

schema::OperatorT& TfliteBuilder::AddCustomOp(const std::string& name, std::vector<int> inputs,
                                              std::vector<int> outputs,
                                              std::vector<uint8_t> options) {
  schema::OperatorT& op =
      AddOpOfKind(ir::OpCode::CUSTOM, name, std::move(inputs), std::move(outputs));
  op.custom_options = std::move(options);
  return op;
}

schema::OperatorT& TfliteBuilder::AddComposite(const std::string& name, int decomposition_subgraph,
                                               std::vector<int> inputs, std::vector<int> outputs,
                                               std::vector<uint8_t> attributes) {
  schema::OperatorT& op =
      AddOp(ir::OpCode::STABLEHLO_COMPOSITE, std::move(inputs), std::move(outputs));
  schema::StableHLOCompositeOptionsT options;
  options.name = name;
  options.decomposition_subgraph_index = decomposition_subgraph;
  options.composite_attributes = std::move(attributes);
  op.builtin_options_2.Set(std::move(options));
  return op;
}

void TfliteBuilder::SetEnds(std::vector<int> inputs, std::vector<int> outputs) {
  graph().inputs = std::move(inputs);
  graph().outputs = std::move(outputs);
}

void TfliteBuilder::AddSignature(const std::string& key, const Names& inputs,
                                 const Names& outputs) {
  auto signature = std::make_unique<schema::SignatureDefT>();
  signature->signature_key = key;
  signature->subgraph_index = static_cast<uint32_t>(model_.subgraphs.size() - 1);
  signature->inputs = ToMaps(inputs);
  signature->outputs = ToMaps(outputs);
  model_.signature_defs.push_back(std::move(signature));
}

void TfliteBuilder::AddMetadata(const std::string& name, std::vector<uint8_t> bytes) {
  model_.metadata.push_back(std::make_unique<schema::MetadataT>());
  model_.metadata.back()->name = name;
  model_.metadata.back()->buffer = AddBuffer(std::move(bytes));
}

std::vector<uint8_t> TfliteBuilder::Finish() const {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(schema::Model::Pack(builder, &model_), schema::ModelIdentifier());
  return std::vector<uint8_t>(builder.GetBufferPointer(),
                              builder.GetBufferPointer() + builder.GetSize());
}

}  // namespace edgetasks::test
