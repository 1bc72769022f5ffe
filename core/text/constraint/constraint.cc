#include "core/text/constraint/constraint.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/constraint/ebnf.h"
#include "core/text/constraint/grammar.h"
#include "core/text/constraint/json_schema.h"
#include "core/text/constraint/regex.h"

namespace edgetasks::text {
namespace {

// Of a way to the end that is planned at once. Longer ones are planned piece by piece.
constexpr size_t kMaxPlanBytes = 4096;

absl::StatusOr<Grammar> ChoiceGrammar(const std::vector<std::string>& choices) {
  if (choices.empty()) return InvalidOption("the list of choices is empty");
  for (size_t i = 0; i < choices.size(); ++i) {
    if (ReplaceInvalidUtf8(choices[i]) != choices[i]) {
      return InvalidOption("choice ", i, " is not valid UTF-8");
    }
  }
  Grammar grammar;
  grammar.AddRule("choice", OneOf(choices));
  return grammar;
}

absl::StatusOr<Grammar> GrammarOf(const ResponseFormat& format) {
  switch (format.kind) {
    case ResponseFormatKind::kChoice:
      return ChoiceGrammar(format.choices);
    case ResponseFormatKind::kRegex: {
      ET_ASSIGN_OR_RETURN(ExprPtr expr, ParseRegex(format.text, {}));
      Grammar grammar;
      grammar.AddRule("expression", std::move(expr));
      return grammar;
    }
    case ResponseFormatKind::kJsonObject:
      return ParseJsonSchema(R"({"type": "object"})");
    case ResponseFormatKind::kJsonSchema:
      return ParseJsonSchema(format.text);
    case ResponseFormatKind::kGrammar:
      return ParseEbnf(format.text);
    case ResponseFormatKind::kNone:
      break;
  }
  return InvalidOption("response format ", static_cast<int>(format.kind), " is not known");
}

// The fewest tokens that spell `bytes`, last first; empty if none do.
std::vector<int32_t> Spell(const Vocabulary& vocabulary, absl::string_view bytes) {
  constexpr uint32_t kNo = std::numeric_limits<uint32_t>::max();
  const std::vector<Vocabulary::Node>& nodes = vocabulary.nodes();
  struct Choice {
    uint32_t tokens = kNo;  // that spell the rest from here
    int32_t id = -1;        // the first of them
  };
  std::vector<Choice> choices(bytes.size() + 1);
  choices[bytes.size()].tokens = 0;
  for (size_t i = bytes.size(); i-- > 0;) {
    size_t node = 0, end = nodes.size();  // the children to look through
    for (size_t j = i; j < bytes.size(); ++j) {
      while (node < end && nodes[node].byte != static_cast<uint8_t>(bytes[j])) {
        node = nodes[node].end;
      }
      if (node >= end) break;
      const absl::Span<const int32_t> ids = vocabulary.TokensOf(node);
      if (!ids.empty() && choices[j + 1].tokens != kNo &&
          choices[j + 1].tokens + 1 < choices[i].tokens) {
        // Of tokens with the same bytes, byte pieces have the lower ids: the others are usual.
        choices[i] = {choices[j + 1].tokens + 1, ids.back()};
      }
      end = nodes[node].end;
      ++node;
    }
  }
  std::vector<int32_t> plan;
  for (size_t i = 0; i < bytes.size() && choices[i].id >= 0;) {
    plan.push_back(choices[i].id);
    i += vocabulary.BytesOf(choices[i].id).size();
  }
  std::reverse(plan.begin(), plan.end());
  return plan;
}

}  // namespace

Constraint::Constraint(Network network, std::shared_ptr<const Vocabulary> vocabulary,
                       size_t max_cache_bytes)
    : network_(std::move(network)),
      vocabulary_(std::move(vocabulary)),
      cache_(&network_, vocabulary_.get(), max_cache_bytes) {}

absl::StatusOr<std::shared_ptr<const Constraint>> Constraint::Compile(
    const ResponseFormat& format, std::shared_ptr<const Vocabulary> vocabulary,
    size_t max_cache_bytes) {
  if (format.kind == ResponseFormatKind::kNone) return std::shared_ptr<const Constraint>();
  ET_ASSIGN_OR_RETURN(const Grammar grammar, GrammarOf(format));
  ET_ASSIGN_OR_RETURN(Network network, BuildNetwork(grammar, vocabulary->single_bytes()));
  const Network::Node& start = network.nodes[network.start];
  if (start.bytes_to_end >= Network::kUnspellable) {
    return InvalidOption("no text satisfies the format, or the vocabulary cannot spell one");
  }
  if (start.height > Automaton::kMaxDepth) {
    return InvalidOption("every text of the format nests more than ", Automaton::kMaxDepth,
                         " deep");
  }
  return std::shared_ptr<const Constraint>(
      new Constraint(std::move(network), std::move(vocabulary), max_cache_bytes));
}

ConstraintMatcher::ConstraintMatcher(std::shared_ptr<const Constraint> constraint)
    : constraint_(std::move(constraint)) {
  Reset();
}

void ConstraintMatcher::Reset() {
  place_ = constraint_->cache_.Start();
  plan_.clear();
  has_plan_ = false;
}

absl::Span<const uint64_t> ConstraintMatcher::Allowed() {
  return constraint_->cache_.MaskOf(&place_).words;
}

absl::Span<const uint64_t> ConstraintMatcher::AllowedWithin(int tokens_left) {
  const MaskCache::Mask& mask = constraint_->cache_.MaskOf(&place_);
  // No byte needs more than one token.
  const uint32_t rest = static_cast<uint32_t>(std::max(1, tokens_left) - 1);
  if (mask.most_bytes_after <= rest) return mask.words;
  constraint_->cache_.TokensWithin(rest, &place_, &within_);
  if (may_end() && tokens_left < 1) {
    std::fill(within_.begin(), within_.end(), 0);
    return within_;
  }
  // The plan may do with fewer tokens than it has bytes.
  if (min_tokens_to_end() > tokens_left) std::fill(within_.begin(), within_.end(), 0);
  if (!plan_.empty()) within_[plan_.back() / 64] |= uint64_t{1} << (plan_.back() % 64);
  return within_;
}

bool ConstraintMatcher::Accept(int32_t id) {
  const absl::string_view bytes = constraint_->vocabulary().BytesOf(id);
  if (bytes.empty() || !constraint_->cache_.Advance(bytes, &place_)) return false;
  if (has_plan_ && !plan_.empty() && plan_.back() == id) {
    plan_.pop_back();
    if (plan_.empty() && beyond_plan_ > 0) has_plan_ = false;
  } else {
    has_plan_ = false;
  }
  return true;
}

int ConstraintMatcher::min_tokens_to_end() {
  if (!has_plan_) MakePlan();
  return static_cast<int>(plan_.size()) + beyond_plan_;
}

void ConstraintMatcher::MakePlan() {
  const std::string way = constraint_->cache_.WayToEnd(place_, kMaxPlanBytes);
  plan_ = Spell(constraint_->vocabulary(), way);
  const uint32_t bytes = constraint_->cache_.BytesToEnd(place_);
  beyond_plan_ = static_cast<int>(std::min<uint64_t>(bytes - way.size(), 1 << 30));
  has_plan_ = true;
}

}  // namespace edgetasks::text
