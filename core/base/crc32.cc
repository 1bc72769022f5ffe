#include "core/base/crc32.h"

#include <zlib.h>

namespace edgetasks {

uint32_t Crc32(absl::Span<const uint8_t> bytes, uint32_t crc) {
  if (bytes.empty()) return crc;  // zlib takes a null pointer for the wish to begin anew
  return static_cast<uint32_t>(crc32_z(crc, bytes.data(), bytes.size()));
}

}  // namespace edgetasks
