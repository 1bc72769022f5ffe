// The operators of one subgraph. Internal to core/model.
#ifndef CORE_MODEL_TFLITE_OPS_H_
#define CORE_MODEL_TFLITE_OPS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/ir/graph.h"
#include "core/model/tflite_file.h"

namespace edgetasks::model {

// One entry of the file's table of operators, to which ops refer.
struct OperatorKind {
  ir::OpCode code = ir::OpCode::ADD;
  int32_t version = 1;
  std::string custom_name;  // of CUSTOM only
};

absl::StatusOr<std::vector<OperatorKind>> ReadOperatorKinds(TfliteFile& file);

// "op 3 FULLY_CONNECTED".
std::string WhereOp(int index, const ir::Op& op);

// Fills graph->ops in the file's order. graph->tensors must be filled.
// Refuses ops that were compiled for an NPU (kUnsupportedFormat).
absl::Status ReadOps(const schema::SubGraph& subgraph, const std::vector<OperatorKind>& kinds,
                     TfliteFile& file, ir::Graph* graph);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TFLITE_OPS_H_
