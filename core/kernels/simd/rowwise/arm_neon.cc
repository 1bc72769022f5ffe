// The rowwise family with NEON.
#include "core/kernels/simd/rowwise/rows.h"

namespace edgetasks::kernels::simd {

extern const RowwiseKernels kRowwiseNeon;
const RowwiseKernels kRowwiseNeon = {
    CpuLevel::kNeon, Logistic, GateSilu, GateGeluTanh, RmsNorm, LayerNorm, Rotate,
};

}  // namespace edgetasks::kernels::simd
