// Checks on graphs as plain data: what is written before it is read, and who calls whom.
#ifndef CORE_MODEL_GRAPH_CHECKS_H_
#define CORE_MODEL_GRAPH_CHECKS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "core/ir/graph.h"

namespace edgetasks::model {

// Makes sure that every value of `graph` is there before it is read: it is a graph input, a
// constant, a variable or the output of an earlier op. Ops that a writer left in another order are
// sorted; those with effects beyond their outputs (variables, calls) keep their order among
// themselves. Tensors without elements that nobody writes become empty constants.
//
// Indices must be in range. kInvalidGraph, naming op and tensor: a tensor is written twice, written
// though it is an input, constant or variable, never written, or needs itself.
absl::Status OrderOps(ir::Graph* graph);

// Subgraphs named by IF, WHILE, CALL_ONCE and STABLEHLO_COMPOSITE exist, and no chain of calls
// comes back to where it began or goes deeper than 64 calls.
absl::Status CheckGraphCalls(const ir::Model& model);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_GRAPH_CHECKS_H_
