// Weights in the types that files keep them in, seen as the type that the loops compute with.
#ifndef CORE_KERNELS_REF_FILTER_VIEW_H_
#define CORE_KERNELS_REF_FILTER_VIEW_H_

#include <cstdint>
#include <type_traits>

#include "core/base/half.h"
#include "core/ir/dtype.h"

namespace edgetasks::kernels::ref {

// T = float: kFloat32 or kFloat16 weights; T = int8_t: kInt8 or kInt4; T = uint8_t: kUInt8.
template <typename T>
struct FilterView {
  const void* data;
  ir::DType dtype;

  // True if the file's bytes are T already.
  bool direct() const { return dtype == ir::DTypeOf<T>(); }

  // Elements [begin, begin + count): in place if direct(), else unpacked to `buffer` (count
  // elements).
  const T* Load(int64_t begin, int64_t count, T* buffer) const {
    if (direct()) return static_cast<const T*>(data) + begin;
    if constexpr (std::is_same_v<T, float>) {
      const auto* halves = static_cast<const uint16_t*>(data) + begin;
      for (int64_t i = 0; i < count; ++i) buffer[i] = HalfToFloat(halves[i]);
    } else {
      const auto* bytes = static_cast<const uint8_t*>(data);
      for (int64_t i = 0; i < count; ++i) {
        const int64_t element = begin + i;  // even ones in the low nibble
        const int nibble = (bytes[element / 2] >> (4 * (element % 2))) & 0xF;
        buffer[i] = static_cast<T>((nibble ^ 8) - 8);
      }
    }
    return buffer;
  }
};

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_FILTER_VIEW_H_
