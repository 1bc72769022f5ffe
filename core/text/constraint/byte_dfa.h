// Deterministic automata over bytes, written out: for what needs more than "or".
#ifndef CORE_TEXT_CONSTRAINT_BYTE_DFA_H_
#define CORE_TEXT_CONSTRAINT_BYTE_DFA_H_

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"

namespace edgetasks::text {

// State 0 is the start. Plain data: it accepts the texts that lead from there to a state that
// accepts.
struct ByteDfa {
  static constexpr uint32_t kDead = 0xFFFFFFFF;
  struct State {
    State() { next.fill(kDead); }
    std::array<uint32_t, 256> next;
    bool accepts = false;
  };
  std::vector<State> states;

  bool Accepts(absl::string_view text) const;
  // True if it accepts no text.
  bool IsEmpty() const;
};

// How many states the results below may have: 1 KiB each.
inline constexpr int kMaxDfaStates = 10000;

// Texts that both accept, or that the first accepts and the second does not. States from which
// nothing is accepted are left out. Nothing if the result would have more than kMaxDfaStates.
std::optional<ByteDfa> Intersect(const ByteDfa& a, const ByteDfa& b);
std::optional<ByteDfa> Minus(const ByteDfa& a, const ByteDfa& b);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_BYTE_DFA_H_
