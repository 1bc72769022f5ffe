#include "core/kernels/machine_limits.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>

#include "core/base/aligned_buffer.h"
#include "core/base/status_macros.h"
#include "core/kernels/simd/limits/select.h"

namespace edgetasks::kernels {
namespace {

constexpr int64_t kReadBytes = int64_t{256} << 20;
// A thread that comes late leaves its range to another: several passes find one in which all came.
constexpr int kPasses = 12;
constexpr int64_t kReadUnit = 4096;
constexpr double kPassSeconds = 0.004;

template <typename Body>
double SecondsOf(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Products a second of `multiply`, which makes `macs` of them in a round, on all threads.
template <typename Multiply>
double ProductsPerSecond(ThreadPool& pool, int64_t macs, const Multiply& multiply) {
  int64_t rounds = 1024;
  while (SecondsOf([&] { multiply(rounds); }) < kPassSeconds) rounds *= 2;
  double best = 0;
  for (int pass = 0; pass < kPasses; ++pass) {
    const double seconds = SecondsOf([&] {
      pool.ParallelFor(pool.num_threads(), 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) multiply(rounds);
      });
    });
    best = std::max(best, static_cast<double>(macs * rounds * pool.num_threads()) / seconds);
  }
  return best;
}

}  // namespace

absl::StatusOr<MachineLimits> MeasureMachineLimits(ThreadPool& pool) {
  const simd::LimitKernels& kernels = simd::SelectLimitKernels();
  MachineLimits limits;
  std::atomic<uint64_t> sink{0};  // what keeps the compiler from leaving the loops out
  limits.integer_gmac_per_s =
      ProductsPerSecond(
          pool, kernels.integer_macs,
          [&](int64_t rounds) { sink += kernels.multiply_integers(rounds, 0x12345678); }) /
      1e9;
  limits.float_gmac_per_s =
      ProductsPerSecond(
          pool, kernels.float_macs,
          [&](int64_t rounds) { sink += kernels.multiply_floats(rounds, 0.5f) > 1.0f ? 1 : 0; }) /
      1e9;

  ET_ASSIGN_OR_RETURN(AlignedBuffer buffer, AlignedBuffer::Allocate(kReadBytes));
  // Fresh pages may all be one page of zeros, which stays in the cache.
  std::memset(buffer.data(), 1, buffer.size());
  double best = 0;
  for (int pass = 0; pass < kPasses; ++pass) {
    const double seconds = SecondsOf([&] {
      pool.ParallelFor(kReadBytes / kReadUnit, 1, [&](int64_t begin, int64_t end) {
        sink += kernels.read(buffer.data() + begin * kReadUnit, (end - begin) * kReadUnit);
      });
    });
    best = std::max(best, static_cast<double>(kReadBytes) / seconds);
  }
  limits.read_gb_per_s = best / 1e9;
  return limits;
}

}  // namespace edgetasks::kernels
