// The entries of a ZIP that lies in mapped memory: a .task bundle, or the associated files behind
// the FlatBuffer of a .tflite. Entries are views into the mapping; nothing is copied.
#ifndef CORE_MODEL_ZIP_ARCHIVE_H_
#define CORE_MODEL_ZIP_ARCHIVE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace edgetasks::model {

struct ZipEntry {
  std::string name;
  // "deflate", "method 12", "encrypted": why the bytes cannot be used in place; "" if they can.
  std::string obstacle;
  uint64_t offset = 0;  // of the entry's first byte, from the start of the archive; 0 if obstacle
  uint64_t size = 0;    // as stored in the file
  absl::Span<const uint8_t> data;  // empty if there is an obstacle
};

class ZipArchive {
 public:
  // Archives with more entries than this are refused: bundles have a dozen.
  static constexpr uint64_t kMaxEntries = 4096;

  // True if `bytes` end with an end-of-central-directory record, as every ZIP does. Bytes before
  // the first entry are allowed.
  static bool EndsLikeZip(absl::Span<const uint8_t> bytes);

  // Reads the directory of a ZIP or ZIP64 whose offsets count from bytes[0]. Checksums are not
  // verified: that would read every weight of the model. `bytes` must outlive the result.
  // Errors: kCorruptFile, also if an entry's bytes lie outside of `bytes`.
  static absl::StatusOr<ZipArchive> Open(absl::Span<const uint8_t> bytes);

  const std::vector<ZipEntry>& entries() const { return entries_; }

  // The entry with exactly this name, or null.
  const ZipEntry* Find(absl::string_view name) const;

 private:
  std::vector<ZipEntry> entries_;
};

}  // namespace edgetasks::model

#endif  // CORE_MODEL_ZIP_ARCHIVE_H_
