// CUMSUM: output[o, a, i] = sum of input[o, b, i] over b <= a (exclusive: b < a; reverse: b >= a,
// b > a). Source: TFLite schema, CumsumOptions.
#ifndef CORE_KERNELS_REF_CUMSUM_H_
#define CORE_KERNELS_REF_CUMSUM_H_

#include <cstdint>

namespace edgetasks::kernels::ref {

struct CumsumShape {
  int64_t outer = 1, size = 0, inner = 1;
  bool exclusive = false, reverse = false;
};

// input, output: [outer, size, inner]. T is float or an unsigned integer.
template <typename T>
void Cumsum(const T* input, const CumsumShape& shape, T* output) {
  for (int64_t o = 0; o < shape.outer; ++o) {
    for (int64_t i = 0; i < shape.inner; ++i) {
      T sum = 0;
      for (int64_t step = 0; step < shape.size; ++step) {
        const int64_t a = shape.reverse ? shape.size - 1 - step : step;
        const int64_t at = (o * shape.size + a) * shape.inner + i;
        const T before = sum;
        sum += input[at];
        output[at] = shape.exclusive ? before : sum;
      }
    }
  }
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_CUMSUM_H_
