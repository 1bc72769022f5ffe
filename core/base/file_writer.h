// Writes a file that is there as a whole or not at all.
#ifndef CORE_BASE_FILE_WRITER_H_
#define CORE_BASE_FILE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace edgetasks {

// Writes beside the path, and takes its place in the end: until then, and on any error, a file that
// was there stays as it was. Not thread safe.
class FileWriter {
 public:
  // PERMISSION_DENIED or NOT_FOUND (kFileUnwritable).
  static absl::StatusOr<std::unique_ptr<FileWriter>> Create(const std::string& path);
  // Without Commit nothing stays.
  ~FileWriter();
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  // RESOURCE_EXHAUSTED (kFileUnwritable) if the disk is full or a limit is reached.
  absl::Status Append(absl::Span<const uint8_t> bytes);
  // Waits until the bytes are on the disk, and renames. Errors as Append's.
  absl::Status Commit();

  // The checksum of what was appended (core/base/crc32.h).
  uint32_t crc() const { return crc_; }

 private:
  FileWriter(std::string path, std::string temporary, int fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(fd) {}
  absl::Status Failed(absl::string_view what) const;

  const std::string path_, temporary_;
  int fd_;
  uint32_t crc_ = 0;
};

}  // namespace edgetasks

#endif  // CORE_BASE_FILE_WRITER_H_
