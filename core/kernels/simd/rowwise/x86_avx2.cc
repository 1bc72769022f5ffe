// The rowwise family with AVX2 and FMA. Compiled with those flags: everything here is local to this
// file.
#include "core/kernels/simd/rowwise/rows.h"

namespace edgetasks::kernels::simd {

extern const RowwiseKernels kRowwiseAvx2;
const RowwiseKernels kRowwiseAvx2 = {
    CpuLevel::kAvx2, Logistic, GateSilu, GateGeluTanh, RmsNorm, LayerNorm, Rotate,
};

}  // namespace edgetasks::kernels::simd
