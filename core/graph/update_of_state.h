// What a graph does with a state that it takes as an input and gives back, updated, as an output.
#ifndef CORE_GRAPH_UPDATE_OF_STATE_H_
#define CORE_GRAPH_UPDATE_OF_STATE_H_

#include <cstddef>
#include <vector>

#include "core/ir/graph.h"

namespace edgetasks::graph {

// The ops of a state `input` [.., of rank 4] f32 of a fixed shape that is used by one
//
//   output = DYNAMIC_UPDATE_SLICE(input, update, start)
//
// alone. What reads the output is left to look at.
struct UpdateOfState {
  struct Reader {
    size_t op = 0;     // index
    size_t input = 0;  // which of its inputs
  };
  size_t update = 0;  // index of the op
  std::vector<Reader> readers;
};

// False if the graph does something else with the state.
bool FindUpdateOfState(const ir::Graph& graph, int input, int output, UpdateOfState* found);

}  // namespace edgetasks::graph

#endif  // CORE_GRAPH_UPDATE_OF_STATE_H_
