// Runs a network over bytes, deterministically: states are made when they are first reached.
#ifndef CORE_TEXT_CONSTRAINT_AUTOMATON_H_
#define CORE_TEXT_CONSTRAINT_AUTOMATON_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "core/text/constraint/byte_dfa.h"
#include "core/text/constraint/hash.h"
#include "core/text/constraint/network.h"
#include "core/text/constraint/stack_sets.h"

namespace edgetasks::text {

// A state is the set of all places of the network where one can be after the bytes so far, each
// with its stacks. From every state some bytes lead to the end; a step that would leave no such
// way gives kDead. Not thread safe. States are never removed.
//
// Stacks are limited to kMaxDepth calls: a text that nests deeper does not belong to the language.
class Automaton {
 public:
  using StateId = uint32_t;
  static constexpr StateId kDead = 0xFFFFFFFF;
  static constexpr uint32_t kMaxDepth = 200;

  // `network` must outlive it.
  explicit Automaton(const Network* network);

  StateId start() const { return start_; }
  StateId Step(StateId state, uint8_t byte) {
    const uint8_t byte_class = network_.class_of[byte];
    const StateId next = steps_[size_t{state} * network_.num_classes + byte_class];
    return next != kUnknown ? next : ComputeStep(state, byte_class);
  }
  bool Accepts(StateId state) const { return states_[state].accepts; }
  // No byte can follow.
  bool IsEnd(StateId state) const { return states_[state].num_places == 0; }
  // The bytes of the shortest way to a state that accepts, as far as uint32 counts.
  uint32_t BytesToEnd(StateId state) const { return states_[state].bytes_to_end; }
  // These bytes; at most `max_bytes` of them.
  std::string WayToEnd(StateId state, size_t max_bytes) const;

  // The state of another automaton of the same network.
  StateId Import(const Automaton& other, StateId state);

  // About what it holds.
  size_t bytes() const { return bytes_ + stacks_.bytes(); }
  size_t num_states() const { return states_.size(); }

  // All states written out; nothing if there are more than kMaxDfaStates.
  std::optional<ByteDfa> ToDfa();

 private:
  static constexpr StateId kUnknown = 0xFFFFFFFE;
  struct Place {
    NodeId node;
    StackSetId stacks;
    bool operator==(const Place& other) const {
      return node == other.node && stacks == other.stacks;
    }
  };
  struct State {
    size_t first_place = 0;  // in places_
    uint32_t num_places = 0;
    bool accepts = false;
    uint32_t bytes_to_end = 0;
  };

  // Those with edges, by node.
  absl::Span<const Place> PlacesOf(StateId state) const {
    return absl::MakeConstSpan(places_).subspan(states_[state].first_place,
                                                states_[state].num_places);
  }
  StateId ComputeStep(StateId state, uint8_t byte_class);
  // Adds a place, with what can be reached from it without a byte, to the state that is being made.
  void Reach(NodeId node, StackSetId stacks);
  void FollowAll();
  StateId Finish();
  StateId Intern(absl::Span<const Place> places, bool accepts);

  const Network& network_;
  StackSets stacks_;
  std::vector<State> states_;
  std::vector<Place> places_;   // of all states
  std::vector<StateId> steps_;  // of each state, by class of byte
  IdTable by_hash_;
  StateId start_ = 0;
  size_t bytes_ = 0;
  // The state that is being made, in memory that is kept for the next one. What reaches a place is
  // collected until its turn comes, so that many ways into a rule are united once.
  struct Reached {
    NodeId node;
    StackSetId stacks = kNoStacks;    // followed
    std::vector<StackSetId> pending;  // to be followed
  };
  static constexpr StackSetId kNoStacks = 0xFFFFFFFF;
  std::vector<Reached> reached_;  // the first num_reached_; the others wait to be used again
  size_t num_reached_ = 0;
  std::vector<Place> made_;
  std::vector<uint32_t> slot_of_node_;  // in reached_
  std::deque<uint32_t> open_;           // slots with something pending, first come first served
  bool accepts_ = false;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_AUTOMATON_H_
