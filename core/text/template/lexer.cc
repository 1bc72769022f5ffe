#include "core/text/template/lexer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace edgetasks::text::jinja {
namespace {

constexpr size_t npos = absl::string_view::npos;

bool IsNameStart(char c) {
  return absl::ascii_isalpha(static_cast<unsigned char>(c)) || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsSpace(char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); }

class Lexer {
 public:
  explicit Lexer(absl::string_view source) : source_(source) {}

  absl::StatusOr<std::vector<Token>> Run() {
    while (at_ < source_.size()) ET_RETURN_IF_ERROR(TextAndTag());
    Add(Token::Kind::kEnd, "", Here());
    return std::move(tokens_);
  }

 private:
  // The text up to the next bracket, and what is in the bracket.
  absl::Status TextAndTag() {
    size_t open = at_;
    while ((open = source_.find('{', open)) != npos) {
      const char next = open + 1 < source_.size() ? source_[open + 1] : '\0';
      if (next == '{' || next == '%' || next == '#') break;
      ++open;
    }
    if (open == npos) {
      // The one newline at the end of a template is not part of it.
      absl::string_view text = source_.substr(at_);
      if (!text.empty() && text.back() == '\n') text.remove_suffix(1);
      AddText(text);
      at_ = source_.size();
      return absl::OkStatus();
    }
    absl::string_view text = source_.substr(at_, open - at_);
    const char kind = source_[open + 1];
    const char sign = open + 2 < source_.size() ? source_[open + 2] : '\0';
    if (sign == '-') {
      text = text.substr(0, text.size() - TrailingSpace(text));
    } else if (sign != '+' && kind != '{') {
      text = WithoutIndent(text);
    }
    AddText(text);
    at_ = open;
    const Position position = Here();
    at_ += sign == '-' || (sign == '+' && kind != '#') ? 3 : 2;
    if (kind == '#') return Comment(position);
    return Tag(kind, position);
  }

  static size_t TrailingSpace(absl::string_view text) {
    size_t count = 0;
    while (count < text.size() && IsSpace(text[text.size() - 1 - count])) ++count;
    return count;
  }

  // lstrip_blocks: spaces between the start of a line and a block go.
  absl::string_view WithoutIndent(absl::string_view text) const {
    const size_t newline = text.rfind('\n');
    const size_t line = newline == npos ? 0 : newline + 1;
    // The start of the text is the start of a line only at the start of the source, or after a
    // newline that a block before has taken.
    if (newline == npos && !(at_ == 0 || source_[at_ - 1] == '\n')) return text;
    const absl::string_view indent = text.substr(line);
    if (!std::all_of(indent.begin(), indent.end(), IsSpace)) return text;
    return text.substr(0, line);
  }

  absl::Status Comment(const Position& position) {
    const size_t end = source_.find("#}", at_);
    if (end == npos) return ErrorAt(position, "a comment is not closed");
    const char sign = end > at_ ? source_[end - 1] : '\0';
    at_ = end + 2;
    AfterTag(sign, /*trims=*/true);
    return absl::OkStatus();
  }

  // What the closing bracket does to the text behind it: '-' takes all space, trim_blocks a
  // newline.
  void AfterTag(char sign, bool trims) {
    if (sign == '-') {
      while (at_ < source_.size() && IsSpace(source_[at_])) ++at_;
    } else if (sign != '+' && trims && at_ < source_.size() && source_[at_] == '\n') {
      ++at_;
    }
  }

  absl::Status Tag(char kind, const Position& position) {
    const bool block = kind == '%';
    if (block) {
      bool raw = false;
      ET_RETURN_IF_ERROR(Raw(position, &raw));
      if (raw) return absl::OkStatus();
    }
    Add(block ? Token::Kind::kBlockBegin : Token::Kind::kPrintBegin, "", position);
    const absl::string_view close = block ? "%}" : "}}";
    int depth = 0;  // of brackets, whose closing ones are not the tag's
    while (true) {
      SkipSpace();
      if (at_ >= source_.size()) return ErrorAt(position, "a tag is not closed");
      if (depth == 0) {
        const char sign = source_[at_];
        const bool signs = sign == '-' || (sign == '+' && block);
        if (source_.substr(at_ + (signs ? 1 : 0), 2) == close) {
          Add(block ? Token::Kind::kBlockEnd : Token::Kind::kPrintEnd, "", Here());
          at_ += signs ? 3 : 2;
          AfterTag(signs ? sign : '\0', block);
          return absl::OkStatus();
        }
      }
      ET_RETURN_IF_ERROR(Next(&depth));
    }
  }

  // {% raw %} ... {% endraw %}
  absl::Status Raw(const Position& position, bool* raw) {
    size_t i = at_;
    if (!Word("raw", &i)) return absl::OkStatus();
    char sign = '\0';
    if (!CloseOfBlock(&i, &sign)) return absl::OkStatus();
    *raw = true;
    at_ = i;
    AfterTag(sign, true);
    for (size_t open = source_.find("{%", at_); open != npos; open = source_.find("{%", open + 2)) {
      size_t end = open + 2;
      const char before = end < source_.size() ? source_[end] : '\0';
      if (before == '-' || before == '+') ++end;
      if (!Word("endraw", &end)) continue;
      char after = '\0';
      if (!CloseOfBlock(&end, &after)) continue;
      absl::string_view text = source_.substr(at_, open - at_);
      if (before == '-') {
        text = text.substr(0, text.size() - TrailingSpace(text));
      } else if (before != '+') {
        text = WithoutIndent(text);
      }
      AddText(text);
      at_ = end;
      AfterTag(after, true);
      return absl::OkStatus();
    }
    return ErrorAt(position, "{% raw %} without {% endraw %}");
  }
  bool Word(absl::string_view word, size_t* i) const {
    while (*i < source_.size() && IsSpace(source_[*i])) ++*i;
    if (source_.substr(*i, word.size()) != word) return false;
    *i += word.size();
    return true;
  }
  bool CloseOfBlock(size_t* i, char* sign) const {
    while (*i < source_.size() && IsSpace(source_[*i])) ++*i;
    if (*i < source_.size() && (source_[*i] == '-' || source_[*i] == '+')) *sign = source_[(*i)++];
    if (source_.substr(*i, 2) != "%}") return false;
    *i += 2;
    return true;
  }

