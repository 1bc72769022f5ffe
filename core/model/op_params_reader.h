// The options tables of builtin operators as ir::OpParams. Internal to core/model.
#ifndef CORE_MODEL_OP_PARAMS_READER_H_
#define CORE_MODEL_OP_PARAMS_READER_H_

#include "absl/status/statusor.h"
#include "core/ir/graph.h"
#include "core/model/tflite_file.h"

namespace edgetasks::model {

// The options of one op. An op without a table gets the ir's defaults; the ones that name subgraphs
// must have it. kInvalidGraph for a table that belongs to another operator and for enums out of
// their range. Numbers are not judged here but by the op's kernel, subgraph indices by
// CheckGraphCalls.
absl::StatusOr<ir::OpParams> ReadOpParams(ir::OpCode code, const schema::Operator& source,
                                          TfliteFile& file);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_OP_PARAMS_READER_H_
