// What this machine can do at best, measured: the yardstick of profiles.
#ifndef CORE_KERNELS_MACHINE_LIMITS_H_
#define CORE_KERNELS_MACHINE_LIMITS_H_

#include "absl/status/statusor.h"
#include "core/base/thread_pool.h"

namespace edgetasks::kernels {

// All threads of a pool together, at the active instruction-set level.
struct MachineLimits {
  double read_gb_per_s = 0;       // from memory, 10^9 bytes
  double integer_gmac_per_s = 0;  // 8-bit products summed up in registers, 10^9
  double float_gmac_per_s = 0;    // the same of 32-bit floats
};

// Takes about 0.2 s and, for its time, 256 MiB of memory: more than caches hold. The best of
// several passes each, because a limit is what can be reached. RESOURCE_EXHAUSTED (kOutOfMemory).
absl::StatusOr<MachineLimits> MeasureMachineLimits(ThreadPool& pool);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_MACHINE_LIMITS_H_
