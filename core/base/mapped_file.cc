#include "core/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "core/base/error.h"

namespace edgetasks {
namespace {

absl::Status SystemError(int error_number, const std::string& name, absl::string_view what) {
  const std::string message = absl::StrCat(name, ": ", what, ": ", std::strerror(error_number));
  switch (error_number) {
    case ENOENT:
      return MakeError(absl::StatusCode::kNotFound, ErrorDetail::kFileNotFound,
                       absl::StrCat(message, "; check the path"));
    case EACCES:
    case EPERM:
      return MakeError(absl::StatusCode::kPermissionDenied, ErrorDetail::kFileUnreadable,
                       absl::StrCat(message, "; check the permissions"));
    case ENOMEM:
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory, message);
    default:
      return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kFileUnreadable, message);
  }
}

absl::Status Unreadable(const std::string& name, absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kFileUnreadable,
                   absl::StrCat(name, ": ", why));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::Open(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return SystemError(errno, path, "cannot open the file");
  absl::Cleanup close_fd = [fd] { close(fd); };
  auto file = FromDescriptor(fd, 0, 0);
  if (!file.ok()) {
    // Name the file by its path instead of by our descriptor.
    const std::string own_name = absl::StrCat("descriptor ", fd);
    absl::string_view message = file.status().message();
    if (message.substr(0, own_name.size()) == own_name) message.remove_prefix(own_name.size());
    return MakeError(file.status().code(), GetErrorDetail(file.status()),
                     absl::StrCat(path, message));
  }
  const_cast<MappedFile&>(**file).name_ = path;
  return file;
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::FromDescriptor(int fd,
                                                                             uint64_t offset,
                                                                             uint64_t length) {
  const std::string name = absl::StrCat("descriptor ", fd);
  struct stat info;
  if (fstat(fd, &info) != 0) return SystemError(errno, name, "cannot be read");
  if (!S_ISREG(info.st_mode)) {
    return Unreadable(name, "not a regular file; expected a model file");
  }
  const uint64_t file_bytes = static_cast<uint64_t>(info.st_size);
  if (offset > file_bytes || length > file_bytes - offset) {
    return Unreadable(name, absl::StrCat("asked for bytes ", offset, " to ", offset + length,
                                         " of a file of ", file_bytes, " bytes"));
  }
  if (length == 0) length = file_bytes - offset;
  if (length == 0) return Unreadable(name, "the file is empty; expected a model file");

  const uint64_t page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  const uint64_t start = offset / page * page;
  const size_t mapping_bytes = static_cast<size_t>(offset - start + length);
  void* mapping =
      mmap(nullptr, mapping_bytes, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(start));
  if (mapping == MAP_FAILED) return SystemError(errno, name, "cannot be mapped");

  std::shared_ptr<MappedFile> file(new MappedFile());
  file->mapping_ = mapping;
  file->mapping_bytes_ = mapping_bytes;
  file->bytes_ = {static_cast<const uint8_t*>(mapping) + (offset - start),
                  static_cast<size_t>(length)};
  file->name_ = name;
  return file;
}

absl::StatusOr<std::shared_ptr<const MappedFile>> MappedFile::FromMemory(
    absl::Span<const uint8_t> bytes) {
  if (bytes.data() == nullptr || bytes.empty()) return Unreadable("memory", "the buffer is empty");
  if (reinterpret_cast<uintptr_t>(bytes.data()) % 4 != 0) {
    return Unreadable("memory", "the buffer must be aligned to 4 bytes");
  }
  std::shared_ptr<MappedFile> file(new MappedFile());
  file->bytes_ = bytes;
  file->name_ = "memory";
  return file;
}

MappedFile::~MappedFile() {
  if (mapping_ != nullptr) munmap(mapping_, mapping_bytes_);
}

}  // namespace edgetasks
