// The element that stands for real 0, for operators that pad.
#ifndef CORE_KERNELS_OPS_ZERO_ELEMENT_H_
#define CORE_KERNELS_OPS_ZERO_ELEMENT_H_

#include <cstdint>
#include <cstring>

#include "core/ir/kernel.h"

namespace edgetasks::kernels {

struct ZeroElement {
  uint8_t bytes[8] = {};  // no type is wider
};

// The zero point of an integer operand quantized per tensor; else all bits 0, which is 0 in every
// type.
inline ZeroElement ZeroElementOf(const ir::Operand& operand) {
  ZeroElement zero;
  const ir::DType dtype = operand.dtype();
  const bool integer = dtype == ir::DType::kInt8 || dtype == ir::DType::kUInt8 ||
                       dtype == ir::DType::kInt16 || dtype == ir::DType::kInt32;
  if (!integer || !operand.quantization().per_tensor()) return zero;
  // Little-endian two's complement: the low bytes are the value in any narrower type.
  const int32_t zero_point = operand.quantization().zero_point();
  std::memcpy(zero.bytes, &zero_point, sizeof(zero_point));
  return zero;
}

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_ZERO_ELEMENT_H_
