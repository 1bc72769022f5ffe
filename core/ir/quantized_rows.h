// The layout of rows of keys or values that are kept as int8, each with a scale of its own.
#ifndef CORE_IR_QUANTIZED_ROWS_H_
#define CORE_IR_QUANTIZED_ROWS_H_

#include <cstdint>

#include "core/ir/dtype.h"

namespace edgetasks::ir {

// A row of `depth` floats, a multiple of four, takes depth + 4 bytes: its elements and a scale,
// f32, so that the row's memory is all there is of it. x[i] is element i times the scale. As a
// tensor: int8, with these bytes as the last dimension.
inline constexpr int32_t kRowScaleBytes = 4;

// Whether rows of `depth` floats can be kept as `dtype`: kFloat32, kFloat16 or kInt8.
constexpr bool CanKeepRows(DType dtype, int32_t depth) {
  if (depth <= 0) return false;
  return dtype == DType::kInt8 ? depth % kRowScaleBytes == 0 && depth <= INT32_MAX - kRowScaleBytes
                               : dtype == DType::kFloat32 || dtype == DType::kFloat16;
}

// The last dimension of a tensor of that type that keeps rows of `depth` floats.
constexpr int32_t KeptRowElements(DType dtype, int32_t depth) {
  return dtype == DType::kInt8 ? depth + kRowScaleBytes : depth;
}

// The floats of a row that takes `elements` of such a tensor; no more than 0 if none does.
constexpr int32_t KeptRowDepth(DType dtype, int32_t elements) {
  if (dtype != DType::kInt8) return elements;
  return elements % kRowScaleBytes == 0 ? elements - kRowScaleBytes : 0;
}

}  // namespace edgetasks::ir

#endif  // CORE_IR_QUANTIZED_ROWS_H_
