#include "core/text/constraint/mask_cache.h"

#include <algorithm>
#include <utility>

namespace edgetasks::text {

MaskCache::MaskCache(const Network* network, const Vocabulary* vocabulary, size_t max_bytes)
    : network_(*network),
      vocabulary_(*vocabulary),
      max_bytes_(max_bytes),
      current_(std::make_shared<Generation>(network)) {}

MaskCache::Place MaskCache::Start() {
  std::lock_guard<std::mutex> guard(mutex_);
  Place place;
  place.generation = current_;
  SetState(current_->automaton.start(), &place);
  return place;
}

void MaskCache::SetState(Automaton::StateId state, Place* place) {
  place->state = state;
  place->accepts = place->generation->automaton.Accepts(state);
  place->is_end = place->generation->automaton.IsEnd(state);
}

void MaskCache::MoveToCurrent(Place* place) {
  if (current_->bytes() > max_bytes_) current_ = std::make_shared<Generation>(&network_);
  if (place->generation == current_) return;
  place->state = current_->automaton.Import(place->generation->automaton, place->state);
  place->generation = current_;
}

// Goes on in a new generation, to which the states of `keep` move.
void MaskCache::StartGeneration(std::vector<Automaton::StateId>* keep, Place* place) {
  auto next = std::make_shared<Generation>(&network_);
  for (Automaton::StateId& state : *keep) {
    state = next->automaton.Import(current_->automaton, state);
  }
  current_ = std::move(next);
  place->generation = current_;
  place->state = keep->front();
}

bool MaskCache::Advance(absl::string_view bytes, Place* place) {
  std::lock_guard<std::mutex> guard(mutex_);
  MoveToCurrent(place);
  Automaton::StateId state = place->state;
  for (const char c : bytes) {
    state = current_->automaton.Step(state, static_cast<uint8_t>(c));
    if (state == Automaton::kDead) return false;
  }
  if (current_->automaton.BytesToEnd(state) >= Network::kUnspellable) return false;
  SetState(state, place);
  return true;
}

void MaskCache::Walk(Place* place, Visitor visit) {
  MoveToCurrent(place);
  const std::vector<Vocabulary::Node>& nodes = vocabulary_.nodes();
  // The states after the bytes of the node that is visited; before them, the place itself.
  std::vector<Automaton::StateId> path(1, place->state);
  path.reserve(vocabulary_.longest_token() + 1);
  for (size_t i = 0; i < nodes.size();) {
    const Vocabulary::Node& node = nodes[i];
    path.resize(node.depth);
    const Automaton::StateId state = current_->automaton.Step(path.back(), node.byte);
    if (state == Automaton::kDead) {
      i = node.end;
      continue;
    }
    path.push_back(state);
    const uint32_t bytes_to_end = current_->automaton.BytesToEnd(state);
    if (bytes_to_end < Network::kUnspellable) visit(i, bytes_to_end);
    ++i;
    // Not only between walks: one may find more states than the limit allows.
    if (current_->bytes() > 2 * max_bytes_) StartGeneration(&path, place);
  }
}

const MaskCache::Mask& MaskCache::MaskOf(Place* place) {
  std::lock_guard<std::mutex> guard(mutex_);
  MoveToCurrent(place);
  const auto known = current_->masks.find(place->state);
  if (known != current_->masks.end()) return *known->second;
  auto mask = std::make_unique<Mask>();
  mask->words.assign(vocabulary_.mask_words(), 0);
  Walk(place, [&](size_t node, uint32_t bytes_to_end) {
    const absl::Span<const int32_t> tokens = vocabulary_.TokensOf(node);
    if (tokens.empty()) return;
    mask->most_bytes_after = std::max(mask->most_bytes_after, bytes_to_end);
    for (const int32_t id : tokens) mask->words[id / 64] |= uint64_t{1} << (id % 64);
  });
  std::unique_ptr<Mask>& kept = current_->masks[place->state];
  kept = std::move(mask);
  current_->mask_bytes += sizeof(Mask) + kept->words.size() * sizeof(uint64_t) + 64;
  return *kept;
}

void MaskCache::TokensWithin(uint32_t most_bytes, Place* place, std::vector<uint64_t>* words) {
  std::lock_guard<std::mutex> guard(mutex_);
  words->assign(vocabulary_.mask_words(), 0);
  Walk(place, [&](size_t node, uint32_t bytes_to_end) {
    if (bytes_to_end > most_bytes) return;
    for (const int32_t id : vocabulary_.TokensOf(node)) {
      (*words)[id / 64] |= uint64_t{1} << (id % 64);
    }
  });
}

std::string MaskCache::WayToEnd(const Place& place, size_t max_bytes) {
  std::lock_guard<std::mutex> guard(mutex_);
  return place.generation->automaton.WayToEnd(place.state, max_bytes);
}

uint32_t MaskCache::BytesToEnd(const Place& place) {
  std::lock_guard<std::mutex> guard(mutex_);
  return place.generation->automaton.BytesToEnd(place.state);
}

}  // namespace edgetasks::text
