#include "core/text/tokenizer_json/pattern_syntax.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace edgetasks::text::tokenizer_json {
namespace {

constexpr int kMaxClassDepth = 16;
constexpr absl::string_view kAnyCharacter = "[\\x{0}-\\x{10FFFF}]";

// POSIX brackets by Unicode's properties, where Oniguruma and PCRE2 differ.
constexpr absl::string_view kPosix[][2] = {
    {"alpha", "\\p{Alphabetic}"},   {"alnum", "\\p{Alphabetic}\\p{Nd}"},
    {"word", kWordClass},           {"upper", "\\p{Uppercase}"},
    {"lower", "\\p{Lowercase}"},    {"space", kSpaceClass},
    {"punct", "\\p{P}$+<=>\\^`|~"}, {"digit", "\\p{Nd}"}};

class Translator {
 public:
  explicit Translator(absl::string_view pattern) : pattern_(pattern) {}

  absl::StatusOr<std::string> Translate() {
    groups_.push_back({0, 0});
    while (at_ < pattern_.size()) ET_RETURN_IF_ERROR(Next());
    if (groups_.size() != 1) return Corrupt("a group does not close");
    out_.append(static_cast<size_t>(groups_.back().extra_closers), ')');
    return std::move(out_);
  }

 private:
  struct Group {
    size_t start;       // in out_
    int extra_closers;  // of options that hold for its rest
  };

  // A character class, as PCRE2 can say it: one bracket's content, and whole atoms beside it.
  struct ClassUnion {
    std::string content;
    std::vector<std::string> atoms;
  };

  absl::Status Next() {
    const char c = pattern_[at_];
    switch (c) {
      case '\\':
        return Escape();
      case '[':
        return Class();
      case '(':
        return OpenGroup();
      case ')':
        return CloseGroup();
      case '{':
        return Interval();
      default: {
        if (c != '?' && c != '*' && c != '+') atom_ = out_.size();
        // No character's bytes are split: they are above 0x7F.
        const size_t length = std::max<size_t>(1, Utf8CharBytes(pattern_.substr(at_)));
        out_.append(pattern_.data() + at_, length);
        at_ += length;
        return absl::OkStatus();
      }
    }
  }

  absl::Status Escape() {
    if (at_ + 1 >= pattern_.size()) return Corrupt("the pattern ends with a backslash");
    atom_ = out_.size();
    const char c = pattern_[at_ + 1];
    switch (c) {
      case 's':
        return Emit(absl::StrCat("[", kSpaceClass, "]"), 2);
      case 'S':
        return Emit(absl::StrCat("[^", kSpaceClass, "]"), 2);
      case 'w':
        return Emit(absl::StrCat("[", kWordClass, "]"), 2);
      case 'W':
        return Emit(absl::StrCat("[^", kWordClass, "]"), 2);
      case 'b':
        return Emit(absl::StrCat("(?:(?<=[", kWordClass, "])(?![", kWordClass, "])|(?<![",
                                 kWordClass, "])(?=[", kWordClass, "]))"),
                    2);
      case 'B':
        return Emit(absl::StrCat("(?:(?<=[", kWordClass, "])(?=[", kWordClass, "])|(?<![",
                                 kWordClass, "])(?![", kWordClass, "]))"),
                    2);
      case 'd':
        return Emit("\\p{Nd}", 2);
      case 'D':
        return Emit("\\P{Nd}", 2);
      case 'h':
        return Emit("[0-9A-Fa-f]", 2);
      case 'H':
        return Emit("[^0-9A-Fa-f]", 2);
      case 'v':
        return Emit("\\x0B", 2);
      case 'O':
        return Emit(kAnyCharacter, 2);
      case 'u':
        return CodePoint();
      case 'g':
      case 'y':
      case 'Y':
      case 'M':
      case 'C':
        return NotSupported(absl::StrCat("\\", absl::string_view(&c, 1)));
      default:
        break;
    }
    return CopyEscape(&out_);
  }

  // \p{...} and \x{...} as a whole, others with the one character that follows.
  absl::Status CopyEscape(std::string* to) {
    size_t length = 2;
    const char c = pattern_[at_ + 1];
    if ((c == 'p' || c == 'P' || c == 'x' || c == 'k' || c == 'o') && at_ + 2 < pattern_.size() &&
        (pattern_[at_ + 2] == '{' || pattern_[at_ + 2] == '<')) {
      const char closer = pattern_[at_ + 2] == '{' ? '}' : '>';
      const size_t end = pattern_.find(closer, at_);
      if (end == absl::string_view::npos) return Corrupt("a brace does not close");
      length = end + 1 - at_;
    } else if (static_cast<unsigned char>(c) >= 0x80) {
      length = 1 + std::max<size_t>(1, Utf8CharBytes(pattern_.substr(at_ + 1)));
    }
    to->append(pattern_.data() + at_, length);
    at_ += length;
    return absl::OkStatus();
  }

