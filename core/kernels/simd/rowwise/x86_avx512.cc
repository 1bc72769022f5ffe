// The rowwise family with AVX-512. Compiled with those flags: everything here is local to this
// file.
#include "core/kernels/simd/rowwise/rows.h"

namespace edgetasks::kernels::simd {

extern const RowwiseKernels kRowwiseAvx512;
const RowwiseKernels kRowwiseAvx512 = {
    CpuLevel::kAvx512, Logistic, GateSilu, GateGeluTanh, RmsNorm, LayerNorm, Rotate,
};

}  // namespace edgetasks::kernels::simd
