// Blocks of inner products: what matrix operators are made of.
//
// A block is C[i, j] = sum over k of A[i, k] * B[j, k]: both operands are rows of length `depth`,
// as activations [M, K] and the weights [N, K] of a TFLite file are. Nothing is repacked: B is read
// where it lies. One field of DotKernels is one pair of element types, one DotKernels is one
// instruction set, and dot.inc lists them, best first.
//
//   names   f32 = float, f16 / bf16 = binary16 / bfloat16 bits, s8 / u8 / s16 = integers,
//           s4 = signed 4-bit integers, two a byte, low nibble first
//
// The scalar kernels are the specification: all others equal them bit for bit, but for the bits of
// NaN. 32-bit sums wrap modulo 2^32, so that a sum whose true value fits is right whatever the
// order. Float sums have one order: element k enters sum k % 16 (fused), zeros fill the last
// sixteen, and SumOfSixteen (scalar_floats.h) adds up the sixteen. Each is within
// depth * 2^-23 * sum |A[i, k] B[j, k]| of the exact one. Whole rows are never read beyond their
// end.
//
// The functions neither allocate nor fail, and may run on any thread. Every dimension may be 0; no
// pointer is null even then.
#ifndef CORE_KERNELS_SIMD_DOT_DOT_H_
#define CORE_KERNELS_SIMD_DOT_DOT_H_

#include <cstdint>

#include "core/base/cpu_level.h"

namespace edgetasks::kernels::simd {

// Strides count elements between the starts of rows, and may be any number that keeps the rows
// inside their memory.
template <typename A, typename B, typename C>
struct DotBlock {
  int64_t rows = 0;     // of A and C
  int64_t columns = 0;  // rows of B, columns of C
  int64_t depth = 0;
  const A* a = nullptr;
  int64_t a_stride = 0;
  const B* b = nullptr;
  int64_t b_stride = 0;
  C* c = nullptr;
  int64_t c_stride = 0;
  // The element of `b` at which its first row begins: 0 but for s4, whose rows may begin in the
  // middle of a byte.
  int64_t b_begin = 0;
};

struct DotKernels {
  CpuLevel level;  // what the processor must have

  void (*f32_f32)(const DotBlock<float, float, float>&);
  void (*f32_f16)(const DotBlock<float, uint16_t, float>&);
  void (*f32_bf16)(const DotBlock<float, uint16_t, float>&);
  void (*f32_s8)(const DotBlock<float, int8_t, float>&);
  void (*f32_s4)(const DotBlock<float, uint8_t, float>&);

  // Activations are 8-bit integers less their zero point, -255..255. (In that form the zero point
  // needs no correction by the sums of the weights' rows.) s16_s8 also serves 16-bit activations:
  // up to a depth of 256 no sum wraps.
  void (*s16_s8)(const DotBlock<int16_t, int8_t, int32_t>&);
  void (*s16_u8)(const DotBlock<int16_t, uint8_t, int32_t>&);
  void (*s16_s4)(const DotBlock<int16_t, uint8_t, int32_t>&);
  void (*s16_s16)(const DotBlock<int16_t, int16_t, int64_t>&);

  // B is [depth, columns]: C[i, j] = sum over k of A[i, k] * B[k, j], with b_stride from one k to
  // the next. One sum each, in the order of k, fused.
  void (*f32_f32_columns)(const DotBlock<float, float, float>&);
};

}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DOT_DOT_H_
