// TOPK_V2 of one row.
#ifndef CORE_KERNELS_REF_TOPK_V2_H_
#define CORE_KERNELS_REF_TOPK_V2_H_

#include <algorithm>
#include <cstdint>

namespace edgetasks::kernels::ref {

// values[i], indices[i]: the i-th largest of input[0 .. size) and where it is; of equal elements
// the first comes first; NaN counts as smaller than every number. 1 <= k <= size < 2^31. A heap of
// the k best so far, the worst on top, is kept in `indices` itself: O(size log k).
template <typename T>
void TopK(const T* input, int64_t size, int64_t k, T* values, int32_t* indices) {
  const auto better = [input](int32_t a, int32_t b) {
    const T x = input[a], y = input[b];
    if (x != x || y != y) return x == x || (y != y && a < b);
    return x > y || (x == y && a < b);
  };
  for (int64_t i = 0; i < k; ++i) indices[i] = static_cast<int32_t>(i);
  std::make_heap(indices, indices + k, better);
  for (int64_t i = k; i < size; ++i) {
    if (!better(static_cast<int32_t>(i), indices[0])) continue;
    std::pop_heap(indices, indices + k, better);
    indices[k - 1] = static_cast<int32_t>(i);
    std::push_heap(indices, indices + k, better);
  }
  std::sort_heap(indices, indices + k, better);
  for (int64_t i = 0; i < k; ++i) values[i] = input[indices[i]];
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_TOPK_V2_H_
