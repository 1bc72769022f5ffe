// How the integers of a tensor stand for real numbers.
#ifndef CORE_IR_QUANTIZATION_H_
#define CORE_IR_QUANTIZATION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::ir {

// real = scale * (integer - zero_point), with scale and zero_point chosen
//   per tensor:  scales.size() == 1;
//   per channel: scales.size() == dim(axis), one for each index along `axis`;
//   by block:    block_size > 0: block_scales[row][k / block_size] for element k of the innermost
//                axis of row `row`; zero points are 0.
// Checked by core/model: sizes agree with the tensor's shape, scales are finite and not negative.
// A scale of zero is legal: such a channel is all zeros.
struct Quantization {
  std::vector<float> scales;
  std::vector<int32_t> zero_points;  // same size as scales
  int axis = 0;

  int block_size = 0;
  // [rows, innermost / block_size] binary16 bits; a view like Tensor::data.
  absl::Span<const uint16_t> block_scales;

  bool quantized() const { return !scales.empty() || block_size > 0; }
  bool per_tensor() const { return scales.size() == 1 && block_size == 0; }
  bool per_channel() const { return scales.size() > 1 && block_size == 0; }
  bool blockwise() const { return block_size > 0; }

  // Of a per-tensor quantized tensor.
  float scale() const { return scales[0]; }
  int32_t zero_point() const { return zero_points[0]; }
};

}  // namespace edgetasks::ir

#endif  // CORE_IR_QUANTIZATION_H_