  absl::Status CodePoint() {
    std::string escape;
    ET_RETURN_IF_ERROR(CodePointTo(&escape));
    out_ += escape;
    return absl::OkStatus();
  }
  absl::Status CodePointTo(std::string* to) {
    if (at_ + 6 > pattern_.size()) return Corrupt("\\u wants four digits");
    for (size_t i = at_ + 2; i < at_ + 6; ++i) {
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(pattern_[i]))) {
        return Corrupt("\\u wants four digits");
      }
    }
    absl::StrAppend(to, "\\x{", pattern_.substr(at_ + 2, 4), "}");
    at_ += 6;
    return absl::OkStatus();
  }

  absl::Status OpenGroup() {
    const absl::string_view rest = pattern_.substr(at_);
    for (const absl::string_view call : {"(?~", "(?{", "(*", "(?(", "(?&", "(?R", "(?@"}) {
      if (rest.substr(0, call.size()) == call) return NotSupported(call);
    }
    if (rest.substr(0, 3) == "(?#") {
      const size_t end = pattern_.find(')', at_);
      if (end == absl::string_view::npos) return Corrupt("a comment does not close");
      at_ = end + 1;
      return absl::OkStatus();
    }
    if (rest.size() > 2 && rest[1] == '?' && (absl::ascii_isalpha(rest[2]) || rest[2] == '-')) {
      return Options();
    }
    groups_.push_back({out_.size(), 0});
    // "(?<name>", "(?<=" and their like are the same in both.
    const size_t length = rest.size() > 1 && rest[1] == '?' ? std::min<size_t>(3, rest.size()) : 1;
    out_.append(rest.data(), length);
    at_ += length;
    return absl::OkStatus();
  }

  // (?i), (?m-ix:...): "m" lets the dot match newlines, as "s" does for PCRE2. Without a colon the
  // options hold to the end of the group, over its alternatives, as one group of their own.
  absl::Status Options() {
    std::string flags;
    size_t i = at_ + 2;
    for (; i < pattern_.size() && pattern_[i] != ')' && pattern_[i] != ':'; ++i) {
      const char flag = pattern_[i];
      if (flag != 'i' && flag != 'm' && flag != 'x' && flag != '-') {
        return NotSupported(absl::StrCat("the option (?", pattern_.substr(i, 1), ")"));
      }
      flags.push_back(flag == 'm' ? 's' : flag);
    }
    if (i >= pattern_.size()) return Corrupt("a group does not close");
    const size_t start = out_.size();
    absl::StrAppend(&out_, "(?", flags, ":");
    if (pattern_[i] == ':') {
      groups_.push_back({start, 0});
    } else {
      ++groups_.back().extra_closers;
    }
    at_ = i + 1;
    return absl::OkStatus();
  }

  absl::Status CloseGroup() {
    if (groups_.size() < 2) return Corrupt("a group closes that is not open");
    out_.append(static_cast<size_t>(groups_.back().extra_closers), ')');
    atom_ = groups_.back().start;
    groups_.pop_back();
    out_.push_back(')');
    ++at_;
    return absl::OkStatus();
  }

  // {n,m}; {,m} is {0,m}. A "+" after it repeats the whole, a "?" after {n} makes it optional.
  absl::Status Interval() {
    const size_t end = pattern_.find('}', at_);
    bool numbers = end != absl::string_view::npos && end > at_ + 1;
    bool comma = false;
    for (size_t i = at_ + 1; numbers && i < end; ++i) {
      if (pattern_[i] == ',' && !comma) {
        comma = true;
      } else if (!absl::ascii_isdigit(static_cast<unsigned char>(pattern_[i]))) {
        numbers = false;
      }
    }
    if (!numbers || (comma && end == at_ + 2)) {  // a brace like any other character
      atom_ = out_.size();
      return Emit("\\{", 1);
    }
    const absl::string_view inside = pattern_.substr(at_ + 1, end - at_ - 1);
    absl::StrAppend(&out_, "{", inside[0] == ',' ? "0" : "", inside, "}");
    at_ = end + 1;
    if (at_ < pattern_.size() && (pattern_[at_] == '+' || (pattern_[at_] == '?' && !comma))) {
      out_.insert(atom_, "(?:");
      absl::StrAppend(&out_, ")", pattern_.substr(at_, 1));
      ++at_;
    }
    return absl::OkStatus();
  }

  absl::Status Class() {
    atom_ = out_.size();
    ET_ASSIGN_OR_RETURN(const std::string atom, ClassAtom(0));
    out_ += atom;
    return absl::OkStatus();
  }

  // What stands from "[" to its "]".
  absl::StatusOr<std::string> ClassAtom(int depth) {
    if (depth > kMaxClassDepth) return Corrupt("brackets nest too deep");
    ++at_;
    const bool negated = at_ < pattern_.size() && pattern_[at_] == '^';
    if (negated) ++at_;
    std::vector<ClassUnion> all(1);  // to be intersected
    for (bool first = true;; first = false) {
      if (at_ >= pattern_.size()) return Corrupt("a bracket does not close");
      const absl::string_view rest = pattern_.substr(at_);
      if (rest[0] == ']' && !(first && rest.find(']', 1) != absl::string_view::npos)) {
        ++at_;
        return Join(all, negated);
      }
      if (rest.substr(0, 2) == "&&") {
        at_ += 2;
        all.emplace_back();
      } else {
        ET_RETURN_IF_ERROR(ClassItem(depth, &all.back()));
      }
    }
  }

  absl::Status ClassItem(int depth, ClassUnion* items) {
    const absl::string_view rest = pattern_.substr(at_);
    if (rest.substr(0, 2) == "[:") {
      const size_t end = rest.find(":]");
      if (end != absl::string_view::npos) {
        AddPosix(rest.substr(0, end + 2), items);
        at_ += end + 2;
        return absl::OkStatus();
      }
    }
    if (rest[0] == '[') {
      ET_ASSIGN_OR_RETURN(std::string atom, ClassAtom(depth + 1));
      items->atoms.push_back(std::move(atom));
      return absl::OkStatus();
    }
    if (rest[0] == '\\') return ClassEscape(items);
    const size_t length = std::max<size_t>(1, Utf8CharBytes(rest));
    if (rest[0] == '^') items->content.push_back('\\');  // may come to stand first
    items->content.append(rest.data(), length);
    at_ += length;
    return absl::OkStatus();
  }

  // [:alpha:] or [:^alpha:]. Other names mean the same to both.
  static void AddPosix(absl::string_view bracket, ClassUnion* items) {
    const bool negated = bracket.substr(0, 3) == "[:^";
    const size_t start = negated ? 3 : 2;
    const absl::string_view name = bracket.substr(start, bracket.size() - start - 2);
    for (const auto& [known, content] : kPosix) {
      if (name != known) continue;
      if (negated) {
        items->atoms.push_back(absl::StrCat("[^", content, "]"));
      } else {
        items->content.append(content.data(), content.size());
      }
      return;
    }
    items->content.append(bracket.data(), bracket.size());
  }

  absl::Status ClassEscape(ClassUnion* items) {
    if (at_ + 1 >= pattern_.size()) return Corrupt("the pattern ends with a backslash");
    const auto add = [&](absl::string_view content) {
      items->content.append(content.data(), content.size());
      at_ += 2;
      return absl::OkStatus();
    };
    const auto add_atom = [&](absl::string_view content) {
      items->atoms.push_back(absl::StrCat("[^", content, "]"));
      at_ += 2;
      return absl::OkStatus();
    };
    switch (pattern_[at_ + 1]) {
      case 's':
        return add(kSpaceClass);
      case 'S':
        return add_atom(kSpaceClass);
      case 'w':
        return add(kWordClass);
      case 'W':
        return add_atom(kWordClass);
      case 'd':
        return add("\\p{Nd}");
      case 'D':
        return add("\\P{Nd}");
      case 'h':
        return add("0-9A-Fa-f");
      case 'H':
        return add_atom("0-9A-Fa-f");
      case 'v':
        return add("\\x0B");
      case 'u':
        return CodePointTo(&items->content);
      default:
        return CopyEscape(&items->content);
    }
  }

  // One atom of PCRE2 for the intersection of unions.
  static std::string Join(const std::vector<ClassUnion>& all, bool negated) {
    if (all.size() == 1 && all[0].atoms.empty()) {
      if (all[0].content.empty()) return negated ? std::string(kAnyCharacter) : "(?!)";
      return absl::StrCat(negated ? "[^" : "[", all[0].content, "]");
    }
    std::string atom;
    for (size_t i = all.size(); i-- > 0;) {
      std::vector<std::string> parts = all[i].atoms;
      if (!all[i].content.empty()) parts.push_back(absl::StrCat("[", all[i].content, "]"));
      const std::string one = absl::StrJoin(parts, "|");
      atom = i + 1 == all.size() ? absl::StrCat("(?:", one, ")")
                                 : absl::StrCat("(?=", atom, ")(?:", one, ")");
    }
    if (negated) return absl::StrCat("(?:(?!", atom, ")", kAnyCharacter, ")");
    return absl::StrCat("(?:", atom, ")");
  }

  absl::Status Emit(absl::string_view text, size_t read) {
    out_.append(text.data(), text.size());
    at_ += read;
    return absl::OkStatus();
  }
  absl::Status Corrupt(absl::string_view what) const {
    return CorruptFile("the pattern \"", pattern_, "\", byte ", at_, ": ", what);
  }
  absl::Status NotSupported(absl::string_view what) const {
    return Unsupported(ErrorDetail::kUnsupportedFormat, "the pattern \"", pattern_, "\", byte ",
                       at_, ": ", what, " is not supported");
  }

  absl::string_view pattern_;
  size_t at_ = 0;
  std::string out_;
  size_t atom_ = 0;  // where in out_ the last atom starts, which a quantifier belongs to
  std::vector<Group> groups_;
};

}  // namespace

absl::StatusOr<std::string> TranslatePattern(absl::string_view pattern) {
  return Translator(pattern).Translate();
}

}  // namespace edgetasks::text::tokenizer_json
