#include "core/text/constraint/stack_sets.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace edgetasks::text {

StackSets::StackSets(const Network* network) : network_(*network) { Intern({}, true); }

StackSetId StackSets::Intern(absl::Span<const Frame> frames, bool has_empty) {
  uint64_t hash = has_empty ? 1 : 2;
  for (const Frame& f : frames) hash = HashStep(HashStep(hash, f.top), f.below);
  const StackSetId known = by_hash_.Find(hash, [&](StackSetId id) {
    return sets_[id].has_empty == has_empty && absl::MakeConstSpan(sets_[id].frames) == frames;
  });
  if (known != IdTable::kNone) return known;
  Set set;
  set.has_empty = has_empty;
  set.bytes_to_end = has_empty ? 0 : Network::kNever - 1;
  for (size_t i = 0; i < frames.size(); ++i) {
    const Set& below = sets_[frames[i].below];
    set.depth = std::max(set.depth, below.depth + 1);
    const uint64_t cost = uint64_t{network_.nodes[frames[i].top].bytes_to_end} + below.bytes_to_end;
    if (cost >= set.bytes_to_end) continue;
    set.bytes_to_end = static_cast<uint32_t>(cost);
    set.exit = static_cast<int>(i);
  }
  // A way beyond what can be counted is still a way.
  if (set.exit < 0 && !has_empty) set.exit = 0;
  set.frames.assign(frames.begin(), frames.end());
  bytes_ += sizeof(Set) + set.frames.size() * sizeof(Frame) + 64;  // with its place in the table
  sets_.push_back(std::move(set));
  const auto id = static_cast<StackSetId>(sets_.size() - 1);
  by_hash_.Add(hash, id);
  return id;
}

StackSetId StackSets::Push(NodeId top, StackSetId below) {
  const Frame frame = {top, below};
  return Intern(absl::MakeConstSpan(&frame, 1), false);
}

// Recursion goes as deep as the stacks, which are limited.
StackSetId StackSets::Union(std::vector<StackSetId>* ids) {
  std::sort(ids->begin(), ids->end());
  ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
  if (ids->size() == 1) return ids->front();
  std::vector<Frame> all;
  bool has_empty = false;
  for (const StackSetId id : *ids) {
    all.insert(all.end(), sets_[id].frames.begin(), sets_[id].frames.end());
    has_empty |= sets_[id].has_empty;
  }
  std::sort(all.begin(), all.end(), [](const Frame& a, const Frame& b) { return a.top < b.top; });
  std::vector<Frame> frames;
  std::vector<StackSetId> below;
  for (size_t i = 0; i < all.size();) {
    const NodeId top = all[i].top;
    below.clear();
    for (; i < all.size() && all[i].top == top; ++i) below.push_back(all[i].below);
    frames.push_back({top, Union(&below)});
  }
  return Intern(frames, has_empty);
}

StackSetId StackSets::Import(const StackSets& other, StackSetId id) {
  // From the bottom up, without recursion into sets that several frames share.
  std::unordered_map<StackSetId, StackSetId> done;
  std::vector<StackSetId> open = {id};
  while (!open.empty()) {
    const StackSetId top = open.back();
    const Set& set = other[top];
    bool ready = true;
    for (const Frame& f : set.frames) {
      if (done.count(f.below) > 0) continue;
      open.push_back(f.below);
      ready = false;
    }
    if (!ready) continue;
    open.pop_back();
    if (done.count(top) > 0) continue;
    std::vector<Frame> frames = set.frames;
    for (Frame& f : frames) f.below = done[f.below];
    done[top] = Intern(frames, set.has_empty);
  }
  return done[id];
}

}  // namespace edgetasks::text
