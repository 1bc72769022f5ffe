// Little-endian integers at any offset of a file. Offsets are the caller's to check.
#ifndef CORE_MODEL_LITTLE_ENDIAN_H_
#define CORE_MODEL_LITTLE_ENDIAN_H_

#include <cstdint>

#include "absl/types/span.h"

namespace edgetasks::model {

inline uint64_t LoadLittleEndian(absl::Span<const uint8_t> bytes, uint64_t offset, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; ++i) {
    value |= static_cast<uint64_t>(bytes[offset + static_cast<uint64_t>(i)]) << (8 * i);
  }
  return value;
}

inline uint16_t LoadU16(absl::Span<const uint8_t> bytes, uint64_t offset) {
  return static_cast<uint16_t>(LoadLittleEndian(bytes, offset, 2));
}
inline uint32_t LoadU32(absl::Span<const uint8_t> bytes, uint64_t offset) {
  return static_cast<uint32_t>(LoadLittleEndian(bytes, offset, 4));
}
inline uint64_t LoadU64(absl::Span<const uint8_t> bytes, uint64_t offset) {
  return LoadLittleEndian(bytes, offset, 8);
}

}  // namespace edgetasks::model

#endif  // CORE_MODEL_LITTLE_ENDIAN_H_
