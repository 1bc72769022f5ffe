// The checksum of files that EdgeTasks writes.
#ifndef CORE_BASE_CRC32_H_
#define CORE_BASE_CRC32_H_

#include <cstdint>

#include "absl/types/span.h"

namespace edgetasks {

// CRC-32 as in ISO 3309 and gzip (polynomial 0xEDB88320, reflected). `crc`: of what stands before
// `bytes`, or 0.
uint32_t Crc32(absl::Span<const uint8_t> bytes, uint32_t crc = 0);

}  // namespace edgetasks

#endif  // CORE_BASE_CRC32_H_
