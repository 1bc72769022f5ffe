// The scales and zero points of a tensor that is quantized per tensor or per channel.
#ifndef CORE_KERNELS_OPS_CHANNEL_AFFINE_H_
#define CORE_KERNELS_OPS_CHANNEL_AFFINE_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "core/ir/kernel.h"
#include "core/kernels/ref/affine.h"

namespace edgetasks::kernels {

// The tensor seen as [outer, channels, inner]; channel c has affines[c]. Per tensor: one channel.
struct ChannelAffine {
  std::vector<ref::Affine> affines;
  int64_t channels = 1;
  int64_t inner = 1;  // elements that lie together
};

// From `operand`'s quantization over `shape`. INVALID_ARGUMENT if it is neither per tensor nor per
// channel along an axis of that many channels. `what` names the operand: "input 0".
absl::Status MakeChannelAffine(const ir::PrepareContext& context, const char* what,
                               const ir::Operand& operand, const ir::Shape& shape,
                               ChannelAffine* result);

// Calls body(channel, first, length) for runs of one channel that cover elements [begin, end).
template <typename Body>
void ForEachChannelRun(int64_t channels, int64_t inner, int64_t begin, int64_t end, Body&& body) {
  for (int64_t first = begin; first < end;) {
    const int64_t run = channels == 1 ? 0 : first / inner;
    const int64_t run_end = channels == 1 ? end : std::min(end, (run + 1) * inner);
    body(run % channels, first, run_end - first);
    first = run_end;
  }
}

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_CHANNEL_AFFINE_H_
