// Rows of a weight table as floats.
#ifndef CORE_KERNELS_REF_EMBEDDING_LOOKUP_H_
#define CORE_KERNELS_REF_EMBEDDING_LOOKUP_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

// output[i] = scale * (weights[i] - zero_point). T is int8_t, uint8_t or int16_t.
template <typename T>
void DequantizeRow(const T* weights, int64_t count, float scale, int32_t zero_point, float* output);

// The same for packed int4: elements first .. first + count of `packed`, element 2i in the low
// nibble of byte i.
void DequantizeRowInt4(const uint8_t* packed, int64_t first, int64_t count, float scale,
                       int32_t zero_point, float* output);

// binary16 and bfloat16 bits to float, exact.
void HalfRow(const uint16_t* weights, int64_t count, float* output);
void BFloat16Row(const uint16_t* weights, int64_t count, float* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_EMBEDDING_LOOKUP_H_
