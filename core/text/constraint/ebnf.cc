#include "core/text/constraint/ebnf.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/constraint/char_class.h"
#include "core/text/constraint/char_reader.h"
#include "core/text/constraint/regex.h"

namespace edgetasks::text {
namespace {

constexpr int kMaxNesting = 100;  // of groups; the parser recurses
constexpr int kMaxCount = 10000;

bool IsNameStart(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsNameChar(char c) {
  return IsNameStart(c) || absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
}

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text), reader_(text) {}

  absl::StatusOr<Grammar> Parse() {
    SkipSpace();
    while (!reader_.AtEnd()) ET_RETURN_IF_ERROR(TakeRule());
    for (size_t i = 0; i < grammar_.rules.size(); ++i) {
      if (grammar_.rules[i] == nullptr) {
        return ErrorAt(first_use_[i], "there is no rule ", grammar_.names[i]);
      }
    }
    for (const char* name : {"root", "start"}) {
      const auto at = rule_of_.find(name);
      if (at == rule_of_.end()) continue;
      grammar_.start = at->second;
      return std::move(grammar_);
    }
    return Error("there is no rule root (nor start)");
  }

 private:
  template <typename... Args>
  absl::Status Error(const Args&... args) const {
    return ErrorAt(reader_.position(), args...);
  }
  template <typename... Args>
  absl::Status ErrorAt(size_t position, const Args&... args) const {
    const auto line = std::count(text_.begin(), text_.begin() + position, '\n') + 1;
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat("the grammar, line ", line, ": ", args...));
  }

  void SkipSpace() {
    while (!reader_.AtEnd()) {
      if (absl::ascii_isspace(static_cast<unsigned char>(reader_.Peek()))) {
        reader_.TakeChar();
      } else if (reader_.Peek() == '#' || reader_.StartsWith("//")) {
        while (!reader_.AtEnd() && reader_.Peek() != '\n') reader_.TakeChar();
      } else {
        return;
      }
    }
  }

  std::string TakeName() {
    std::string name;
    while (IsNameChar(reader_.Peek())) name.push_back(static_cast<char>(reader_.TakeChar()));
    return name;
  }

  // Skips "::=", ":" or "=".
  bool TakeDefines() {
    SkipSpace();
    return reader_.Take("::=") || reader_.Take(":") || reader_.Take("=");
  }

  // Whether a rule begins here; nothing is skipped.
  bool IsAtRule() {
    const size_t at = reader_.position();
    const bool is_rule = IsNameStart(reader_.Peek()) && !TakeName().empty() && TakeDefines();
    reader_.set_position(at);
    return is_rule;
  }

  int RuleNumber(const std::string& name) {
    const auto [at, is_new] = rule_of_.emplace(name, static_cast<int>(grammar_.rules.size()));
    if (is_new) {
      grammar_.AddRule(name);
      first_use_.push_back(reader_.position());
    }
    return at->second;
  }

  absl::Status TakeRule() {
    if (!IsAtRule()) return Error("expected a rule: name ::= ...");
    const size_t at = reader_.position();
    const int rule = RuleNumber(TakeName());
    TakeDefines();
    if (grammar_.rules[rule] != nullptr) {
      return ErrorAt(at, "rule ", grammar_.names[rule], " is there twice");
    }
    ET_ASSIGN_OR_RETURN(std::vector<ExprPtr> alternatives, TakeAlternatives());
    if (reader_.Take(";")) SkipSpace();
    if (!reader_.AtEnd() && !IsAtRule()) {
      return Error("'", std::string(1, reader_.Peek()), "' cannot stand here");
    }
    grammar_.rules[rule] = WithoutLeftRecursion(rule, std::move(alternatives));
    return absl::OkStatus();
  }

  // e ::= e x | y  is  e ::= y x*.
  static ExprPtr WithoutLeftRecursion(int rule, std::vector<ExprPtr> alternatives) {
    std::vector<ExprPtr> first, more;
    for (ExprPtr& part : alternatives) {
      const bool is_sequence = part->kind == Expr::Kind::kSequence && !part->parts.empty();
      const Expr& begin = is_sequence ? *part->parts[0] : *part;
      if (begin.kind != Expr::Kind::kRule || begin.rule != rule) {
        first.push_back(std::move(part));
      } else if (is_sequence) {
        more.push_back(Sequence({part->parts.begin() + 1, part->parts.end()}));
      }  // else e ::= e, which adds nothing
    }
    ExprPtr result = Alternatives(std::move(first));
    if (more.empty()) return result;
    return Sequence({std::move(result), Repeat(Alternatives(std::move(more)), 0, -1)});
  }

  absl::StatusOr<std::vector<ExprPtr>> TakeAlternatives() {
    std::vector<ExprPtr> alternatives;
    do {
      std::vector<ExprPtr> parts;
      SkipSpace();
      while (!reader_.AtEnd() &&
             absl::string_view("|);").find(reader_.Peek()) == absl::string_view::npos &&
             !IsAtRule()) {
        ET_ASSIGN_OR_RETURN(ExprPtr part, TakePart());
        parts.push_back(std::move(part));
        SkipSpace();
      }
      alternatives.push_back(Sequence(std::move(parts)));
    } while (reader_.Take("|"));
    return alternatives;
  }

