#include "core/llm/larger_context.h"

#include "core/base/error.h"

namespace edgetasks::llm {
namespace {

template <typename... Args>
absl::Status CannotHoldMore(const Args&... args) {
  return Unsupported(ErrorDetail::kUnsupportedOp, args...);
}

}  // namespace

absl::Status EnlargeContext(int capacity, LlmGraph* graph) {
  if (capacity > kMostTokens) {
    return CannotHoldMore("no context holds more than ", kMostTokens, " tokens");
  }
  if (graph->caches.empty() || !graph->may_pad) {
    return CannotHoldMore("it keeps a state that is no list of positions as long as the context");
  }
  if (graph->decode.mask < 0) {  // then no prefill has one either
    return CannotHoldMore(
        "its graphs make the mask themselves, of constants as wide as the caches");
  }
  for (CacheInfo& info : graph->caches) {
    ir::Shape shape = info.shape;
    shape.set_dim(info.sequence_axis, capacity);
    int64_t bytes = 0;
    if (!ir::CheckedBytes(shape, info.dtype, &bytes)) {
      return CannotHoldMore("cache '", info.name, "' would have shape ", shape.ToString());
    }
  }
  for (CacheInfo& info : graph->caches) {
    info.shape.set_dim(info.sequence_axis, capacity);
    (void)ir::CheckedBytes(info.shape, info.dtype, &info.bytes);  // did fit
  }
  graph->capacity = capacity;
  graph->enlarged = true;
  return absl::OkStatus();
}

}  // namespace edgetasks::llm
