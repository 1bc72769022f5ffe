// The table with which GPT-2's vocabulary writes bytes as printable characters.
//
// Bytes 33..126, 161..172 and 174..255 stand for the characters of those numbers; the n-th of the
// others (in ascending order) for U+0100 + n. So a space is U+0120.
// Source: bytes_to_unicode of the GPT-2 release; "BYTES_TO_UNICODE" of a .task's LlmParameters.
#ifndef CORE_TEXT_BYTE_UNICODE_H_
#define CORE_TEXT_BYTE_UNICODE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace edgetasks::text {

// Each byte of `bytes` as its character, in UTF-8.
std::string BytesToUnicode(absl::string_view bytes);

// Whether `c` stands for a byte.
bool IsByteCharacter(char32_t c);

// The reverse. Characters that stand for no byte, and invalid bytes, are kept as they are.
std::string UnicodeToBytes(absl::string_view text);
// The same, appended to `bytes`.
void AppendUnicodeAsBytes(absl::string_view text, std::string* bytes);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_BYTE_UNICODE_H_
