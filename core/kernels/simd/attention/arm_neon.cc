// The attention family with NEON: exponentials; products are the dot family's.
#include "core/kernels/simd/attention/masked_exp.h"

namespace edgetasks::kernels::simd {

extern const AttentionKernels kAttentionNeon;
const AttentionKernels kAttentionNeon = {CpuLevel::kNeon, nullptr, nullptr, MaskedExp};

}  // namespace edgetasks::kernels::simd
