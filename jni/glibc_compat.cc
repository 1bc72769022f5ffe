// arc4random for the self-contained library. GCC's static runtime and libzip call it when they are
// built where glibc is 2.36, and so would keep the library from systems with glibc 2.35
// (Ubuntu 22.04) for one function. They seed generators with it; nothing here makes secrets of it.
#include <sys/random.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

extern "C" {

void arc4random_buf(void* buffer, size_t size) {
  auto* bytes = static_cast<unsigned char*>(buffer);
  while (size > 0) {
    // At most 256 bytes at a time are neither cut short nor interrupted.
    const ssize_t count = getrandom(bytes, size < 256 ? size : 256, 0);
    if (count <= 0) break;
    bytes += count;
    size -= static_cast<size_t>(count);
  }
  // Kernels before 3.17 lack getrandom: there, the clock has to do.
  for (; size > 0; --size) {
    *bytes++ = static_cast<unsigned char>(
        std::chrono::steady_clock::now().time_since_epoch().count() * 0x9E3779B97F4A7C15u >> 56);
  }
}

uint32_t arc4random() {
  uint32_t value;
  arc4random_buf(&value, sizeof value);
  return value;
}

}  // extern "C"
