#include "core/text/constraint/mask_cache.h"

#include <algorithm>
#include <utility>

namespace edgetasks::text {
namespace {

// LoopsOf costs about as much as a walk over so many nodes.
constexpr size_t kManyNodes = 1000;
// States inside of characters that are followed; where there are more, few will lead back.
constexpr size_t kMostInside = 32;

}  // namespace

MaskCache::MaskCache(const Network* network, const Vocabulary* vocabulary, size_t max_bytes)
    : network_(*network),
      vocabulary_(*vocabulary),
      max_bytes_(max_bytes),
      not_ascii_(Utf8RangesOf(CharSet(0x80, 0x10FFFF))),
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

uint32_t MaskCache::LoopsOf(Automaton::StateId state) {
  uint32_t others = uint32_t{1} << Vocabulary::kNoCharacter;
  for (uint8_t byte = 0; byte < 0x80; ++byte) {
    if (current_->automaton.Step(state, byte) == state) continue;
    others |= uint32_t{1} << Vocabulary::KindOf(byte);
  }
  const uint32_t not_ascii = uint32_t{1} << Vocabulary::kNotAscii;
  std::vector<Automaton::StateId> now, next;  // after a part of a character
  for (const ByteRanges& character : not_ascii_) {
    now = {state};
    for (const ByteRange& range : character) {
      next.clear();
      for (const Automaton::StateId from : now) {
        for (int byte = range.first; byte <= range.last; ++byte) {
          const Automaton::StateId to = current_->automaton.Step(from, static_cast<uint8_t>(byte));
          if (std::find(next.begin(), next.end(), to) != next.end()) continue;
          if (to == Automaton::kDead || next.size() == kMostInside) return ~(others | not_ascii);
          next.push_back(to);
        }
      }
      std::swap(now, next);
    }
    if (now.size() > 1 || now[0] != state) others |= not_ascii;
  }
  return ~others;
}

void MaskCache::Walk(Place* place, Visitor visit) {
  MoveToCurrent(place);
  const std::vector<Vocabulary::Node>& nodes = vocabulary_.nodes();
  // The states after the bytes of the node that is visited; before them, the place itself.
  std::vector<Automaton::StateId> path(1, place->state);
  path.reserve(vocabulary_.longest_token() + 1);
  Automaton::StateId looping = Automaton::kDead;  // the last state whose loops were asked for
  uint32_t loops = 0;
  for (size_t i = 0; i < nodes.size();) {
    const Vocabulary::Node& node = nodes[i];
    path.resize(node.depth);
    const Automaton::StateId state = current_->automaton.Step(path.back(), node.byte);
    if (state == Automaton::kDead) {
      i = node.end;
      continue;
    }
    // Inside of strings and the like most tokens change nothing: they are not looked at one by one.
    if (state == path.back() && state != looping && node.end - i > kManyNodes) {
      looping = state;
      loops = LoopsOf(state);
    }
    const bool all_stay = state == looping && (node.kinds_below & ~loops) == 0;
    const size_t next = all_stay ? node.end : i + 1;
    path.push_back(state);
    const uint32_t bytes_to_end = current_->automaton.BytesToEnd(state);
    const absl::Span<const int32_t> tokens = vocabulary_.TokensOf(i, next);
    if (!tokens.empty() && bytes_to_end < Network::kUnspellable) visit(tokens, bytes_to_end);
    i = next;
    // Not only between walks: one may find more states than the limit allows.
    if (current_->bytes() > 2 * max_bytes_) {
      StartGeneration(&path, place);
      looping = Automaton::kDead;
    }
  }
}

const MaskCache::Mask& MaskCache::MaskOf(Place* place) {
  std::lock_guard<std::mutex> guard(mutex_);
  MoveToCurrent(place);
  const auto known = current_->masks.find(place->state);
  if (known != current_->masks.end()) return *known->second;
  auto mask = std::make_unique<Mask>();
  mask->words.assign(vocabulary_.mask_words(), 0);
  Walk(place, [&](absl::Span<const int32_t> tokens, uint32_t bytes_to_end) {
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
  Walk(place, [&](absl::Span<const int32_t> tokens, uint32_t bytes_to_end) {
    if (bytes_to_end > most_bytes) return;
    for (const int32_t id : tokens) (*words)[id / 64] |= uint64_t{1} << (id % 64);
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
