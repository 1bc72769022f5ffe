#include "core/base/aligned_buffer.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "core/base/error.h"

namespace edgetasks {
namespace {

// From here on pages are mapped and committed when they are touched; below, that wastes more than
// it saves. A model has some hundred caches, in each of its graphs, that seldom fill up.
constexpr size_t kMapThresholdBytes = size_t{64} << 10;

// The step of Clone. Where the system's pages are larger, some zeros are written for nothing.
constexpr size_t kPageBytes = 4096;

absl::Status OutOfMemory(size_t bytes) {
  return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
                   absl::StrCat("cannot allocate ", bytes,
                                " bytes of memory; free memory, use a "
                                "smaller model, or lower max_tokens"));
}

}  // namespace

void AlignedBuffer::Release::operator()(void* memory) const {
  if (mapped_bytes > 0) {
    munmap(memory, mapped_bytes);
  } else {
    std::free(memory);
  }
}

absl::StatusOr<AlignedBuffer> AlignedBuffer::Allocate(size_t bytes) {
  AlignedBuffer buffer;
  buffer.size_ = bytes;
  if (bytes > SIZE_MAX / 2) return OutOfMemory(bytes);
  if (bytes >= kMapThresholdBytes) {
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return OutOfMemory(bytes);
    buffer.memory_ = std::unique_ptr<void, Release>(memory, Release{bytes});
    return buffer;
  }
  const size_t rounded = AlignUp(bytes == 0 ? 1 : bytes);
  void* memory = std::aligned_alloc(kAlignment, rounded);
  if (memory == nullptr) return OutOfMemory(bytes);
  std::memset(memory, 0, rounded);
  buffer.memory_ = std::unique_ptr<void, Release>(memory, Release{0});
  return buffer;
}

absl::StatusOr<AlignedBuffer> AlignedBuffer::Clone() const {
  absl::StatusOr<AlignedBuffer> clone = Allocate(size_);
  if (!clone.ok()) return clone;
  static constexpr uint8_t kZeros[kPageBytes] = {};
  for (size_t start = 0; start < size_; start += kPageBytes) {
    const size_t bytes = std::min(kPageBytes, size_ - start);
    if (std::memcmp(data() + start, kZeros, bytes) == 0) continue;
    std::memcpy(clone->data() + start, data() + start, bytes);
  }
  return clone;
}

}  // namespace edgetasks
