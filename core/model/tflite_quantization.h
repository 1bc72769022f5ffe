// QuantizationParameters of a tensor. Internal to core/model.
#ifndef CORE_MODEL_TFLITE_QUANTIZATION_H_
#define CORE_MODEL_TFLITE_QUANTIZATION_H_

#include <vector>

#include "absl/status/status.h"
#include "core/ir/graph.h"
#include "core/model/tflite_file.h"

namespace edgetasks::model {

// Fills tensor->quantization, checked against the tensor's type and shape. `tensors` are those of
// the same subgraph: blockwise scales are one of them.
//
// Ignored: min and max alone (statistics of training), and anything on a tensor whose elements are
// not integers.
absl::Status ReadQuantization(const schema::QuantizationParameters& source,
                              const std::vector<ir::Tensor>& tensors, TfliteFile& file,
                              ir::Tensor* tensor);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TFLITE_QUANTIZATION_H_
