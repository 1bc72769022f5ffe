#include "core/text/tokenizer_json/added_vocabulary.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/tokenizer_json/unicode.h"

namespace edgetasks::text::tokenizer_json {
namespace {

// A search may look so far ahead at every byte of a text. Long runs of spaces are what comes
// closest.
constexpr size_t kMaxTokenBytes = 1024;

// The start of the character that ends at `end` > 0 of valid UTF-8.
size_t CharacterBefore(absl::string_view text, size_t end) {
  size_t start = end - 1;
  while (start > 0 && (static_cast<uint8_t>(text[start]) & 0xC0) == 0x80) --start;
  return start;
}

bool EndsWithWord(absl::string_view text) {
  return !text.empty() &&
         IsWordCharacter(DecodeUtf8Char(text.substr(CharacterBefore(text, text.size()))));
}

bool StartsWithWord(absl::string_view text) {
  return !text.empty() && IsWordCharacter(DecodeUtf8Char(text));
}

size_t SpacesFrom(absl::string_view text, size_t begin) {
  while (begin < text.size() && IsWhitespace(DecodeUtf8Char(text.substr(begin)))) {
    begin += Utf8CharBytes(text.substr(begin));
  }
  return begin;
}

size_t SpacesBefore(absl::string_view text, size_t end, size_t least) {
  while (end > least) {
    const size_t start = CharacterBefore(text, end);
    if (start < least || !IsWhitespace(DecodeUtf8Char(text.substr(start)))) break;
    end = start;
  }
  return end;
}

absl::StatusOr<AddedToken> ReadToken(const JsonField& field, const Normalizer* normalizer) {
  AddedToken token;
  ET_ASSIGN_OR_RETURN(const absl::string_view content, field["content"].String());
  ET_ASSIGN_OR_RETURN(token.single_word, field["single_word"].BoolOr(false));
  ET_ASSIGN_OR_RETURN(token.lstrip, field["lstrip"].BoolOr(false));
  ET_ASSIGN_OR_RETURN(token.rstrip, field["rstrip"].BoolOr(false));
  ET_ASSIGN_OR_RETURN(token.special, field["special"].BoolOr(false));
  ET_ASSIGN_OR_RETURN(token.normalized, field["normalized"].BoolOr(!token.special));
  token.content = std::string(content);
  if (content.size() > kMaxTokenBytes) {
    return CorruptFile(field["content"].Path(), ": has ", content.size(),
                       " bytes; expected at most ", kMaxTokenBytes);
  }
  Piece piece = Piece::Whole(token.content);
  if (token.normalized && normalizer != nullptr) {
    const absl::Status normalized = normalizer->Normalize(&piece);
    if (!normalized.ok()) return Annotate(normalized, field["content"].Path());
  }
  token.pattern = std::move(piece.text);
  return token;
}

}  // namespace

absl::StatusOr<AddedVocabulary> AddedVocabulary::Make(const JsonField& field,
                                                      const Vocabulary& vocabulary,
                                                      const Normalizer* normalizer) {
  AddedVocabulary added;
  if (field.is_null()) return added;
  ET_ASSIGN_OR_RETURN(const size_t items, field.ArraySize());
  // The reference counts pieces, and takes ids from there on.
  int32_t next = vocabulary.count();
  for (size_t i = 0; i < items; ++i) {
    const JsonField item = field.Item(i);
    ET_ASSIGN_OR_RETURN(AddedToken token, ReadToken(item, normalizer));
    if (token.content.empty()) continue;
    int32_t id = added.Find(token.content);
    if (id < 0) id = vocabulary.Find(token.content);
    if (id < 0) id = next++;
    if (id >= kMaxIds) return CorruptFile(item.Path(), ": more than ", kMaxIds, " ids");
    added.ids_[token.content] = id;
    added.tokens_[id] = std::move(token);
  }
  std::vector<std::pair<absl::string_view, int32_t>> raw, normalized;
  for (const auto& [id, token] : added.tokens_) {
    (token.normalized ? normalized : raw).emplace_back(token.pattern, id);
  }
  added.raw_ = ByteTrie(std::move(raw));
  added.normalized_ = ByteTrie(std::move(normalized));
  return added;
}

int32_t AddedVocabulary::Find(absl::string_view content) const {
  const auto found = ids_.find(std::string(content));
  return found == ids_.end() ? -1 : found->second;
}

bool AddedVocabulary::IsSpecial(absl::string_view content) const {
  const int32_t id = Find(content);
  if (id < 0) return false;
  const auto token = tokens_.find(id);
  return token != tokens_.end() && token->second.special;
}

absl::StatusOr<std::vector<Piece>> AddedVocabulary::Extract(std::string text,
                                                            const Normalizer* normalizer) const {
  std::vector<Piece> raw, pieces;
  Cut(Piece::Whole(std::move(text)), raw_, &raw);
  for (Piece& piece : raw) {
    if (piece.id >= 0) {
      pieces.push_back(std::move(piece));
      continue;
    }
    if (normalizer != nullptr) ET_RETURN_IF_ERROR(normalizer->Normalize(&piece));
    Cut(std::move(piece), normalized_, &pieces);
  }
  return pieces;
}

// The longest token at the leftmost place, again and again. A token that turns out to be a part of
// a word is skipped as a whole.
void AddedVocabulary::Cut(Piece piece, const ByteTrie& trie, std::vector<Piece>* out) const {
  const absl::string_view text = piece.text;
  size_t rest = 0;  // what is before it is done with
  const auto add_text = [&](size_t end) {
    if (end > rest) out->push_back(piece.Slice(rest, end));
  };
  for (size_t at = 0; !trie.empty() && at < text.size();) {
    const auto [length, id] = trie.LongestPrefix(text.substr(at));
    if (id < 0) {
      ++at;
      continue;
    }
    const AddedToken& token = tokens_.at(id);
    size_t begin = at, end = at + length;
    at = end;
    if (token.single_word &&
        (EndsWithWord(text.substr(0, begin)) || StartsWithWord(text.substr(end)))) {
      continue;
    }
    if (token.lstrip) begin = std::max(rest, SpacesBefore(text, begin, 0));
    if (token.rstrip) end = SpacesFrom(text, end);
    add_text(begin);
    Piece found;
    found.id = id;
    out->push_back(std::move(found));
    rest = end;
  }
  if (rest < text.size()) out->push_back(piece.Slice(rest, text.size()));
}

}  // namespace edgetasks::text::tokenizer_json
