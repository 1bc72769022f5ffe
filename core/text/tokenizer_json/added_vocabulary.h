// The added tokens of a tokenizer.json: strings that are found in a text before anything is cut.
#ifndef CORE_TEXT_TOKENIZER_JSON_ADDED_VOCABULARY_H_
#define CORE_TEXT_TOKENIZER_JSON_ADDED_VOCABULARY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/json/json_value.h"
#include "core/text/tokenizer_json/byte_trie.h"
#include "core/text/tokenizer_json/normalizer.h"
#include "core/text/tokenizer_json/piece.h"
#include "core/text/tokenizer_json/vocabulary.h"

namespace edgetasks::text::tokenizer_json {

struct AddedToken {
  std::string content;                  // as in the file
  std::string pattern;                  // what is looked for and decoded: normalized if it is to be
  bool single_word = false;             // not inside of a word
  bool lstrip = false, rstrip = false;  // takes the spaces before, after it along
  bool normalized = false;              // looked for in the normalized text
  bool special = false;                 // left out of decoded texts
};

// Immutable after it is made.
class AddedVocabulary {
 public:
  // `field` is the member "added_tokens". A token that `vocabulary` has keeps its id there;
  // another takes the next free one. `normalizer` may be null.
  static absl::StatusOr<AddedVocabulary> Make(const JsonField& field, const Vocabulary& vocabulary,
                                              const Normalizer* normalizer);

  // The tokens by id.
  const std::map<int32_t, AddedToken>& tokens() const { return tokens_; }
  // The id of the token of that content, or -1.
  int32_t Find(absl::string_view content) const;
  // Whether a special token has that content.
  bool IsSpecial(absl::string_view content) const;

  // `text` (valid UTF-8), normalized and cut around the tokens in it.
  absl::StatusOr<std::vector<Piece>> Extract(std::string text, const Normalizer* normalizer) const;

 private:
  void Cut(Piece piece, const ByteTrie& trie, std::vector<Piece>* out) const;

  std::map<int32_t, AddedToken> tokens_;
  std::map<std::string, int32_t, std::less<>> ids_;
  ByteTrie raw_, normalized_;  // tokens looked for before and after normalizing
};

}  // namespace edgetasks::text::tokenizer_json

#endif  // CORE_TEXT_TOKENIZER_JSON_ADDED_VOCABULARY_H_
