#include "core/text/constraint/regex.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/constraint/char_class.h"
#include "core/text/constraint/char_reader.h"

namespace edgetasks::text {
namespace {

constexpr int kMaxCount = 10000;
constexpr int kMaxNesting = 100;  // of groups; the parser recurses

// One alternative, and whether it is tied to the ends of the text.
struct Branch {
  ExprPtr expr;
  bool at_begin = false, at_end = false;
};

class Parser {
 public:
  Parser(absl::string_view pattern, const RegexOptions& options)
      : reader_(pattern), options_(options) {}

  absl::StatusOr<ExprPtr> Parse() {
    ET_ASSIGN_OR_RETURN(std::vector<Branch> branches, TakeBranches());
    if (!reader_.AtEnd()) return Error("')' closes no group");
    const ExprPtr anything = Repeat(Chars(CharSet::All()), 0, -1);
    std::vector<ExprPtr> parts;
    for (Branch& branch : branches) {
      std::vector<ExprPtr> part;
      if (options_.search && !branch.at_begin) part.push_back(anything);
      part.push_back(std::move(branch.expr));
      if (options_.search && !branch.at_end) part.push_back(anything);
      parts.push_back(Sequence(std::move(part)));
    }
    return Alternatives(std::move(parts));
  }

 private:
  template <typename... Args>
  absl::Status Error(const Args&... args) const {
    return ErrorAt(reader_.position(), args...);
  }
  template <typename... Args>
  absl::Status ErrorAt(size_t position, const Args&... args) const {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat("the regular expression, at byte ", position, ": ", args...));
  }

  // All alternatives up to the end of the group or of the expression.
  absl::StatusOr<std::vector<Branch>> TakeBranches() {
    std::vector<Branch> branches;
    do {
      ET_RETURN_IF_ERROR(TakeBranch(&branches));
    } while (reader_.Take("|"));
    return branches;
  }

  // One alternative; more than one if it is a group whose alternatives have anchors.
  absl::Status TakeBranch(std::vector<Branch>* branches) {
    Branch branch;
    while (reader_.Take("^")) branch.at_begin = true;
    std::vector<ExprPtr> parts;
    std::vector<Branch> anchored;  // the alternatives of the first part, if they have anchors
    size_t anchored_at = 0;
    while (!reader_.AtEnd() && reader_.Peek() != '|' && reader_.Peek() != ')') {
      const size_t at = reader_.position();
      if (reader_.Take("$")) {
        branch.at_end = true;
        continue;
      }
      if (branch.at_end) return ErrorAt(at, "only ')' or '|' can follow '$'");
      if (reader_.Peek() == '^') return Error("'^' stands in the middle, where nothing matches it");
      std::vector<Branch> group;
      ET_ASSIGN_OR_RETURN(ExprPtr part, TakePart(&group));
      if (!group.empty()) {
        anchored = std::move(group);
        anchored_at = at;
      }
      parts.push_back(std::move(part));
    }
    if (anchored.empty()) {
      branch.expr = Sequence(std::move(parts));
      branches->push_back(std::move(branch));
      return absl::OkStatus();
    }
    if (parts.size() != 1) {
      return ErrorAt(anchored_at,
                     "'^' or '$' in a group that is not a whole alternative is not supported");
    }
    for (Branch& b : anchored) {
      b.at_begin |= branch.at_begin;
      b.at_end |= branch.at_end;
      branches->push_back(std::move(b));
    }
    return absl::OkStatus();
  }

  // A character, a class or a group, with what repeats it. `anchored`: filled if it is a group
  // whose alternatives have anchors.
  absl::StatusOr<ExprPtr> TakePart(std::vector<Branch>* anchored) {
    const size_t at = reader_.position();
    ET_ASSIGN_OR_RETURN(ExprPtr part, TakeAtom(anchored));
    int min = 0, max = 0;
    const absl::StatusOr<bool> repeats = TakeQuantifier(&min, &max);
    ET_RETURN_IF_ERROR(repeats.status());
    if (!*repeats) return part;
    if (!anchored->empty()) return ErrorAt(at, "a group with '^' or '$' cannot be repeated");
    if (reader_.Peek() == '+') return Error("possessive repetition is not supported");
    reader_.Take("?");
    if (absl::string_view("*+?").find(reader_.Peek()) != absl::string_view::npos &&
        !reader_.AtEnd()) {
      return Error("a repetition is repeated; put it into a group");
    }
    return Repeat(std::move(part), min, max);
  }

