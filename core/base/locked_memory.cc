#include "core/base/locked_memory.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"

namespace edgetasks {
namespace {

std::string LimitText() {
  rlimit limit{};
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return "unknown";
  if (limit.rlim_cur == RLIM_INFINITY) return "none";
  return absl::StrCat(limit.rlim_cur, " bytes");
}

}  // namespace

absl::StatusOr<LockedMemory> LockedMemory::Lock(absl::Span<const uint8_t> mapped) {
  LockedMemory lock;
  if (mapped.empty()) return lock;
  if (mlock(mapped.data(), mapped.size()) != 0) {
    const std::string reason = std::generic_category().message(errno);
    // What was locked before the failure stays locked otherwise.
    munlock(mapped.data(), mapped.size());
    return MakeError(
        absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
        absl::StrCat("cannot lock ", mapped.size(), " bytes in memory: ", reason,
                     ". The process's limit RLIMIT_MEMLOCK is ", LimitText(),
                     "; raise it (ulimit -l, or LimitMEMLOCK= of its service) above the size of "
                     "the model, free memory, or do not ask for a lock"));
  }
  lock.mapped_ = mapped;
  return lock;
}

LockedMemory::~LockedMemory() {
  if (!mapped_.empty()) munlock(mapped_.data(), mapped_.size());
}

LockedMemory::LockedMemory(LockedMemory&& other) noexcept
    : mapped_(std::exchange(other.mapped_, {})) {}

LockedMemory& LockedMemory::operator=(LockedMemory&& other) noexcept {
  std::swap(mapped_, other.mapped_);
  return *this;
}

}  // namespace edgetasks
