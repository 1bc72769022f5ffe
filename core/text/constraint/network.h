// A grammar as one graph of nodes, bytes on its edges: a recursive transition network.
#ifndef CORE_TEXT_CONSTRAINT_NETWORK_H_
#define CORE_TEXT_CONSTRAINT_NETWORK_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/text/constraint/grammar.h"

namespace edgetasks::text {

using NodeId = uint32_t;

// Plain data. A text belongs to the grammar if its bytes lead from `start` to kFinal with an empty
// stack. From a node one goes, freely, to each of `epsilons`; into a rule (`call`, its first node),
// which pushes `return_to`; over an edge, which takes a byte. At kFinal one goes to the node that
// is popped. A call whose return would be kFinal is an epsilon: it needs no stack, so that rules
// that repeat by ending in themselves do not grow it.
struct Network {
  static constexpr NodeId kFinal = 0, kNone = 0xFFFFFFFF;
  static constexpr uint32_t kNever = 0xFFFFFFFF;
  // What a byte costs that the vocabulary has no token for: ways of this length or more may lie
  // inside of a token, but none can be spelled to the end.
  static constexpr uint32_t kUnspellable = 1u << 30;

  struct Edge {
    uint8_t first, last;
    NodeId target;
  };
  struct Node {
    std::vector<Edge> edges;
    std::vector<NodeId> epsilons;
    NodeId call = kNone, return_to = kNone;
    // The cheapest way from here to kFinal: its bytes (kNever: there is none), the depth that its
    // calls add to the stack, and its first step: a byte and where that leads, or -1 and the next
    // node.
    uint32_t bytes_to_end = kNever, height = 0;
    int exit_byte = -1;
    NodeId exit_to = kNone;
  };
  std::vector<Node> nodes;
  NodeId start = 0;
  // Bytes of one class are the same to every edge.
  std::array<uint8_t, 256> class_of{};
  int num_classes = 0;
  std::vector<uint8_t> byte_of_class;  // one byte of each
};

// More would take too much memory (100 bytes and more each): such grammars are refused.
inline constexpr size_t kMaxNodes = 500000;

// `has_byte`: the bytes that are tokens by themselves, which ways to the end may use.
// Errors, INVALID_ARGUMENT (kInvalidOption): a rule that begins with itself, by way of other rules
// or of what may be empty; more than kMaxNodes. A grammar without any text is none: see
// bytes_to_end of `start`.
absl::StatusOr<Network> BuildNetwork(const Grammar& grammar, const std::array<bool, 256>& has_byte);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_NETWORK_H_
