// What FULLY_CONNECTED and BATCH_MATMUL share: C[b, i, j] = sum over k of A[b, i, k] * B[b, j, k],
// scaled, biased and clamped, in every combination of types. matmul_prepare.cc checks types and
// quantization, matmul_{float,hybrid,integer,panels}.cc compute, matmul_tiles.* cuts the work for
// threads.
//
//   A x B                                  computed as
//   f32 x f32, f16, bf16                   floats
//   f32 x int8, int4, weight-only          floats: the integers stand for floats
//   f32 x int8, int4                       hybrid: rows of A become 8-bit integers on the fly
//   int8 x int8, int4; uint8 x uint8       32-bit sums, rescaled to the output's integers
//   int16 x int8, int4, int16              64-bit sums, rescaled
#ifndef CORE_KERNELS_OPS_MATMUL_H_
#define CORE_KERNELS_OPS_MATMUL_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "core/base/fixed_point.h"
#include "core/ir/kernel.h"
#include "core/kernels/ref/activation.h"
#include "core/kernels/simd/dot/dot.h"
#include "core/kernels/simd/gemm/gemm.h"

namespace edgetasks::kernels {

// Which matrix of A and of B meets for each matrix of C: numpy's broadcasting of the dimensions
// before the last two. Rank 0: one matrix each.
struct BatchMap {
  int rank = 0;
  std::array<int32_t, ir::Shape::kMaxRank> dims{};
  std::array<int64_t, ir::Shape::kMaxRank> a_strides{}, b_strides{};  // in matrices; 0: broadcast

  void Find(int64_t c_batch, int64_t* a_batch, int64_t* b_batch) const;
};

struct MatMul {
  // Filled in by the op. Operands are input 0 (A), 1 (B), optionally 2 (bias), and output 0.
  int64_t batches = 1, rows = 0, columns = 0, depth = 0;
  int64_t a_batches = 1;
  BatchMap map;
  bool a_columns = false;  // A's matrices are [depth, rows] in memory, not [rows, depth]
  bool b_columns = false;  // B's matrices are [depth, columns], not [columns, depth]
  bool weight_only = false;
  ir::Activation activation = ir::Activation::kNone;

  // Filled in by PrepareMatMul.
  enum class Kind { kFloat, kHybrid, kInteger } kind = Kind::kFloat;
  const simd::DotKernels* dot = nullptr;
  const simd::GemmKernels* gemm = nullptr;
  bool panels = false;  // kHybrid: computed by matmul_panels.cc
  ref::ActivationRange<float> float_range;
  ref::ActivationRange<int32_t> integer_range;
  std::vector<FixedMultiplier> multipliers;  // kInteger: one, or one for each column
  bool has_bias = false;
  int32_t b_zero = 0;                  // kInteger: B's zero point
  bool b_has_zeros = false;            // kFloat of integers: some zero point is not 0
  int slots = 1;                       // threads that have scratch of their own
  double products_a_thread = 65536.0;  // what is worth waking one
  int a_scratch = -1;                  // A, made over; -1: as it is
  int row_scratch = -1;                // a number for each row of A: its scale (kHybrid) or its sum
  int zero_scratch = -1;               // panels: the zero point of each row of A
  int64_t tile_columns = 0;            // of a tile; 0: as many as suit the threads, up to
  int64_t max_tile_columns = 64;
  int b_scratch = -1;            // for each slot, a tile of B as rows or as a panel; -1: B is read
                                 // where it lies
  int64_t b_scratch_stride = 0;  // bytes

  // panels: few rows of A meet rows of B where they lie.
  struct RowSums {
    std::vector<int32_t> values;  // of each row of B; floats in the same bits where B is in blocks
    bool keep = false;            // B is a constant
    bool found = false;
  };
  std::shared_ptr<RowSums> b_sums;
  int ordered_scratch = -1;  // rows of A ordered for int4
};

// Checks the operands' types, quantization and bias against the fields that the op filled in, asks
// for scratch, and fills in the rest. Shapes of A and B agree with the fields already, and no
// dimension but those of A and C may be 0.
absl::Status PrepareMatMul(ir::PrepareContext& context, MatMul* m);

void EvalMatMul(ir::EvalContext& context, const MatMul& m);

// Whether matmul_panels.cc can compute a hybrid product; its scratch instead of the general one.
bool CanUsePanels(const ir::PrepareContext& context, const MatMul& m);
void AskForPanelScratch(ir::PrepareContext& context, MatMul* m);
void EvalMatMulPanels(ir::EvalContext& context, const MatMul& m);

// The three kinds of EvalMatMul.
void EvalMatMulFloat(ir::EvalContext& context, const MatMul& m);
void EvalMatMulHybrid(ir::EvalContext& context, const MatMul& m);
void EvalMatMulInteger(ir::EvalContext& context, const MatMul& m);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_MATMUL_H_
