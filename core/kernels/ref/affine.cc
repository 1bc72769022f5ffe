#include "core/kernels/ref/affine.h"

namespace edgetasks::kernels::ref {
namespace {

template <typename T>
void Load(Affine affine, const void* data, int64_t offset, int64_t stride, int64_t length,
          double* real) {
  const T* from = static_cast<const T*>(data) + offset;
  for (int64_t i = 0; i < length; ++i) real[i] = Dequantize<double>(from[i * stride], affine);
}

template <typename T>
void Store(Affine affine, const double* real, int64_t length, void* data, int64_t offset) {
  T* to = static_cast<T*>(data) + offset;
  for (int64_t i = 0; i < length; ++i) to[i] = QuantizeTo<T>(real[i], affine);
}

}  // namespace

void LoadReal(const RealFormat& format, const void* data, int64_t offset, int64_t stride,
              int64_t length, double* real) {
  switch (format.dtype) {
    case ir::DType::kInt8:
      return Load<int8_t>(format.affine, data, offset, stride, length, real);
    case ir::DType::kUInt8:
      return Load<uint8_t>(format.affine, data, offset, stride, length, real);
    case ir::DType::kInt16:
      return Load<int16_t>(format.affine, data, offset, stride, length, real);
    case ir::DType::kInt32:
      return Load<int32_t>(format.affine, data, offset, stride, length, real);
    default: {
      const float* from = static_cast<const float*>(data) + offset;
      for (int64_t i = 0; i < length; ++i) real[i] = from[i * stride];
    }
  }
}

void StoreReal(const RealFormat& format, const double* real, int64_t length, void* data,
               int64_t offset) {
  switch (format.dtype) {
    case ir::DType::kInt8:
      return Store<int8_t>(format.affine, real, length, data, offset);
    case ir::DType::kUInt8:
      return Store<uint8_t>(format.affine, real, length, data, offset);
    case ir::DType::kInt16:
      return Store<int16_t>(format.affine, real, length, data, offset);
    case ir::DType::kInt32:
      return Store<int32_t>(format.affine, real, length, data, offset);
    default: {
      // A double beyond float's range becomes infinity, as IEEE 754 conversion does.
      float* to = static_cast<float*>(data) + offset;
      for (int64_t i = 0; i < length; ++i) to[i] = static_cast<float>(real[i]);
    }
  }
}

}  // namespace edgetasks::kernels::ref
