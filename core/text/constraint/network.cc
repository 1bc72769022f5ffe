#include "core/text/constraint/network.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/text/constraint/network_exits.h"
#include "core/text/constraint/utf8_ranges.h"

namespace edgetasks::text {
namespace {

absl::Status Invalid(const std::string& what) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption, what);
}

// Builds from the end: each Emit is told where its text leads and returns where it begins.
class Builder {
 public:
  explicit Builder(const Grammar& grammar) : grammar_(grammar) {}

  absl::StatusOr<Network> Build() {
    AddNode();  // kFinal
    for (size_t i = 0; i < grammar_.rules.size(); ++i) rule_start_.push_back(AddNode());
    for (size_t i = 0; i < grammar_.rules.size(); ++i) {
      const NodeId start = Emit(*grammar_.rules[i], Network::kFinal);
      network_.nodes[rule_start_[i]].epsilons.push_back(start);
      if (too_large_) {
        return Invalid(absl::StrCat("the format is too large: rule ", grammar_.names[i],
                                    " needs more than ", kMaxNodes,
                                    " states; use smaller counts or fewer alternatives"));
      }
    }
    network_.start = rule_start_[grammar_.start];
    ET_RETURN_IF_ERROR(CheckLeftRecursion());
    FindByteClasses();
    return std::move(network_);
  }

 private:
  NodeId AddNode() {
    if (network_.nodes.size() >= kMaxNodes) {
      too_large_ = true;
      return Network::kFinal;
    }
    network_.nodes.emplace_back();
    return static_cast<NodeId>(network_.nodes.size() - 1);
  }
  Network::Node& node(NodeId id) { return network_.nodes[id]; }

  NodeId Emit(const Expr& expr, NodeId next) {
    if (too_large_) return next;
    switch (expr.kind) {
      case Expr::Kind::kTexts:
        return EmitTexts(expr.texts, next);
      case Expr::Kind::kChars:
        return EmitChars(expr.chars, next);
      case Expr::Kind::kSequence:
        for (auto part = expr.parts.rbegin(); part != expr.parts.rend(); ++part) {
          next = Emit(**part, next);
        }
        return next;
      case Expr::Kind::kAlternatives: {
        const NodeId start = AddNode();
        for (const ExprPtr& part : expr.parts) {
          const NodeId begin = Emit(*part, next);
          if (!too_large_) node(start).epsilons.push_back(begin);
        }
        return start;
      }
      case Expr::Kind::kRepeat:
        return EmitRepeat(expr, next);
      case Expr::Kind::kRule:
        return EmitCall(rule_start_[expr.rule], next);
      case Expr::Kind::kDfa:
        return EmitDfa(*expr.dfa, next);
    }
    return next;
  }

  // Texts share their beginnings: long lists stay deterministic.
  NodeId EmitTexts(const std::vector<std::string>& texts, NodeId next) {
    if (texts.size() == 1) {
      for (auto c = texts[0].rbegin(); c != texts[0].rend(); ++c) {
        next = EmitByteRange(static_cast<uint8_t>(*c), static_cast<uint8_t>(*c), next);
      }
      return next;
    }
    std::vector<absl::string_view> sorted(texts.begin(), texts.end());
    std::sort(sorted.begin(), sorted.end());
    return EmitSorted(absl::MakeConstSpan(sorted), next);
  }

  // A tree without recursion: a list may hold texts of any length.
  NodeId EmitSorted(absl::Span<const absl::string_view> sorted, NodeId next) {
    const NodeId root = AddNode();
    std::vector<NodeId> path = {root};  // of the last text, a node for each byte before which it is
    absl::string_view last;
    for (const absl::string_view text : sorted) {
      size_t common = 0;
      while (common < std::min(text.size(), last.size()) && text[common] == last[common]) ++common;
      path.resize(common + 1);
      for (size_t i = common; i < text.size() && !too_large_; ++i) {
        const NodeId child = AddNode();
        const auto byte = static_cast<uint8_t>(text[i]);
        node(path.back()).edges.push_back({byte, byte, child});
        path.push_back(child);
      }
      if (too_large_) return root;
      node(path.back()).epsilons.push_back(next);
      last = text;
    }
    return root;
  }

  NodeId EmitByteRange(uint8_t first, uint8_t last, NodeId next) {
    const NodeId start = AddNode();
    if (!too_large_) node(start).edges.push_back({first, last, next});
    return start;
  }

  NodeId EmitChars(const CharSet& chars, NodeId next) {
    const NodeId start = AddNode();
    for (const ByteRanges& sequence : Utf8RangesOf(chars)) {
      NodeId to = next;
      for (size_t i = sequence.size(); i-- > 1;) {
        to = EmitByteRange(sequence[i].first, sequence[i].last, to);
      }
      if (too_large_) return start;
      node(start).edges.push_back({sequence[0].first, sequence[0].last, to});
    }
    return start;
  }

