// The instruction-set levels, apart from the functions about them: files that are compiled for one
// level include this header and no inline code.
#ifndef CORE_BASE_CPU_LEVEL_H_
#define CORE_BASE_CPU_LEVEL_H_

namespace edgetasks {

// Each x86 level includes the ones before it, but for kAvxVnni, which processors with AVX-512 may
// lack; each Arm level likewise; kScalar is part of both.
enum class CpuLevel {
  kScalar,      // "scalar": whatever the compiler assumes for the architecture
  kAvx2,        // "avx2": AVX2, FMA and F16C
  kAvxVnni,     // "avxvnni": VPDPBUSD on 256 bits without AVX-512
  kAvx512,      // "avx512": AVX-512 F, BW, DQ and VL
  kAvx512Vnni,  // "avx512vnni"
  kNeon,        // "neon"
  kDotprod,     // "dotprod"
  kI8mm,        // "i8mm"
};

}  // namespace edgetasks

#endif  // CORE_BASE_CPU_LEVEL_H_
