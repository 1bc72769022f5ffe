#include "core/base/file_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/crc32.h"
#include "core/base/error.h"

namespace edgetasks {
namespace {

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
      return absl::StatusCode::kNotFound;
    default:
      return absl::StatusCode::kResourceExhausted;
  }
}

absl::Status WriteError(const std::string& path, absl::string_view what, int error) {
  return MakeError(CodeOf(error), ErrorDetail::kFileUnwritable,
                   absl::StrCat(path, ": ", what, ": ", std::strerror(error),
                                "; a file that was there is as it was"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<FileWriter>> FileWriter::Create(const std::string& path) {
  const std::string pattern = absl::StrCat(path, ".XXXXXX");
  std::vector<char> name(pattern.begin(), pattern.end());
  name.push_back('\0');
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) return WriteError(path, "cannot be written", errno);
  return std::unique_ptr<FileWriter>(new FileWriter(path, name.data(), fd));
}

FileWriter::~FileWriter() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

absl::Status FileWriter::Failed(absl::string_view what) const {
  return WriteError(path_, what, errno);
}

absl::Status FileWriter::Append(absl::Span<const uint8_t> bytes) {
  crc_ = Crc32(bytes, crc_);
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("cannot be written");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status FileWriter::Commit() {
  if (::fsync(fd_) != 0) return Failed("cannot be written");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return Failed("cannot be put in its place");
  ::close(fd_);
  fd_ = -1;
  return absl::OkStatus();
}

}  // namespace edgetasks
