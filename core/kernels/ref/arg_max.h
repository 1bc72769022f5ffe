// ARG_MAX, ARG_MIN: output[o, i] = the smallest a for which input[o, a, i] is extreme.
#ifndef CORE_KERNELS_REF_ARG_MAX_H_
#define CORE_KERNELS_REF_ARG_MAX_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

// input: [outer, size, inner], size >= 1; output: [outer, inner]. Source: TFLite schema, ARG_MAX: a
// later element wins only if it is strictly greater (less), so a NaN never wins.
template <typename T, typename Index>
void ArgExtreme(const T* input, int64_t outer, int64_t size, int64_t inner, bool max,
                Index* output) {
  for (int64_t o = 0; o < outer; ++o, input += size * inner, output += inner) {
    for (int64_t i = 0; i < inner; ++i) {
      T best = input[i];
      int64_t index = 0;
      for (int64_t a = 1; a < size; ++a) {
        const T value = input[a * inner + i];
        if (max ? value > best : value < best) {
          best = value;
          index = a;
        }
      }
      output[i] = static_cast<Index>(index);
    }
  }
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_ARG_MAX_H_
