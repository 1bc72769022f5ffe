// MIRROR_PAD: output index o of a dimension of n takes input index
//   i = o - before, where 0 <= i < n;  -i - edge, where i < 0;  2 n - 2 + edge - i, where i >= n
// Source: TFLite schema, MirrorPadMode.
#ifndef CORE_KERNELS_REF_MIRROR_PAD_H_
#define CORE_KERNELS_REF_MIRROR_PAD_H_

#include <array>
#include <cstdint>

namespace edgetasks::kernels::ref {

struct MirrorPad {
  static constexpr int kMaxRank = 8;
  int rank = 0;
  int edge = 0;  // 1: the edge itself is repeated (SYMMETRIC); 0: it is not (REFLECT)
  std::array<int64_t, kMaxRank> before{}, input{}, output{};  // padding in front; dimensions
};

// Writes `count` (the product of the output's dimensions) elements of `element_bytes` bytes. Both
// tensors are dense and row-major; no padding is larger than input - 1 + edge.
void RunMirrorPad(const MirrorPad& pad, const void* input, int64_t element_bytes, int64_t count,
                  void* output);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_MIRROR_PAD_H_
