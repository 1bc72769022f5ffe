#include "core/text/constraint/automaton.h"

#include <algorithm>
#include <utility>

#include "core/text/constraint/hash.h"

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
    slot = static_cast<uint32_t>(reached_.size());
    reached_.emplace_back();
    reached_.back().node = node;
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
    const std::vector<StackSets::Frame> frames = stacks_[stacks].frames;
    for (const StackSets::Frame& f : frames) Reach(f.top, f.below);
  }
}

Automaton::StateId Automaton::Finish() {
  std::vector<Place> places;
  for (const Reached& reached : reached_) {
    slot_of_node_[reached.node] = kNoSlot;
    if (network_.nodes[reached.node].edges.empty()) continue;
    places.push_back({reached.node, reached.stacks});
  }
  reached_.clear();
  const bool accepts = std::exchange(accepts_, false);
  if (places.empty() && !accepts) return kDead;
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.node < b.node; });
  return Intern(std::move(places), accepts);
}

Automaton::StateId Automaton::Intern(std::vector<Place> places, bool accepts) {
  uint64_t hash = accepts ? 1 : 2;
  for (const Place& p : places) hash = HashStep(HashStep(hash, p.node), p.stacks);
  std::vector<StateId>& same_hash = by_hash_[hash];
  for (const StateId id : same_hash) {
    if (states_[id].accepts == accepts && states_[id].places == places) return id;
  }
  State state;
  state.accepts = accepts;
  state.bytes_to_end = accepts ? 0 : Network::kNever - 1;
  for (const Place& p : places) {
    state.bytes_to_end = std::min(
        state.bytes_to_end,
        Saturated(uint64_t{network_.nodes[p.node].bytes_to_end} + stacks_[p.stacks].bytes_to_end));
  }
  state.places = std::move(places);
  steps_.resize(steps_.size() + network_.num_classes, kUnknown);
  bytes_ += sizeof(State) + state.places.size() * sizeof(Place) +
            network_.num_classes * sizeof(StateId) + 96;  // with its place in the map
  states_.push_back(std::move(state));
  same_hash.push_back(static_cast<StateId>(states_.size() - 1));
  return same_hash.back();
}

Automaton::StateId Automaton::ComputeStep(StateId state, uint8_t byte_class) {
  const uint8_t byte = network_.byte_of_class[byte_class];
  for (const Place& place : states_[state].places) {
    for (const Network::Edge& edge : network_.nodes[place.node].edges) {
      if (edge.first <= byte && byte <= edge.last) Reach(edge.target, place.stacks);
    }
  }
  FollowAll();
  const StateId next = Finish();
  steps_[size_t{state} * network_.num_classes + byte_class] = next;
  return next;
}

std::string Automaton::WayToEnd(StateId state, size_t max_bytes) const {
  std::string way;
  const State& s = states_[state];
  if (s.accepts) return way;
  const Place* best = nullptr;
  uint64_t best_bytes = ~uint64_t{0};
  for (const Place& p : s.places) {
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
  std::vector<Place> places = other.states_[state].places;
  for (Place& p : places) p.stacks = stacks_.Import(other.stacks_, p.stacks);
  return Intern(std::move(places), other.states_[state].accepts);
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
