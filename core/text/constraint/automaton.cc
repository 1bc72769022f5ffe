#include "core/text/constraint/automaton.h"

#include <algorithm>
#include <utility>

namespace edgetasks::text {
namespace {

constexpr uint32_t kNoSlot = 0xFFFFFFFF;

uint32_t Saturated(uint64_t bytes) {
  return static_cast<uint32_t>(std::min<uint64_t>(bytes, Network::kNever - 1));
}

}  // namespace

Automaton::Automaton(const Network* network) : network_(*network), stacks_(network) {
  slot_of_node_.assign(network_.nodes.size(), kNoSlot);
  Reach(network_.start, StackSets::kEmptyStack);
  FollowAll();
  start_ = Finish();
}

void Automaton::Reach(NodeId node, StackSetId stacks) {
  const Network::Node& n = network_.nodes[node];
  if (n.bytes_to_end == Network::kNever) return;
  if (stacks_[stacks].depth + n.height > kMaxDepth) return;
  uint32_t& slot = slot_of_node_[node];
  if (slot == kNoSlot) {
    slot = static_cast<uint32_t>(num_reached_++);
    if (num_reached_ > reached_.size()) reached_.emplace_back();
    reached_[slot].node = node;
    reached_[slot].stacks = kNoStacks;
  }
  Reached& reached = reached_[slot];
  if (reached.stacks == stacks) return;
  if (reached.pending.empty()) open_.push_back(slot);
  reached.pending.push_back(stacks);
}

void Automaton::FollowAll() {
  while (!open_.empty()) {
    Reached& reached = reached_[open_.front()];
    open_.pop_front();
    if (reached.stacks != kNoStacks) reached.pending.push_back(reached.stacks);
    const StackSetId stacks = stacks_.Union(&reached.pending);
    reached.pending.clear();
    if (stacks == reached.stacks) continue;
    reached.stacks = stacks;
    const NodeId id = reached.node;  // `reached` may move
    const Network::Node& node = network_.nodes[id];
    for (const NodeId to : node.epsilons) Reach(to, stacks);
    if (node.call != Network::kNone) Reach(node.call, stacks_.Push(node.return_to, stacks));
    if (id != Network::kFinal) continue;
    if (stacks_[stacks].has_empty) accepts_ = true;
    for (const StackSets::Frame& f : stacks_[stacks].frames) Reach(f.top, f.below);
  }
}

Automaton::StateId Automaton::Finish() {
  made_.clear();
  for (size_t i = 0; i < num_reached_; ++i) {
    const Reached& reached = reached_[i];
    slot_of_node_[reached.node] = kNoSlot;
    if (network_.nodes[reached.node].edges.empty()) continue;
    made_.push_back({reached.node, reached.stacks});
  }
  num_reached_ = 0;
  const bool accepts = std::exchange(accepts_, false);
  if (made_.empty() && !accepts) return kDead;
  std::sort(made_.begin(), made_.end(),
            [](const Place& a, const Place& b) { return a.node < b.node; });
  return Intern(made_, accepts);
}

Automaton::StateId Automaton::Intern(absl::Span<const Place> places, bool accepts) {
  uint64_t hash = accepts ? 1 : 2;
  for (const Place& p : places) hash = HashStep(HashStep(hash, p.node), p.stacks);
  const StateId known = by_hash_.Find(
      hash, [&](StateId id) { return states_[id].accepts == accepts && PlacesOf(id) == places; });
  if (known != IdTable::kNone) return known;
  State state;
  state.accepts = accepts;
  state.bytes_to_end = accepts ? 0 : Network::kNever - 1;
  for (const Place& p : places) {
    state.bytes_to_end = std::min(
        state.bytes_to_end,
        Saturated(uint64_t{network_.nodes[p.node].bytes_to_end} + stacks_[p.stacks].bytes_to_end));
  }
  state.first_place = places_.size();
  state.num_places = static_cast<uint32_t>(places.size());
  places_.insert(places_.end(), places.begin(), places.end());
  steps_.resize(steps_.size() + network_.num_classes, kUnknown);
  bytes_ += sizeof(State) + places.size() * sizeof(Place) + network_.num_classes * sizeof(StateId) +
            64;  // with its place in the table
  states_.push_back(state);
  const auto id = static_cast<StateId>(states_.size() - 1);
  by_hash_.Add(hash, id);
  return id;
}

Automaton::StateId Automaton::ComputeStep(StateId state, uint8_t byte_class) {
  const uint8_t byte = network_.byte_of_class[byte_class];
  // The bytes that no bound of an edge parts from this one lead to the same state.
  uint8_t first = 0, last = 255;
  for (const Place& place : PlacesOf(state)) {
    for (const Network::Edge& edge : network_.nodes[place.node].edges) {
      if (byte < edge.first) {
        last = std::min<uint8_t>(last, edge.first - 1);
      } else if (byte > edge.last) {
        first = std::max<uint8_t>(first, edge.last + 1);
      } else {
        first = std::max(first, edge.first);
        last = std::min(last, edge.last);
        Reach(edge.target, place.stacks);
      }
    }
  }
  FollowAll();
  const StateId next = Finish();
  const auto steps = steps_.begin() + size_t{state} * network_.num_classes;
  std::fill(steps + network_.class_of[first], steps + network_.class_of[last] + 1, next);
  return next;
}

std::string Automaton::WayToEnd(StateId state, size_t max_bytes) const {
  std::string way;
  if (Accepts(state)) return way;
  const Place* best = nullptr;
  uint64_t best_bytes = ~uint64_t{0};
  for (const Place& p : PlacesOf(state)) {
    const uint64_t bytes =
        uint64_t{network_.nodes[p.node].bytes_to_end} + stacks_[p.stacks].bytes_to_end;
    if (bytes >= best_bytes) continue;
    best = &p;
    best_bytes = bytes;
  }
  NodeId node = best->node;
  StackSetId stacks = best->stacks;
  std::vector<NodeId> returns;  // of calls on the way, above `stacks`
  while (way.size() < max_bytes) {
    if (node == Network::kFinal) {
      if (!returns.empty()) {
        node = returns.back();
        returns.pop_back();
        continue;
      }
      const StackSets::Set& set = stacks_[stacks];
      if (set.exit < 0) break;
      node = set.frames[set.exit].top;
      stacks = set.frames[set.exit].below;
      continue;
    }
    const Network::Node& n = network_.nodes[node];
    if (n.exit_byte >= 0) {
      way.push_back(static_cast<char>(n.exit_byte));
    } else if (n.call != Network::kNone) {
      returns.push_back(n.return_to);
    }
    node = n.exit_to;
  }
  return way;
}

Automaton::StateId Automaton::Import(const Automaton& other, StateId state) {
  std::vector<Place> places;
  for (const Place& p : other.PlacesOf(state)) {
    places.push_back({p.node, stacks_.Import(other.stacks_, p.stacks)});
  }
  return Intern(places, other.Accepts(state));
}

std::optional<ByteDfa> Automaton::ToDfa() {
  ByteDfa dfa;
  // States are numbered as they are found; the start is the first.
  for (StateId s = 0; s < states_.size(); ++s) {
    if (states_.size() > kMaxDfaStates) return std::nullopt;
    dfa.states.emplace_back();
    dfa.states[s].accepts = states_[s].accepts;
    for (int byte = 0; byte < 256; ++byte) dfa.states[s].next[byte] = Step(s, byte);
  }
  return dfa;
}

}  // namespace edgetasks::text
