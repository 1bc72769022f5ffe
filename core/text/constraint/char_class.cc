#include "core/text/constraint/char_class.h"

#include "absl/strings/ascii.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::text {
namespace {

absl::Status Invalid(absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption, what);
}

// A member of a class: one character, or a named class (`is_set`).
struct Member {
  char32_t c = 0;
  CharSet set;
  bool is_set = false;
};

absl::StatusOr<Member> TakeMember(CharReader* reader) {
  Member member;
  if (reader->AtEnd()) return Invalid("a class is not closed with ]");
  if (!reader->Take("\\")) {
    member.c = reader->TakeChar();
    return member;
  }
  if (NamedClass(reader->Peek(), &member.set)) {
    member.is_set = true;
    reader->TakeChar();
    return member;
  }
  if (reader->Take("b")) {
    member.c = '\b';
    return member;
  }
  ET_ASSIGN_OR_RETURN(member.c, reader->TakeEscapedChar());
  return member;
}

}  // namespace

bool NamedClass(char letter, CharSet* set) {
  CharSet result;
  switch (absl::ascii_tolower(static_cast<unsigned char>(letter))) {
    case 'd':
      result.Add('0', '9');
      break;
    case 'w':
      result.Add('0', '9');
      result.Add('A', 'Z');
      result.Add('_', '_');
      result.Add('a', 'z');
      break;
    case 's':
      result.Add('\t', '\r');
      result.Add(' ', ' ');
      break;
    default:
      return false;
  }
  *set = absl::ascii_isupper(static_cast<unsigned char>(letter)) ? result.Complement() : result;
  return true;
}

absl::StatusOr<CharSet> TakeCharClass(CharReader* reader) {
  const bool complement = reader->Take("^");
  if (reader->Peek() == ']') {
    return Invalid("[] means different things in different languages; write [\\]] or \\S\\s");
  }
  CharSet set;
  while (!reader->Take("]")) {
    ET_ASSIGN_OR_RETURN(const Member first, TakeMember(reader));
    const bool is_range =
        reader->Peek() == '-' && reader->Peek(1) != ']' && reader->Peek(1) != '\0';
    if (!is_range) {
      if (first.is_set) {
        set.Add(first.set);
      } else {
        set.Add(first.c, first.c);
      }
      continue;
    }
    reader->Take("-");
    ET_ASSIGN_OR_RETURN(const Member last, TakeMember(reader));
    if (first.is_set || last.is_set) return Invalid("a range needs a character at both ends");
    if (first.c > last.c) return Invalid("a range ends before it begins");
    set.Add(first.c, last.c);
  }
  return complement ? set.Complement() : set;
}

}  // namespace edgetasks::text
