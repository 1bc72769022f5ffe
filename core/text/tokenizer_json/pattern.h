// A pattern of a tokenizer.json: a string or a regular expression, found in texts.
#ifndef CORE_TEXT_TOKENIZER_JSON_PATTERN_H_
#define CORE_TEXT_TOKENIZER_JSON_PATTERN_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/json/json_value.h"

namespace edgetasks::text::tokenizer_json {

// A part of a text, and whether it is a match.
struct Part {
  size_t begin = 0, end = 0;
  bool is_match = false;
};

// Immutable, safe to use from several threads.
class Pattern {
 public:
  ~Pattern();

  // {"String": "..."} or {"Regex": "..."}. Errors name `field`'s place.
  static absl::StatusOr<std::unique_ptr<Pattern>> FromJson(const JsonField& field);
  static std::unique_ptr<Pattern> FromString(absl::string_view text);
  // For Oniguruma's syntax.
  static absl::StatusOr<std::unique_ptr<Pattern>> FromRegex(absl::string_view regex);

  // `text` (valid UTF-8) as matches and what is between them, in order; empty matches too, but none
  // right at the end of another. RESOURCE_EXHAUSTED (kBadValue) if the search takes more steps than
  // a text of that length deserves: time is linear in the text whatever the pattern is.
  absl::Status FindParts(absl::string_view text, std::vector<Part>* parts) const;

 private:
  struct Compiled;
  Pattern();

  absl::Status FindRegexParts(absl::string_view text, std::vector<Part>* parts) const;

  std::string literal_;  // used if there is no regex_
  std::unique_ptr<Compiled> regex_;
};

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_PATTERN_H_
