#include "core/base/read_ahead.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

namespace edgetasks {
namespace {

// Linux 5.14 and later; the headers of older systems do not name it.
constexpr int kPopulateRead = 22;
// Between two looks at whether to stop: a disk reads this in some ten milliseconds.
constexpr int64_t kPiece = int64_t{4} << 20;

bool FitsMemory(int64_t bytes, int64_t page) {
  const int64_t pages = sysconf(_SC_PHYS_PAGES);
  return pages > 0 && bytes <= pages / 2 * page;
}

}  // namespace

ReadAhead::ReadAhead(absl::Span<const uint8_t> mapped) {
  const int64_t page = sysconf(_SC_PAGESIZE);
  if (mapped.empty() || page <= 0) return;
  if (!FitsMemory(static_cast<int64_t>(mapped.size()), page)) return;
  auto* data = const_cast<uint8_t*>(mapped.data());
  // To the start of the page, which is mapped as a whole.
  uint8_t* begin = data - reinterpret_cast<uintptr_t>(data) % static_cast<uintptr_t>(page);
  uint8_t* end = data + mapped.size();
  try {
    thread_ = std::thread([this, begin, end] { Run(begin, end); });
  } catch (const std::system_error&) {
    // No thread to be had: pages come in when they are touched.
  }
}

ReadAhead::~ReadAhead() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

bool ReadAhead::Wait() {
  if (thread_.joinable()) thread_.join();
  return done_;
}

void ReadAhead::Run(uint8_t* begin, uint8_t* end) {
  for (uint8_t* piece = begin; piece < end; piece += std::min<int64_t>(kPiece, end - piece)) {
    if (stop_) return;
    const auto bytes = static_cast<size_t>(std::min<int64_t>(kPiece, end - piece));
    if (madvise(piece, bytes, kPopulateRead) != 0) {
      // At least let the system read the file.
      madvise(piece, static_cast<size_t>(end - piece), MADV_WILLNEED);
      return;
    }
  }
  done_ = true;
}

}  // namespace edgetasks
