#include "core/text/constraint/byte_dfa.h"

#include <map>
#include <utility>

namespace edgetasks::text {
namespace {

constexpr uint32_t kDead = ByteDfa::kDead;

// For each state, whether some text leads from it to one that accepts.
std::vector<bool> LiveStates(const ByteDfa& dfa) {
  const size_t n = dfa.states.size();
  std::vector<std::vector<uint32_t>> before(n);
  std::vector<bool> live(n, false);
  std::vector<uint32_t> open;
  for (uint32_t s = 0; s < n; ++s) {
    uint32_t last = kDead;
    for (const uint32_t next : dfa.states[s].next) {
      if (next != kDead && next != last) before[next].push_back(s);
      last = next;
    }
    if (!dfa.states[s].accepts) continue;
    live[s] = true;
    open.push_back(s);
  }
  while (!open.empty()) {
    const uint32_t s = open.back();
    open.pop_back();
    for (const uint32_t p : before[s]) {
      if (live[p]) continue;
      live[p] = true;
      open.push_back(p);
    }
  }
  return live;
}

ByteDfa WithoutDeadStates(const ByteDfa& dfa) {
  const std::vector<bool> live = LiveStates(dfa);
  std::vector<uint32_t> id(dfa.states.size(), kDead);
  ByteDfa result;
  for (size_t s = 0; s < dfa.states.size(); ++s) {
    if (!live[s] && s != 0) continue;
    id[s] = static_cast<uint32_t>(result.states.size());
    result.states.push_back(dfa.states[s]);
  }
  for (ByteDfa::State& state : result.states) {
    for (uint32_t& next : state.next) {
      if (next != kDead) next = live[next] ? id[next] : kDead;
    }
  }
  return result;
}

// The product of both. `minus`: b must not accept, and its dead state is one like any other.
std::optional<ByteDfa> Product(const ByteDfa& a, const ByteDfa& b, bool minus) {
  using Pair = std::pair<uint32_t, uint32_t>;
  std::map<Pair, uint32_t> ids;
  std::vector<Pair> pairs;
  ByteDfa result;
  bool too_large = false;
  const auto id_of = [&](Pair pair) -> uint32_t {
    if (pair.first == kDead || (pair.second == kDead && !minus)) return kDead;
    const auto [at, is_new] = ids.emplace(pair, static_cast<uint32_t>(pairs.size()));
    if (!is_new) return at->second;
    if (pairs.size() >= kMaxDfaStates) too_large = true;
    if (too_large) return kDead;
    const bool b_accepts = pair.second != kDead && b.states[pair.second].accepts;
    pairs.push_back(pair);
    result.states.emplace_back();
    result.states.back().accepts = a.states[pair.first].accepts && b_accepts != minus;
    return at->second;
  };
  id_of({0, 0});
  for (size_t s = 0; s < pairs.size() && !too_large; ++s) {
    const Pair pair = pairs[s];
    for (int byte = 0; byte < 256; ++byte) {
      const uint32_t next_b = pair.second == kDead ? kDead : b.states[pair.second].next[byte];
      const uint32_t next = id_of({a.states[pair.first].next[byte], next_b});
      result.states[s].next[byte] = next;
    }
  }
  if (too_large) return std::nullopt;
  return WithoutDeadStates(result);
}

}  // namespace

bool ByteDfa::Accepts(absl::string_view text) const {
  uint32_t s = 0;
  for (const char c : text) {
    s = states[s].next[static_cast<uint8_t>(c)];
    if (s == kDead) return false;
  }
  return states[s].accepts;
}

bool ByteDfa::IsEmpty() const { return !LiveStates(*this)[0]; }

std::optional<ByteDfa> Intersect(const ByteDfa& a, const ByteDfa& b) {
  return Product(a, b, /*minus=*/false);
}

std::optional<ByteDfa> Minus(const ByteDfa& a, const ByteDfa& b) {
  return Product(a, b, /*minus=*/true);
}

}  // namespace edgetasks::text
