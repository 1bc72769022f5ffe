// Decompression of zlib streams from files that are not trusted.
#ifndef CORE_MODEL_INFLATE_H_
#define CORE_MODEL_INFLATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace edgetasks::model {

// The most that deflate can expand: each 258 bytes of output take at least two bits.
inline constexpr uint64_t kMaxInflateRatio = 1032;

// Decompresses a zlib stream that must fill `output` exactly. Errors: kCorruptFile.
absl::Status Inflate(absl::Span<const uint8_t> stream, absl::Span<uint8_t> output);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_INFLATE_H_
