// The bytes of a model file: mapped, or lent by the caller.
#ifndef CORE_BASE_MAPPED_FILE_H_
#define CORE_BASE_MAPPED_FILE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace edgetasks {

// A read-only run of bytes that stays valid and unchanged in place as long as this object lives.
// Immutable after it is made: safe to share between threads.
//
// A mapped file must not be truncated by others while it is in use: the system would answer reads
// past its new end with SIGBUS, as for every mmap.
class MappedFile {
 public:
  // Maps a whole file. NOT_FOUND (kFileNotFound), PERMISSION_DENIED or INVALID_ARGUMENT
  // (kFileUnreadable: a directory, an empty file).
  static absl::StatusOr<std::shared_ptr<const MappedFile>> Open(const std::string& path);

  // Maps `length` bytes from `offset` of an open descriptor, which may be closed afterwards. Any
  // offset is allowed. length 0 means to the end of the file.
  static absl::StatusOr<std::shared_ptr<const MappedFile>> FromDescriptor(int fd, uint64_t offset,
                                                                          uint64_t length);

  // Lends `bytes`, which must outlive the returned object and everything made from it.
  // INVALID_ARGUMENT if they are not aligned to 4 bytes or empty.
  static absl::StatusOr<std::shared_ptr<const MappedFile>> FromMemory(
      absl::Span<const uint8_t> bytes);

  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  absl::Span<const uint8_t> bytes() const { return bytes_; }

  // What to call this file in messages: the path, "descriptor 7", or "memory".
  const std::string& name() const { return name_; }

 private:
  MappedFile() = default;

  absl::Span<const uint8_t> bytes_;
  std::string name_;
  void* mapping_ = nullptr;  // page-aligned start of what is mapped; null for lent memory
  size_t mapping_bytes_ = 0;
};

}  // namespace edgetasks

#endif  // CORE_BASE_MAPPED_FILE_H_
