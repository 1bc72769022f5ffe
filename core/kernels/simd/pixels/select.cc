#include "core/kernels/simd/pixels/select.h"

#include <vector>

#include "core/kernels/simd/runnable.h"

namespace edgetasks::kernels::simd {

#define EDGETASKS_PIXELS(table) extern const PixelKernels table;
#include "core/kernels/simd/pixels/pixels.inc"
#undef EDGETASKS_PIXELS

namespace {

constexpr const PixelKernels* kTables[] = {
#define EDGETASKS_PIXELS(table) &table,
#include "core/kernels/simd/pixels/pixels.inc"
#undef EDGETASKS_PIXELS
};

}  // namespace

absl::Span<const PixelKernels* const> RunnablePixelKernels() {
  static const auto* const runnable =
      new std::vector<const PixelKernels*>(RunnableOf<PixelKernels>(kTables));
  return *runnable;
}

const PixelKernels& SelectPixelKernels() { return BestOf(RunnablePixelKernels()); }

}  // namespace edgetasks::kernels::simd
