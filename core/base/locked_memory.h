// Keeps memory from being written out or dropped by the system while it is in use.
#ifndef CORE_BASE_LOCKED_MEMORY_H_
#define CORE_BASE_LOCKED_MEMORY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace edgetasks {

// A lock on the pages of some mapped memory: once it is held, all of them are in memory, read from
// the file if they came from one, and stay. Movable, not copyable.
class LockedMemory {
 public:
  LockedMemory() = default;
  // Blocks until all of `mapped` was read. `mapped` must stay mapped as long as the lock lives, and
  // is unlocked as a whole when it ends: locks do not nest (mlock(2)). RESOURCE_EXHAUSTED
  // (kOutOfMemory) where the process may not lock so much, with its limit in the message; nothing
  // is locked then.
  static absl::StatusOr<LockedMemory> Lock(absl::Span<const uint8_t> mapped);
  ~LockedMemory();
  LockedMemory(LockedMemory&& other) noexcept;
  LockedMemory& operator=(LockedMemory&& other) noexcept;

  int64_t bytes() const { return static_cast<int64_t>(mapped_.size()); }

 private:
  absl::Span<const uint8_t> mapped_;
};

}  // namespace edgetasks

#endif  // CORE_BASE_LOCKED_MEMORY_H_
