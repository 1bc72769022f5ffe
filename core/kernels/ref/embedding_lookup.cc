#include "core/kernels/ref/embedding_lookup.h"

#include "core/base/half.h"

namespace edgetasks::kernels::ref {

template <typename T>
void DequantizeRow(const T* weights, int64_t count, float scale, int32_t zero_point,
                   float* output) {
  for (int64_t i = 0; i < count; ++i) {
    output[i] = static_cast<float>(static_cast<int32_t>(weights[i]) - zero_point) * scale;
  }
}

template void DequantizeRow(const int8_t*, int64_t, float, int32_t, float*);
template void DequantizeRow(const uint8_t*, int64_t, float, int32_t, float*);
template void DequantizeRow(const int16_t*, int64_t, float, int32_t, float*);

void DequantizeRowInt4(const uint8_t* packed, int64_t first, int64_t count, float scale,
                       int32_t zero_point, float* output) {
  for (int64_t i = 0; i < count; ++i) {
    const int64_t k = first + i;
    const int32_t nibble = (packed[k / 2] >> (k % 2 * 4)) & 0xF;
    const int32_t value = (nibble ^ 8) - 8;  // sign extension of 4 bits
    output[i] = static_cast<float>(value - zero_point) * scale;
  }
}

void HalfRow(const uint16_t* weights, int64_t count, float* output) {
  for (int64_t i = 0; i < count; ++i) output[i] = HalfToFloat(weights[i]);
}

void BFloat16Row(const uint16_t* weights, int64_t count, float* output) {
  for (int64_t i = 0; i < count; ++i) output[i] = BFloat16ToFloat(weights[i]);
}

}  // namespace edgetasks::kernels::ref
