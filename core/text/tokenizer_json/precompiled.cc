// The normalizer "Precompiled": the replacement table of a SentencePiece model, applied as the
// tokenizers package applies it, which is not quite as SentencePiece does: by grapheme clusters,
// and the shortest rule wins.
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/charsmap_check.h"
#include "core/text/tokenizer_json/normalizer.h"
#include "core/text/tokenizer_json/unicode.h"

namespace edgetasks::text::tokenizer_json {
namespace {

// Longer clusters are looked at character by character.
constexpr size_t kLongestCluster = 5;

class Precompiled : public Normalizer {
 public:
  // `blob` has passed CheckCharsMap and is not empty; charsmap_check.cc describes it.
  explicit Precompiled(absl::string_view blob) {
    uint32_t trie_bytes = 0;
    std::memcpy(&trie_bytes, blob.data(), sizeof(trie_bytes));
    units_.resize(trie_bytes / sizeof(uint32_t));
    std::memcpy(units_.data(), blob.data() + sizeof(trie_bytes), trie_bytes);
    replacements_ = std::string(blob.substr(sizeof(trie_bytes) + trie_bytes));
  }

  absl::Status Normalize(Piece* piece) const override {
    Rewriter rewriter(piece);
    const absl::string_view text = piece->text;
    bool any = false;  // written: what is replaced by nothing at the start moves the rest there
    for (size_t at = 0; at < text.size();) {
      const size_t cluster = GraphemeBytes(text.substr(at));
      for (size_t end = at + cluster; at < end;) {
        const bool whole = end - at == cluster && cluster <= kLongestCluster;
        absl::string_view part = text.substr(at, cluster), replacement;
        bool found = whole && Find(part, &replacement);
        if (!found) {
          part = text.substr(at, Utf8CharBytes(text.substr(at)));
          found = Find(part, &replacement);
        }
        const absl::string_view written = found ? replacement : part;
        if (!written.empty()) {
          rewriter.Append(written, any ? at : 0);
          any = true;
        }
        at += part.size();
      }
    }
    rewriter.Finish();
    return absl::OkStatus();
  }

 private:
  // The replacement of the shortest rule that `text` starts with.
  bool Find(absl::string_view text, absl::string_view* replacement) const {
    uint32_t node = Distance(units_[0]);
    for (const char c : text) {
      const auto byte = static_cast<uint8_t>(c);
      if (byte == 0) return false;
      node ^= byte;
      const uint32_t unit = units_[node];
      if ((unit & ((1u << 31) | 0xFF)) != byte) return false;
      node ^= Distance(unit);
      if ((unit & (1u << 8)) == 0) continue;
      const uint32_t offset = units_[node] & ~(1u << 31);
      *replacement = absl::string_view(replacements_.c_str() + offset);  // to the NUL
      return (replacements_[offset] & 0xC0) != 0x80;  // not in the middle of a character
    }
    return false;
  }

  static uint32_t Distance(uint32_t unit) { return (unit >> 10) << ((unit & (1u << 9)) >> 6); }

  std::vector<uint32_t> units_;
  std::string replacements_;
};

class Nothing : public Normalizer {
 public:
  absl::Status Normalize(Piece*) const override { return absl::OkStatus(); }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Normalizer>> MakePrecompiledNormalizer(const JsonField& field) {
  const JsonField map = field["precompiled_charsmap"];
  if (map.is_null()) return std::make_unique<Nothing>();
  ET_ASSIGN_OR_RETURN(const absl::string_view base64, map.String());
  std::string blob;
  if (!absl::Base64Unescape(base64, &blob)) {
    return CorruptFile(map.Path(), ": expected base64");
  }
  if (blob.empty()) return std::make_unique<Nothing>();
  const absl::Status sound = CheckCharsMap(blob);
  if (!sound.ok()) return Annotate(sound, map.Path());
  uint32_t trie_bytes = 0;
  std::memcpy(&trie_bytes, blob.data(), sizeof(trie_bytes));
  const absl::string_view replacements = absl::string_view(blob).substr(4 + trie_bytes);
  if (ReplaceInvalidUtf8(replacements) != replacements) {
    return CorruptFile(map.Path(), ": the replacements are no valid UTF-8");
  }
  return std::make_unique<Precompiled>(blob);
}

}  // namespace edgetasks::text::tokenizer_json
