// numpy broadcasting: how up to three dense operands are walked along one dense output.
// Used by every elementwise op of two or three operands, and by BROADCAST_TO with one.
#ifndef CORE_KERNELS_REF_BROADCAST_H_
#define CORE_KERNELS_REF_BROADCAST_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>

#include "core/ir/shape.h"

namespace edgetasks::kernels::ref {

// The output as a box of as few dimensions as possible: dimensions of one are left out, and
// neighbours that every operand walks alike are merged. So equal shapes give one dimension, a
// scalar operand one, a vector along the last axis two, and the innermost dimension is always the
// longest contiguous run: there an operand's stride is 1, or 0 where it stays on one element.
struct BroadcastPlan {
  static constexpr int kMaxOperands = 3;

  int rank = 1;                                     // >= 1
  int64_t count = 0;                                // elements of the output
  std::array<int64_t, ir::Shape::kMaxRank> dims{};  // outermost first
  std::array<std::array<int64_t, ir::Shape::kMaxRank>, kMaxOperands> strides{};  // in elements
};

// Requires 1 to 3 operands, each of which broadcasts to `output`, whose element count fits int64
// (ir::CheckedBytes).
BroadcastPlan PlanBroadcast(const ir::Shape& output, std::initializer_list<ir::Shape> operands);

// Where a run of output elements begins in each operand, and how each moves along it (0 or 1).
template <int N>
struct BroadcastRun {
  int64_t output = 0;
  std::array<int64_t, N> operand{};
  std::array<int64_t, N> stride{};
  int64_t length = 0;
};

// Calls body(const BroadcastRun<N>&) for contiguous runs that cover output elements [begin, end),
// in order. Different ranges may be walked by different threads.
template <int N, typename Body>
void ForEachBroadcastRun(const BroadcastPlan& plan, int64_t begin, int64_t end, Body&& body) {
  static_assert(N >= 1 && N <= BroadcastPlan::kMaxOperands, "");
  if (begin >= end) return;
  const int inner = plan.rank - 1;
  std::array<int64_t, ir::Shape::kMaxRank> index{};  // of output element `begin`
  BroadcastRun<N> run;
  int64_t rest = begin;
  for (int d = inner; d >= 0; --d) {
    index[d] = rest % plan.dims[d];
    rest /= plan.dims[d];
    for (int k = 0; k < N; ++k) run.operand[k] += index[d] * plan.strides[k][d];
  }
  for (int k = 0; k < N; ++k) run.stride[k] = plan.strides[k][inner];
  run.output = begin;
  while (true) {
    run.length = std::min(plan.dims[inner] - index[inner], end - run.output);
    body(static_cast<const BroadcastRun<N>&>(run));
    run.output += run.length;
    if (run.output >= end) return;
    // A run that is not the last ends where its innermost dimension does: back to that dimension's
    // first element, then one step in the next outer dimension that has one left.
    for (int k = 0; k < N; ++k) run.operand[k] -= index[inner] * run.stride[k];
    index[inner] = 0;
    for (int d = inner - 1; d >= 0; --d) {
      for (int k = 0; k < N; ++k) run.operand[k] += plan.strides[k][d];
      if (++index[d] < plan.dims[d]) break;
      for (int k = 0; k < N; ++k) run.operand[k] -= plan.dims[d] * plan.strides[k][d];
      index[d] = 0;
    }
  }
}

// output[i] = function(a[i], b[i]) along one run. `output` may be the same memory as an operand
// that moves along the run (stride 1) with it.
template <typename A, typename B, typename Out, typename Function>
void BinaryRun(const BroadcastRun<2>& run, const A* a, const B* b, Out* output,
               const Function& function) {
  a += run.operand[0];
  b += run.operand[1];
  output += run.output;
  const int64_t n = run.length;
  if (run.stride[0] == 1 && run.stride[1] == 1) {
    for (int64_t i = 0; i < n; ++i) output[i] = function(a[i], b[i]);
  } else if (run.stride[0] == 1) {
    const B fixed = *b;
    for (int64_t i = 0; i < n; ++i) output[i] = function(a[i], fixed);
  } else if (run.stride[1] == 1) {
    const A fixed = *a;
    for (int64_t i = 0; i < n; ++i) output[i] = function(fixed, b[i]);
  } else {
    const Out value = function(*a, *b);
    for (int64_t i = 0; i < n; ++i) output[i] = value;
  }
}

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_BROADCAST_H_
