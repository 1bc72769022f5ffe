// The attention family: one layer of attention over a cache, 9 query heads on 3 key heads of 64,
// for one token and for 128, with all positions live.
#include "absl/strings/str_cat.h"
#include "tests/bench/kernels/op_bench.h"

namespace edgetasks::bench {
namespace {

using ir::DType;
using ir::OpCode;

void Attention(test::GraphBuilder& g, int32_t tokens, int32_t positions, bool values_transposed) {
  constexpr int32_t kKeyHeads = 3, kGroup = 3, kDepth = 64;
  const int query = g.Input(DType::kFloat32, {1, kKeyHeads, kGroup * tokens, kDepth});
  const int key = g.Input(DType::kFloat32, {1, kKeyHeads, positions, kDepth});
  const int value = values_transposed ? g.Input(DType::kFloat32, {1, kKeyHeads, kDepth, positions})
                                      : g.Input(DType::kFloat32, {1, kKeyHeads, positions, kDepth});
  const int mask = g.Input(DType::kFloat32, {1, 1, tokens, positions});
  g.Outputs({g.Op(OpCode::GROUPED_QUERY_ATTENTION, {query, key, value, mask}, DType::kFloat32,
                  {1, kKeyHeads, kGroup * tokens, kDepth},
                  ir::GroupedQueryAttentionParams{values_transposed})});
}

}  // namespace

void RegisterAttention() {
  for (const int32_t tokens : {1, 128}) {
    for (const int32_t positions : {128, 1024}) {
      for (const bool transposed : {false, true}) {
        RegisterOp("attention",
                   absl::StrCat(tokens, "_tokens/", positions, "_positions",
                                transposed ? "/values_transposed" : ""),
                   [=](test::GraphBuilder& g) { Attention(g, tokens, positions, transposed); });
      }
    }
  }
}

}  // namespace edgetasks::bench
