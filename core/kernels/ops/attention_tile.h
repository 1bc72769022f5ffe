// What the operators of attention share: some rows of queries meet the keys and values of one head.
#ifndef CORE_KERNELS_OPS_ATTENTION_TILE_H_
#define CORE_KERNELS_OPS_ATTENTION_TILE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "core/ir/kernel.h"
#include "core/kernels/simd/attention/select.h"
#include "core/kernels/simd/dot/select.h"

namespace edgetasks::kernels {

// Rows whose scores are computed together: each key is read once for all of them, and 16 rows of
// 1,024 scores stay in the second-level cache.
inline constexpr int64_t kAttentionTileRows = 16;

// Positions [begin, end): those outside are taken out by a mask.
struct LivePositions {
  int32_t begin = 0, end = 0;
};

// What holds of all tiles of an op.
struct AttentionMethod {
  const simd::AttentionKernels* kernels = nullptr;
  const simd::DotKernels* dot = nullptr;
  ir::DType key_type = ir::DType::kFloat32;    // kFloat32, kFloat16 or kInt8 (quantized_rows.h)
  ir::DType value_type = ir::DType::kFloat32;  // of the same
  int64_t positions = 0;                       // S
  int64_t depth = 0, value_depth = 0;          // H, V
  bool values_transposed = false;              // values are V rows of S floats
  float scale = 1.0f, logit_cap = 0.0f;        // scores are cap(scale * query . key) + mask
  bool nothing_is_nan = false;  // of a row whose scores are all -infinity; else it is zeros

  // Floats of scratch that AttendTile needs.
  int64_t scratch() const { return (kAttentionTileRows + 1) * positions; }
};

struct AttentionTile {
  int64_t rows = 0;              // <= kAttentionTileRows
  const float* query = nullptr;  // rows of [H]
  int64_t query_stride = 0;      // in floats
  const uint8_t* key = nullptr;  // of position 0
  int64_t key_stride = 0;        // in bytes, from position to position
  const uint8_t* value = nullptr;
  int64_t value_stride = 0;               // in bytes, likewise (or from row to row if transposed)
  float* output = nullptr;                // rows of [V]
  int64_t output_stride = 0;              // in floats
  const float* mask[kAttentionTileRows];  // [S] for each row
  LivePositions live;                     // of all rows together; begin < end
  float* scratch = nullptr;
};

// Chooses kernels, and reads the types of inputs 1 and 2.
void SetAttentionKernels(const ir::PrepareContext& context, AttentionMethod* method);

// output = softmax(cap(scale * query . key) + mask) . value.
void AttendTile(const AttentionMethod& method, const AttentionTile& tile);

// Of each of `rows` rows of a mask [rows, S] which positions may matter: a cache costs what it
// holds, and what a window leaves of it. All of them where a row leaves none: that means something
// only as a whole.
void FindLivePositions(const float* mask, int64_t rows, int64_t positions, LivePositions* live);

// Both together.
inline LivePositions Union(LivePositions a, LivePositions b) {
  return {a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_ATTENTION_TILE_H_
