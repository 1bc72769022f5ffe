// The header of a .litertlm as plain data.
//
//   0   "LITERTLM"
//   8   u32 major, u32 minor, u32 patch version
//   24  u64 where the header ends
//   32  the FlatBuffer that core/model/schema/litertlm_header.fbs describes
//   ... sections, each from a multiple of 16384 bytes on
#ifndef CORE_MODEL_LITERTLM_HEADER_H_
#define CORE_MODEL_LITERTLM_HEADER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/model/section.h"

namespace edgetasks::model {

inline constexpr absl::string_view kLitertlmMagic = "LITERTLM";
inline constexpr uint32_t kLitertlmMajorVersion = 1;

struct LitertlmHeader {
  uint32_t major = 0, minor = 0, patch = 0;
  std::vector<KeyValue> system_metadata;
  std::vector<Section> sections;  // in the file's order; offsets and sizes are inside the file
};

// Errors: kCorruptFile; kUnsupportedFormat for another major version.
absl::StatusOr<LitertlmHeader> ReadLitertlmHeader(absl::Span<const uint8_t> file);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_LITERTLM_HEADER_H_
