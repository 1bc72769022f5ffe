// What can be said of a network's nodes before any text is seen.
#ifndef CORE_TEXT_CONSTRAINT_NETWORK_EXITS_H_
#define CORE_TEXT_CONSTRAINT_NETWORK_EXITS_H_

#include <array>
#include <vector>

#include "core/text/constraint/network.h"

namespace edgetasks::text {

// Whether kFinal can be reached from a node without a byte.
std::vector<bool> NullableNodes(const Network& network);

// The strongly connected components of the network without its edges: free steps, calls, and
// returns from rules that may be empty.
struct FreeComponents {
  std::vector<uint32_t> of;  // for each node
};
FreeComponents FindFreeComponents(const Network& network, const std::vector<bool>& nullable);

// Fills bytes_to_end, height, exit_byte and exit_to of every node.
void FindExits(const std::array<bool, 256>& has_byte, Network* network);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_NETWORK_EXITS_H_
