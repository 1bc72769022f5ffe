// Sets of stacks of a pushdown automaton, kept once each.
#ifndef CORE_TEXT_CONSTRAINT_STACK_SETS_H_
#define CORE_TEXT_CONSTRAINT_STACK_SETS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/text/constraint/hash.h"
#include "core/text/constraint/network.h"

namespace edgetasks::text {

using StackSetId = uint32_t;

// A set of stacks is: whether the empty stack is in it, and for each node on top of some stack the
// set of what lies below. Equal sets have equal ids, so that a grammar that can read a text in
// many ways has one set of stacks for each place in it, not one place for each way.
// Not thread safe. Sets are never removed.
class StackSets {
 public:
  struct Frame {
    NodeId top;
    StackSetId below;
    bool operator==(const Frame& other) const { return top == other.top && below == other.below; }
  };
  struct Set {
    std::vector<Frame> frames;  // by ascending `top`, each once
    bool has_empty = false;
    uint32_t depth = 0;         // of the deepest stack
    uint32_t bytes_to_end = 0;  // of the cheapest way to pop one of them empty
    int exit = -1;              // its first frame, -1: the empty stack
  };

  // `network` must outlive it.
  explicit StackSets(const Network* network);

  // The set of the empty stack alone.
  static constexpr StackSetId kEmptyStack = 0;

  const Set& operator[](StackSetId id) const { return sets_[id]; }
  // The stacks of `below` with `top` on each.
  StackSetId Push(NodeId top, StackSetId below);
  // The union of all; `ids` is not empty, and is changed.
  StackSetId Union(std::vector<StackSetId>* ids);
  // The set with that id in `other`, which is of the same network.
  StackSetId Import(const StackSets& other, StackSetId id);

  size_t bytes() const { return bytes_; }

 private:
  StackSetId Intern(absl::Span<const Frame> frames, bool has_empty);

  const Network& network_;
  std::vector<Set> sets_;
  IdTable by_hash_;
  size_t bytes_ = 0;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_STACK_SETS_H_
