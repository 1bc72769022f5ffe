// A model as plain data: what core/model reads, core/graph rewrites and core/plan orders.
#ifndef CORE_IR_GRAPH_H_
#define CORE_IR_GRAPH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/ir/dtype.h"
#include "core/ir/op_params.h"
#include "core/ir/quantization.h"
#include "core/ir/shape.h"

namespace edgetasks::ir {

// The TFLite schema's numbers. Numbers from kFirstFused on are operators of our own, which only
// core/graph puts into a graph.
enum class OpCode : int32_t {
#define EDGETASKS_OP_CODE(name, number) name = number,
#include "core/ir/op_codes.inc"
#undef EDGETASKS_OP_CODE
  kFirstFused = 10000,
  SCALED_DOT_PRODUCT_ATTENTION = 10001,
  GROUPED_QUERY_ATTENTION = 10002,
  RMS_NORM = 10003,
  ROTARY_EMBEDDING = 10004,
  GATED_ACTIVATION = 10005,
  CONV_DEPTHWISE_CONV = 10006,
  UPDATE_ROWS = 10007,
  LAYER_NORM = 10008,
};

// "FULLY_CONNECTED"; "operator 999" for a number that the schema does not know.
std::string NameOf(OpCode code);

struct Tensor {
  std::string name;
  DType dtype = DType::kFloat32;
  // Dimensions as written in the file; those that are -1 in shape_signature are placeholders
  // (usually 1) until the input is resized.
  Shape shape;
  Shape shape_signature;  // equals shape when every dimension is fixed
  Quantization quantization;
  // A constant's bytes, in the file's layout: a view into the model file (or, where the file leaves
  // a value unaligned, into a copy that the reader keeps). Aligned for the element type, to no more
  // than that. Null data() if this is not a constant.
  absl::Span<const uint8_t> data;
  // Keeps its value from one run to the next (state of old recurrent graphs).
  bool is_variable = false;

  bool is_constant() const { return data.data() != nullptr; }
};

struct Op {
  OpCode code = OpCode::ADD;
  int32_t version = 1;
  std::string custom_name;   // of CUSTOM only
  std::vector<int> inputs;   // tensor indices; -1: optional input left out
  std::vector<int> outputs;  // tensor indices
  OpParams params;

  // "FULLY_CONNECTED", or "CUSTOM odml.update_kv_cache".
  std::string DisplayName() const;
};

struct Graph {
  std::string name;
  std::vector<Tensor> tensors;
  std::vector<Op> ops;  // in an order in which every input is written before it is read
  std::vector<int> inputs, outputs;
  // Inputs (tensors) whose last two dimensions core/graph has exchanged: states that may be turned.
  std::vector<int> turned_inputs;
  // The memory of constants that core/graph made.
  std::vector<std::shared_ptr<const std::vector<int32_t>>> made;
};

struct NamedTensor {
  std::string name;
  int tensor = 0;
};

// A named entry into a graph.
struct Signature {
  std::string key;
  int graph = 0;
  std::vector<NamedTensor> inputs, outputs;
};

struct MetadataEntry {
  std::string name;
  absl::Span<const uint8_t> data;  // a view into the model file
};

// Verified by core/model: every index is in range, every constant has the bytes its shape asks for,
// every op's inputs are written before they are read.
struct Model {
  std::string description;
  int schema_version = 0;
  std::vector<Graph> graphs;
  std::vector<Signature> signatures;
  std::vector<MetadataEntry> metadata;
};

}  // namespace edgetasks::ir

#endif  // CORE_IR_GRAPH_H_