  absl::StatusOr<ExprPtr> TakePart() {
    ET_ASSIGN_OR_RETURN(ExprPtr part, TakeAtom());
    for (int repeats = 0; repeats <= kMaxNesting; ++repeats) {
      SkipSpace();
      int min = 0, max = -1;
      if (reader_.Take("*")) {
      } else if (reader_.Take("+")) {
        min = 1;
      } else if (reader_.Take("?")) {
        max = 1;
      } else if (reader_.Peek() == '{') {
        ET_RETURN_IF_ERROR(TakeCounts(&min, &max));
      } else {
        return part;
      }
      part = Repeat(std::move(part), min, max);
    }
    return Error("more than ", kMaxNesting, " repetitions of each other");
  }

  absl::Status TakeCounts(int* min, int* max) {
    const size_t at = reader_.position();
    reader_.Take("{");
    SkipSpace();
    *min = reader_.TakeNumber(kMaxCount);
    SkipSpace();
    *max = *min;
    if (reader_.Take(",")) {
      SkipSpace();
      *max = reader_.TakeNumber(kMaxCount);
      SkipSpace();
    }
    if (*min < 0 || !reader_.Take("}")) return ErrorAt(at, "expected {m}, {m,} or {m,n}");
    if (*min > kMaxCount || *max > kMaxCount) return ErrorAt(at, "a count is beyond ", kMaxCount);
    if (*max >= 0 && *min > *max) return ErrorAt(at, "the counts are in the wrong order");
    return absl::OkStatus();
  }

  absl::StatusOr<ExprPtr> TakeAtom() {
    const size_t at = reader_.position();
    if (reader_.Take("(")) {
      if (++nesting_ > kMaxNesting) {
        return ErrorAt(at, "groups are nested more than ", kMaxNesting, " deep");
      }
      ET_ASSIGN_OR_RETURN(std::vector<ExprPtr> alternatives, TakeAlternatives());
      --nesting_;
      if (!reader_.Take(")")) return ErrorAt(at, "the group is not closed");
      return Alternatives(std::move(alternatives));
    }
    if (reader_.Take("[")) {
      absl::StatusOr<CharSet> set = TakeCharClass(&reader_);
      if (!set.ok()) return ErrorAt(at, set.status().message());
      return Chars(*std::move(set));
    }
    if (reader_.Take(".")) return Chars(CharSet('\n', '\n').Complement());
    if (reader_.Peek() == '"' || reader_.Peek() == '\'') return TakeText();
    if (reader_.Peek() == '/') return TakeExpression();
    if (IsNameStart(reader_.Peek())) return Rule(RuleNumber(TakeName()));
    return Error("'", std::string(1, reader_.Peek()), "' cannot stand here");
  }

  absl::StatusOr<ExprPtr> TakeText() {
    const size_t at = reader_.position();
    const char32_t quote = reader_.TakeChar();
    std::string text;
    while (!reader_.AtEnd() && reader_.Peek() != '\n') {
      char32_t c = reader_.TakeChar();
      if (c == quote) return Text(text);
      if (c == '\\') {
        const absl::StatusOr<char32_t> escaped = reader_.TakeEscapedChar();
        if (!escaped.ok()) return Error(escaped.status().message());
        c = *escaped;
      }
      AppendUtf8(c, &text);
    }
    return ErrorAt(at, "the text is not closed on its line");
  }

  absl::StatusOr<ExprPtr> TakeExpression() {
    const size_t at = reader_.position();
    reader_.Take("/");
    const size_t begin = reader_.position();
    while (!reader_.AtEnd() && reader_.Peek() != '/' && reader_.Peek() != '\n') {
      if (reader_.Take("\\") && (reader_.AtEnd() || reader_.Peek() == '\n')) break;
      reader_.TakeChar();
    }
    const absl::string_view pattern = text_.substr(begin, reader_.position() - begin);
    if (!reader_.Take("/")) return ErrorAt(at, "the regular expression is not closed on its line");
    absl::StatusOr<ExprPtr> expr = ParseRegex(pattern, {});
    if (!expr.ok()) return ErrorAt(at, expr.status().message());
    return expr;
  }

  const absl::string_view text_;
  CharReader reader_;
  Grammar grammar_;
  std::unordered_map<std::string, int> rule_of_;
  std::vector<size_t> first_use_;  // of each rule's name
  int nesting_ = 0;
};

}  // namespace

absl::StatusOr<Grammar> ParseEbnf(absl::string_view text) {
  if (ReplaceInvalidUtf8(text) != text) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     "the grammar is not valid UTF-8");
  }
  return Parser(text).Parse();
}

}  // namespace edgetasks::text
