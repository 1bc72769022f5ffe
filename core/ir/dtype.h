// Element types of tensors.
#ifndef CORE_IR_DTYPE_H_
#define CORE_IR_DTYPE_H_

#include <cstdint>

#include "absl/strings/string_view.h"

namespace edgetasks::ir {

// The types that tensors of a runnable graph may have, and, below kResource, those that are known
// by name only: a graph that uses one is refused with that name.
enum class DType : uint8_t {
  kFloat32,
  kFloat16,
  kBFloat16,
  kInt4,  // packed: element 2i in the low nibble of byte i, element 2i + 1 in the high one
  kInt8,
  kUInt8,
  kInt16,
  kInt32,
  kInt64,
  kBool,      // one byte, 0 or 1
  kResource,  // a resource variable: an int32 id
  kInt2,
  kUInt4,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat64,
  kFloat8E4M3FN,
  kFloat8E5M2,
  kComplex64,
  kComplex128,
  kString,
  kVariant,
};

// True for the types that kernels can compute with (kFloat32 to kResource).
constexpr bool IsRunnable(DType dtype) { return dtype <= DType::kResource; }

// Bits of one element; 0 for kString and kVariant.
int BitsOf(DType dtype);

// The numpy name ("float32", "int8", "bool"); ml_dtypes' where numpy has none ("bfloat16", "int4").
absl::string_view NameOf(DType dtype);

// The DType of a C++ type: DTypeOf<float>() is kFloat32. float16 and bfloat16 have no C++ type
// here; their kernels read uint16_t bits.
template <typename T>
constexpr DType DTypeOf();
template <>
constexpr DType DTypeOf<float>() {
  return DType::kFloat32;
}
template <>
constexpr DType DTypeOf<int8_t>() {
  return DType::kInt8;
}
template <>
constexpr DType DTypeOf<uint8_t>() {
  return DType::kUInt8;
}
template <>
constexpr DType DTypeOf<int16_t>() {
  return DType::kInt16;
}
template <>
constexpr DType DTypeOf<int32_t>() {
  return DType::kInt32;
}
template <>
constexpr DType DTypeOf<int64_t>() {
  return DType::kInt64;
}
template <>
constexpr DType DTypeOf<bool>() {
  return DType::kBool;
}

}  // namespace edgetasks::ir

#endif  // CORE_IR_DTYPE_H_