  absl::Status Next(int* depth) {
    const char c = source_[at_];
    const Position position = Here();
    if (IsNameStart(c)) {
      const size_t begin = at_;
      while (at_ < source_.size() && (IsNameStart(source_[at_]) || IsDigit(source_[at_]))) ++at_;
      Add(Token::Kind::kName, source_.substr(begin, at_ - begin), position);
      return absl::OkStatus();
    }
    if (IsDigit(c)) return Number(position);
    if (c == '"' || c == '\'') return String(c, position);
    for (const absl::string_view op : {"**", "//", "==", "!=", "<=", ">="}) {
      if (source_.substr(at_, 2) != op) continue;
      Add(Token::Kind::kOperator, op, position);
      at_ += 2;
      return absl::OkStatus();
    }
    if (absl::string_view("+-*/%~<>=()[]{}.,:|").find(c) == npos) {
      return ErrorAt(position,
                     absl::StrCat("unexpected character \"", source_.substr(at_, 1), "\""));
    }
    if (c == '(' || c == '[' || c == '{') ++*depth;
    if (c == ')' || c == ']' || c == '}') --*depth;
    if (*depth < 0)
      return ErrorAt(position,
                     absl::StrCat("nothing is open that \"", source_.substr(at_, 1), "\" closes"));
    Add(Token::Kind::kOperator, source_.substr(at_, 1), position);
    ++at_;
    return absl::OkStatus();
  }

  // 42, 1_000, 0x2A, 1.5, 1e-3
  absl::Status Number(const Position& position) {
    const size_t begin = at_;
    bool is_float = false;
    const auto digits = [&] {
      while (at_ < source_.size() && (IsDigit(source_[at_]) || source_[at_] == '_')) ++at_;
    };
    digits();
    if (at_ + 1 < source_.size() && source_[at_] == '.' && IsDigit(source_[at_ + 1])) {
      is_float = true;
      ++at_;
      digits();
    }
    if (at_ < source_.size() && (source_[at_] == 'e' || source_[at_] == 'E')) {
      size_t exponent = at_ + 1;
      if (exponent < source_.size() && (source_[exponent] == '+' || source_[exponent] == '-')) {
        ++exponent;
      }
      if (exponent < source_.size() && IsDigit(source_[exponent])) {
        is_float = true;
        at_ = exponent;
        digits();
      }
    }
    std::string text(source_.substr(begin, at_ - begin));
    text.erase(std::remove(text.begin(), text.end(), '_'), text.end());
    Add(is_float ? Token::Kind::kFloat : Token::Kind::kInteger, text, position);
    return absl::OkStatus();
  }

  absl::Status String(char quote, const Position& position) {
    std::string value;
    for (++at_; at_ < source_.size(); ++at_) {
      const char c = source_[at_];
      if (c == quote) {
        ++at_;
        Add(Token::Kind::kString, value, position);
        return absl::OkStatus();
      }
      if (c == '\\' && at_ + 1 < source_.size()) {
        Escape(&value);
      } else {
        value.push_back(c);
      }
    }
    return ErrorAt(position, "a string is not closed");
  }

  // As in Python; an unknown one stays as it is. at_ is at the backslash, then at its last
  // character.
  void Escape(std::string* value) {
    const char c = source_[++at_];
    constexpr absl::string_view kFrom = "nrtbfav\\'\"0", kTo("\n\r\t\b\f\a\v\\'\"\0", 11);
    const size_t simple = kFrom.find(c);
    if (simple != npos) {
      value->push_back(kTo[simple]);
      return;
    }
    if (c == '\n') return;  // a line goes on
    const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    uint32_t code = 0;
    if (digits > 0 && at_ + digits < source_.size() &&
        absl::SimpleHexAtoi(source_.substr(at_ + 1, digits), &code) && code <= 0x10FFFF &&
        (code < 0xD800 || code > 0xDFFF)) {
      AppendUtf8(static_cast<char32_t>(code), value);
      at_ += digits;
      return;
    }
    value->push_back('\\');
    value->push_back(c);
  }

  void SkipSpace() {
    while (at_ < source_.size() && IsSpace(source_[at_])) ++at_;
  }
  void AddText(absl::string_view text) {
    if (!text.empty()) Add(Token::Kind::kText, text, Here());
  }
  void Add(Token::Kind kind, absl::string_view text, const Position& position) {
    tokens_.push_back({kind, std::string(text), position});
  }
  // Of at_; counts on from the last place asked for.
  Position Here() {
    for (; counted_ < at_; ++counted_) {
      if (source_[counted_] == '\n') {
        ++position_.line;
        position_.column = 1;
      } else {
        ++position_.column;
      }
    }
    return position_;
  }

  absl::string_view source_;
  size_t at_ = 0, counted_ = 0;
  Position position_;
  std::vector<Token> tokens_;
};

}  // namespace

absl::Status ErrorAt(const Position& position, absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidMetadata,
                   absl::StrCat("line ", position.line, ", column ", position.column, ": ", what));
}

absl::StatusOr<std::vector<Token>> Tokenize(absl::string_view source) {
  return Lexer(source).Run();
}

}  // namespace edgetasks::text::jinja
