#include "core/kernels/ref/mirror_pad.h"

#include <cstring>

namespace edgetasks::kernels::ref {
namespace {

int64_t Source(int64_t o, int64_t before, int64_t size, int edge) {
  const int64_t i = o - before;
  if (i < 0) return -i - edge;
  if (i >= size) return 2 * size - 2 + edge - i;
  return i;
}

}  // namespace

void RunMirrorPad(const MirrorPad& pad, const void* input, int64_t element_bytes, int64_t count,
                  void* output) {
  const auto* from = static_cast<const uint8_t*>(input);
  auto* to = static_cast<uint8_t*>(output);
  std::array<int64_t, MirrorPad::kMaxRank> index{};
  for (int64_t i = 0; i < count; ++i) {
    int64_t source = 0;
    for (int d = 0; d < pad.rank; ++d) {
      source = source * pad.input[d] + Source(index[d], pad.before[d], pad.input[d], pad.edge);
    }
    std::memcpy(to + i * element_bytes, from + source * element_bytes, element_bytes);
    for (int d = pad.rank - 1; d >= 0; --d) {
      if (++index[d] < pad.output[d]) break;
      index[d] = 0;
    }
  }
}

}  // namespace edgetasks::kernels::ref