  NodeId EmitCall(NodeId rule_start, NodeId next) {
    const NodeId start = AddNode();
    if (too_large_) return start;
    if (next == Network::kFinal) {
      node(start).epsilons.push_back(rule_start);
    } else {
      node(start).call = rule_start;
      node(start).return_to = next;
    }
    return start;
  }

  // What is counted is a rule of its own, unless it is small, so that a count costs a node each.
  NodeId EmitRepeat(const Expr& expr, NodeId next) {
    const Expr& part = *expr.parts[0];
    const int copies = std::max(expr.max, expr.min + (expr.max < 0 ? 1 : 0));
    NodeId rule = Network::kNone;
    if (copies > 2 && !IsSmall(part)) {
      rule = AddNode();
      const NodeId begin = Emit(part, Network::kFinal);
      node(rule).epsilons.push_back(begin);
    }
    const auto emit = [&](NodeId to) {
      return rule == Network::kNone ? Emit(part, to) : EmitCall(rule, to);
    };
    if (expr.max < 0) {
      const NodeId loop = AddNode();
      const NodeId begin = emit(loop);
      if (!too_large_) node(loop).epsilons = {begin, next};
      next = loop;
    } else {
      const NodeId end = next;
      for (int i = expr.min; i < expr.max && !too_large_; ++i) {
        const NodeId start = AddNode();
        const NodeId begin = emit(next);
        if (!too_large_) node(start).epsilons = {begin, end};
        next = start;
      }
    }
    for (int i = 0; i < expr.min && !too_large_; ++i) next = emit(next);
    return next;
  }

  static bool IsSmall(const Expr& expr) {
    switch (expr.kind) {
      case Expr::Kind::kTexts:
        return expr.texts.size() <= 1 && (expr.texts.empty() || expr.texts[0].size() <= 2);
      case Expr::Kind::kChars:
        return expr.chars.empty() || expr.chars.ranges().back().last < 0x80;
      case Expr::Kind::kRule:
        return true;
      default:
        return false;
    }
  }

  NodeId EmitDfa(const ByteDfa& dfa, NodeId next) {
    std::vector<NodeId> ids;
    for (size_t s = 0; s < dfa.states.size(); ++s) ids.push_back(AddNode());
    for (size_t s = 0; s < dfa.states.size() && !too_large_; ++s) {
      const ByteDfa::State& state = dfa.states[s];
      if (state.accepts) node(ids[s]).epsilons.push_back(next);
      for (int first = 0; first < 256;) {
        int last = first;
        while (last + 1 < 256 && state.next[last + 1] == state.next[first]) ++last;
        if (state.next[first] != ByteDfa::kDead) {
          node(ids[s]).edges.push_back(
              {static_cast<uint8_t>(first), static_cast<uint8_t>(last), ids[state.next[first]]});
        }
        first = last + 1;
      }
    }
    return ids[0];
  }

  absl::Status CheckLeftRecursion();
  void FindByteClasses();

  const Grammar& grammar_;
  Network network_;
  std::vector<NodeId> rule_start_;
  bool too_large_ = false;
};

// A call pushes; if calls and free steps alone lead back to the same call, they do so for ever.
// (A loop of free steps without a call is harmless.)
absl::Status Builder::CheckLeftRecursion() {
  const std::vector<bool> nullable = NullableNodes(network_);
  const FreeComponents components = FindFreeComponents(network_, nullable);
  for (NodeId id = 0; id < network_.nodes.size(); ++id) {
    const NodeId call = network_.nodes[id].call;
    if (call == Network::kNone || components.of[call] != components.of[id]) continue;
    // A rule of the grammar on the cycle.
    for (size_t i = 0; i < rule_start_.size(); ++i) {
      if (components.of[rule_start_[i]] != components.of[id]) continue;
      return Invalid(absl::StrCat("rule ", grammar_.names[i],
                                  " begins with itself (left recursion); write it as a repetition, "
                                  "or so that it ends with itself"));
    }
    return Invalid("a repetition repeats what may be empty, and begins with itself");
  }
  return absl::OkStatus();
}

void Builder::FindByteClasses() {
  std::array<bool, 257> begins{};
  begins[0] = true;
  for (const Network::Node& node : network_.nodes) {
    for (const Network::Edge& edge : node.edges) begins[edge.first] = begins[edge.last + 1] = true;
  }
  for (int byte = 0; byte < 256; ++byte) {
    if (begins[byte]) network_.byte_of_class.push_back(static_cast<uint8_t>(byte));
    network_.class_of[byte] = static_cast<uint8_t>(network_.byte_of_class.size() - 1);
  }
  network_.num_classes = static_cast<int>(network_.byte_of_class.size());
}

}  // namespace

absl::StatusOr<Network> BuildNetwork(const Grammar& grammar,
                                     const std::array<bool, 256>& has_byte) {
  Builder builder(grammar);
  ET_ASSIGN_OR_RETURN(Network network, builder.Build());
  FindExits(has_byte, &network);
  return network;
}

}  // namespace edgetasks::text