  // False if none is next; a '{' that begins no count is a character, as in Python.
  absl::StatusOr<bool> TakeQuantifier(int* min, int* max) {
    const size_t at = reader_.position();
    *min = 0;
    *max = -1;
    if (reader_.Take("*")) return true;
    if (reader_.Take("+")) {
      *min = 1;
      return true;
    }
    if (reader_.Take("?")) {
      *max = 1;
      return true;
    }
    if (!reader_.Take("{")) return false;
    const int first = reader_.TakeNumber(kMaxCount);
    int last = first;
    const bool has_comma = reader_.Take(",");
    if (has_comma) last = reader_.TakeNumber(kMaxCount);
    if (!reader_.Take("}") || (first < 0 && !has_comma)) {
      reader_.set_position(at);
      return false;
    }
    if (first > kMaxCount || last > kMaxCount) {
      return ErrorAt(at, "a count is beyond ", kMaxCount);
    }
    *min = std::max(first, 0);
    *max = last;
    if (*max >= 0 && *min > *max) return ErrorAt(at, "the counts are in the wrong order");
    return true;
  }

  absl::StatusOr<ExprPtr> TakeAtom(std::vector<Branch>* anchored) {
    const size_t at = reader_.position();
    if (reader_.Take("(")) return TakeGroup(at, anchored);
    if (reader_.Take("[")) {
      absl::StatusOr<CharSet> set = TakeCharClass(&reader_);
      if (!set.ok()) return Error(set.status().message());
      return Chars(*std::move(set));
    }
    if (reader_.Take(".")) return Chars(Dot());
    if (reader_.Take("\\")) return TakeEscape(at);
    int min = 0, max = 0;
    ET_ASSIGN_OR_RETURN(const bool repeats, TakeQuantifier(&min, &max));
    if (repeats) return ErrorAt(at, "there is nothing to repeat");
    const char32_t c = reader_.TakeChar();
    return Chars(CharSet(c, c));
  }

  CharSet Dot() const {
    CharSet excluded('\n', '\n');
    if (options_.ecma_dot) {
      excluded.Add('\r', '\r');
      excluded.Add(0x2028, 0x2029);
    }
    return excluded.Complement();
  }

  absl::StatusOr<ExprPtr> TakeEscape(size_t at) {
    CharSet set;
    const char next = reader_.Peek();
    if (NamedClass(next, &set)) {
      reader_.TakeChar();
      return Chars(std::move(set));
    }
    if (next >= '1' && next <= '9') return ErrorAt(at, "back references are not supported");
    if (next == 'b' || next == 'B') return ErrorAt(at, "word boundaries are not supported");
    if (next == 'A' || next == 'Z')
      return ErrorAt(at, "\\A and \\Z are not supported; use ^ and $");
    const absl::StatusOr<char32_t> c = reader_.TakeEscapedChar();
    if (!c.ok()) return ErrorAt(at, c.status().message());
    return Chars(CharSet(*c, *c));
  }

  absl::StatusOr<ExprPtr> TakeGroup(size_t at, std::vector<Branch>* anchored) {
    ET_RETURN_IF_ERROR(TakeGroupKind(at));
    if (++nesting_ > kMaxNesting) {
      return ErrorAt(at, "groups are nested more than ", kMaxNesting, " deep");
    }
    ET_ASSIGN_OR_RETURN(std::vector<Branch> branches, TakeBranches());
    --nesting_;
    if (!reader_.Take(")")) return ErrorAt(at, "the group is not closed");
    bool has_anchors = false;
    std::vector<ExprPtr> parts;
    for (const Branch& b : branches) {
      has_anchors |= b.at_begin || b.at_end;
      parts.push_back(b.expr);
    }
    if (has_anchors) *anchored = std::move(branches);
    return Alternatives(std::move(parts));
  }

  // What stands behind '(' and is no part of the group's text.
  absl::Status TakeGroupKind(size_t at) {
    if (!reader_.Take("?")) return absl::OkStatus();
    if (reader_.Take(":")) return absl::OkStatus();
    for (const absl::string_view look : {"=", "!", "<=", "<!"}) {
      if (reader_.StartsWith(look)) return ErrorAt(at, "lookaround is not supported");
    }
    reader_.Take("P");
    if (!reader_.Take("<")) return ErrorAt(at, "this kind of group is not supported");
    size_t length = 0;
    while (absl::ascii_isalnum(static_cast<unsigned char>(reader_.Peek())) ||
           reader_.Peek() == '_') {
      reader_.TakeChar();
      ++length;
    }
    if (length == 0 || !reader_.Take(">")) return ErrorAt(at, "the group's name is not one");
    return absl::OkStatus();
  }

  CharReader reader_;
  const RegexOptions options_;
  int nesting_ = 0;
};

}  // namespace

absl::StatusOr<ExprPtr> ParseRegex(absl::string_view pattern, const RegexOptions& options) {
  if (ReplaceInvalidUtf8(pattern) != pattern) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     "the regular expression is not valid UTF-8");
  }
  return Parser(pattern, options).Parse();
}

}  // namespace edgetasks::text
