// Runs of one script, as a pattern.
#ifndef CORE_TEXT_TOKENIZER_JSON_SCRIPT_PATTERN_H_
#define CORE_TEXT_TOKENIZER_JSON_SCRIPT_PATTERN_H_

#include <string>

namespace edgetasks::text::tokenizer_json {

// A pattern whose matches are a text's runs of one script. Han, Hiragana, Katakana and U+30FC are
// one script here; spaces and characters of no script belong to the run before them, and to none
// at the start of a text.
// Source: IsValidSentencePiece of SentencePiece's trainer, which the tokenizers package follows.
std::string ScriptRunPattern();

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_SCRIPT_PATTERN_H_
