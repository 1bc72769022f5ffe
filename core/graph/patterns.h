// What the passes left in a graph: shapes of language-model graphs that could be one op, and are
// not. For reports; the passes do not use it, and know more exactly what they can replace.
#ifndef CORE_GRAPH_PATTERNS_H_
#define CORE_GRAPH_PATTERNS_H_

#include <cstdint>
#include <map>
#include <string>

#include "core/ir/graph.h"

namespace edgetasks::graph {

// How often each occurs in `graph`, after Lower:
//
//   "attention"          a SOFTMAX between two BATCH_MATMULs
//   "rms norm"           a root of a MEAN or SUM of squares
//   "layer norm"         the same of differences from a mean
//   "rotary embedding"   halves of a tensor, turned, and put together again
//   "gated feed-forward" the product of two FULLY_CONNECTED of one input, one of them activated
//   "shared input"       several FULLY_CONNECTED of one input (but for the two of a gated one)
//   "unpacked weights"   a DEQUANTIZE of a constant
std::map<std::string, int> UnfusedPatterns(const ir::Graph& graph);

// What STABLEHLO_COMPOSITEs stand for.
struct Expansion {
  // The ops of a graph with every composite, nested ones included, in the form of its
  // decomposition.
  int64_t ops = 0;
  // How often Lower puts a decomposition in the place of its composite because no op of ours
  // computes it, by the composite's name.
  std::map<std::string, int64_t> inlined;
};
Expansion ExpansionOf(const ir::Model& model, int index);

}  // namespace edgetasks::graph

#endif  // CORE_GRAPH_PATTERNS_H_
