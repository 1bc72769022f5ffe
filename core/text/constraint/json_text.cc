#include "core/text/constraint/json_text.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace edgetasks::text {
namespace {

// Characters that are not spelled as they are: controls, '"' and '\'.
CharSet Escaped() {
  CharSet set(0, 0x1F);
  set.Add('"', '"');
  set.Add('\\', '\\');
  return set;
}

std::string Escape(unsigned char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return absl::StrCat("\\u", absl::Hex(c, absl::kZeroPad4));
  }
}

ExprPtr SpellChars(const CharSet& chars) {
  std::vector<std::string> escapes;
  const CharSet escaped = chars.Intersect(Escaped());
  for (const CharSet::Range& r : escaped.ranges()) {
    for (char32_t c = r.first; c <= r.last; ++c) {
      escapes.push_back(Escape(static_cast<unsigned char>(c)));
    }
  }
  ExprPtr plain = Chars(chars.Minus(Escaped()));
  if (escapes.empty()) return plain;
  return Alternatives({std::move(plain), OneOf(std::move(escapes))});
}

}  // namespace

std::string JsonSpelling(absl::string_view text) {
  std::string spelling;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == '"' || byte == '\\') {
      spelling += Escape(byte);
    } else {
      spelling.push_back(c);
    }
  }
  return spelling;
}

ExprPtr JsonSpelling(const ExprPtr& expr) {
  if (expr->kind == Expr::Kind::kChars) return SpellChars(expr->chars);
  Expr result = *expr;
  for (std::string& text : result.texts) text = JsonSpelling(text);
  for (ExprPtr& part : result.parts) part = JsonSpelling(part);
  return std::make_shared<const Expr>(std::move(result));
}

ExprPtr JsonCharacters(int min, int max) { return Repeat(SpellChars(CharSet::All()), min, max); }

ExprPtr Quoted(ExprPtr spelling) { return Sequence({Text("\""), std::move(spelling), Text("\"")}); }

ExprPtr JsonComma() { return OneOf({",", ", "}); }

ExprPtr JsonColon() { return OneOf({":", ": "}); }

}  // namespace edgetasks::text
