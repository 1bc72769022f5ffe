#include "core/text/constraint/network_exits.h"

#include <algorithm>
#include <queue>
#include <tuple>

namespace edgetasks::text {
namespace {

constexpr NodeId kNone = Network::kNone;

// Who has a node as a free step, as a rule to call, or as the return of a call.
struct Backward {
  explicit Backward(const Network& network)
      : epsilons(network.nodes.size()), calls(network.nodes.size()) {
    for (NodeId id = 0; id < network.nodes.size(); ++id) {
      const Network::Node& node = network.nodes[id];
      for (const NodeId to : node.epsilons) epsilons[to].push_back(id);
      if (node.call == kNone) continue;
      calls[node.call].push_back(id);
      calls[node.return_to].push_back(id);
    }
  }
  std::vector<std::vector<NodeId>> epsilons, calls;
};

}  // namespace

std::vector<bool> NullableNodes(const Network& network) {
  const Backward backward(network);
  std::vector<bool> nullable(network.nodes.size(), false);
  std::vector<NodeId> open;
  const auto add = [&](NodeId id) {
    if (nullable[id]) return;
    nullable[id] = true;
    open.push_back(id);
  };
  add(Network::kFinal);
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    for (const NodeId from : backward.epsilons[id]) add(from);
    for (const NodeId from : backward.calls[id]) {
      const Network::Node& node = network.nodes[from];
      if (nullable[node.call] && nullable[node.return_to]) add(from);
    }
  }
  return nullable;
}

// Tarjan's algorithm ("Depth-first search and linear graph algorithms", 1972) with a stack of its
// own, because networks are deep.
FreeComponents FindFreeComponents(const Network& network, const std::vector<bool>& nullable) {
  const size_t n = network.nodes.size();
  FreeComponents result;
  result.of.assign(n, kNone);
  std::vector<uint32_t> index(n, kNone), low(n, 0);
  std::vector<bool> on_stack(n, false);
  std::vector<NodeId> stack;
  std::vector<std::pair<NodeId, size_t>> frames;  // a node and its next successor
  uint32_t next_index = 0, next_component = 0;
  const auto successor = [&](NodeId id, size_t i) -> NodeId {
    const Network::Node& node = network.nodes[id];
    if (i < node.epsilons.size()) return node.epsilons[i];
    i -= node.epsilons.size();
    if (node.call == kNone) return kNone;
    if (i == 0) return node.call;
    return i == 1 && nullable[node.call] ? node.return_to : kNone;
  };
  const auto enter = [&](NodeId id) {
    index[id] = low[id] = next_index++;
    stack.push_back(id);
    on_stack[id] = true;
    frames.emplace_back(id, 0);
  };
  for (NodeId root = 0; root < n; ++root) {
    if (index[root] != kNone) continue;
    enter(root);
    while (!frames.empty()) {
      const NodeId id = frames.back().first;
      const NodeId to = successor(id, frames.back().second++);
      if (to != kNone) {
        if (index[to] == kNone) {
          enter(to);
        } else if (on_stack[to]) {
          low[id] = std::min(low[id], index[to]);
        }
        continue;
      }
      frames.pop_back();
      if (!frames.empty()) low[frames.back().first] = std::min(low[frames.back().first], low[id]);
      if (low[id] != index[id]) continue;
      NodeId member;
      do {
        member = stack.back();
        stack.pop_back();
        on_stack[member] = false;
        result.of[member] = next_component;
      } while (member != id);
      ++next_component;
    }
  }
  return result;
}

// Knuth's generalization of Dijkstra's algorithm ("A generalization of Dijkstra's algorithm",
// 1977): the cost of a call is that of the rule plus that of what follows. Costs are (bytes,
// height), compared in this order; both grow along every step, as the algorithm demands.
void FindExits(const std::array<bool, 256>& has_byte, Network* network) {
  std::vector<Network::Node>& nodes = network->nodes;
  const Backward backward(*network);
  struct InEdge {
    NodeId from;
    int byte;
    uint32_t cost;
  };
  std::vector<std::vector<InEdge>> in_edges(nodes.size());
  for (NodeId id = 0; id < nodes.size(); ++id) {
    for (const Network::Edge& edge : nodes[id].edges) {
      int byte = edge.first;
      while (byte < edge.last && !has_byte[byte]) ++byte;
      in_edges[edge.target].push_back({id, byte, has_byte[byte] ? 1 : Network::kUnspellable});
    }
  }
  using Entry = std::tuple<uint32_t, uint32_t, NodeId>;  // bytes, height, node
  std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> open;
  std::vector<bool> settled(nodes.size(), false);
  const auto offer = [&](NodeId id, uint32_t bytes, uint32_t height, int byte, NodeId to) {
    Network::Node& node = nodes[id];
    bytes = std::min(bytes, Network::kNever - 1);
    if (settled[id] || std::tie(node.bytes_to_end, node.height) <= std::tie(bytes, height)) {
      return;
    }
    node.bytes_to_end = bytes;
    node.height = height;
    node.exit_byte = byte;
    node.exit_to = to;
    open.emplace(bytes, height, id);
  };
  const auto plus = [](uint32_t a, uint32_t b) {
    return a > Network::kNever - 1 - b ? Network::kNever - 1 : a + b;
  };
  offer(Network::kFinal, 0, 0, -1, kNone);
  while (!open.empty()) {
    const NodeId id = std::get<2>(open.top());
    open.pop();
    if (settled[id]) continue;
    settled[id] = true;
    const uint32_t bytes = nodes[id].bytes_to_end, height = nodes[id].height;
    for (const InEdge& edge : in_edges[id]) {
      offer(edge.from, plus(bytes, edge.cost), height, edge.byte, id);
    }
    for (const NodeId from : backward.epsilons[id]) offer(from, bytes, height, -1, id);
    for (const NodeId from : backward.calls[id]) {
      const Network::Node& rule = nodes[nodes[from].call];
      const Network::Node& rest = nodes[nodes[from].return_to];
      if (!settled[nodes[from].call] || !settled[nodes[from].return_to]) continue;
      offer(from, plus(rule.bytes_to_end, rest.bytes_to_end),
            std::max(rule.height + 1, rest.height), -1, nodes[from].call);
    }
  }
}

}  // namespace edgetasks::text
