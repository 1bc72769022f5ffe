#include "tests/support/allocation_counter.h"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<int64_t> g_allocations{0}, g_bytes{0}, g_peak_bytes{0};

void* Allocate(size_t bytes) {
  ++g_allocations;
  void* memory = std::malloc(bytes);
  const auto size = static_cast<int64_t>(malloc_usable_size(memory));
  const int64_t held = g_bytes += size;
  int64_t peak = g_peak_bytes;
  while (held > peak && !g_peak_bytes.compare_exchange_weak(peak, held)) {
  }
  return memory;
}

void Free(void* memory) {
  g_bytes -= static_cast<int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(size_t bytes) {
  if (void* memory = Allocate(bytes)) return memory;
  throw std::bad_alloc();
}
void* operator new(size_t bytes, const std::nothrow_t&) noexcept { return Allocate(bytes); }
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete(void* memory, size_t) noexcept { Free(memory); }

namespace edgetasks::test {

int64_t AllocationCount() { return g_allocations; }

AllocationPeak::AllocationPeak() : before_(g_bytes) { g_peak_bytes = before_; }

int64_t AllocationPeak::bytes() const { return g_peak_bytes - before_; }

}  // namespace edgetasks::test
