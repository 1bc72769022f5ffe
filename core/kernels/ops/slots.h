// Splits an op's items over slots: shares of the work with scratch of their own.
#ifndef CORE_KERNELS_OPS_SLOTS_H_
#define CORE_KERNELS_OPS_SLOTS_H_

#include <algorithm>
#include <cstdint>

#include "core/base/thread_pool.h"

namespace edgetasks::kernels {

// Calls body(slot, begin, end) for ranges that cover [0, items), one for each of up to max_slots
// slots, from as many threads. Fewer where the op's `products` are not worth more threads, at
// products_a_thread each. (Products are doubles: those of four sizes may not fit an integer.)
template <typename Body>
void ForEachSlot(ThreadPool& pool, int64_t max_slots, int64_t items, double products,
                 double products_a_thread, const Body& body) {
  if (items == 0) return;
  const int worthwhile = static_cast<int>(std::min(products / products_a_thread, 1024.0)) + 1;
  const int64_t slots = std::min<int64_t>({max_slots, pool.num_threads(), worthwhile, items});
  pool.ParallelFor(slots, 1, [&](int64_t first, int64_t last) {
    for (int64_t slot = first; slot < last; ++slot) {
      body(slot, items * slot / slots, items * (slot + 1) / slots);
    }
  });
}

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_SLOTS_H_
