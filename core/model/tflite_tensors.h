// The tensors of one subgraph. Internal to core/model.
#ifndef CORE_MODEL_TFLITE_TENSORS_H_
#define CORE_MODEL_TFLITE_TENSORS_H_

#include "absl/status/status.h"
#include "core/ir/graph.h"
#include "core/model/tflite_file.h"

namespace edgetasks::model {

// "tensor 3 "weights"".
std::string WhereTensor(int index, const ir::Tensor& tensor);

// Fills graph->tensors: shapes, types, constants and quantization, all checked.
//
// A constant may be longer than its shape asks for (writers round up, and share one buffer among
// tensors); the rest is ignored. Shorter is kCorruptFile.
absl::Status ReadTensors(const schema::SubGraph& subgraph, TfliteFile& file, ir::Graph* graph);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TFLITE_TENSORS_H_
