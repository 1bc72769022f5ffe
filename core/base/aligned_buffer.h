// Owned memory aligned for every SIMD width we use.
#ifndef CORE_BASE_ALIGNED_BUFFER_H_
#define CORE_BASE_ALIGNED_BUFFER_H_

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"

namespace edgetasks {

// One cache line, and the widest vector register (AVX-512).
inline constexpr size_t kAlignment = 64;

// Rounds up to a multiple of kAlignment. The caller keeps `bytes` far below SIZE_MAX.
constexpr size_t AlignUp(size_t bytes) { return (bytes + kAlignment - 1) & ~(kAlignment - 1); }

// A zero-filled block of memory. Pages are committed by the system when first touched, so a large
// buffer costs only what is used of it. Movable, not copyable.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;

  // RESOURCE_EXHAUSTED (kOutOfMemory) where the system has no address space for it.
  static absl::StatusOr<AlignedBuffer> Allocate(size_t bytes);

  // A copy of its own. Pages that are still zeros are not written, so that a copy of a large,
  // little-used buffer is as cheap as the original.
  absl::StatusOr<AlignedBuffer> Clone() const;

  uint8_t* data() { return static_cast<uint8_t*>(memory_.get()); }
  const uint8_t* data() const { return static_cast<const uint8_t*>(memory_.get()); }
  size_t size() const { return size_; }

 private:
  struct Release {
    size_t mapped_bytes;  // 0: from the heap
    void operator()(void* memory) const;
  };
  std::unique_ptr<void, Release> memory_{nullptr, Release{0}};
  size_t size_ = 0;
};

}  // namespace edgetasks

#endif  // CORE_BASE_ALIGNED_BUFFER_H_
