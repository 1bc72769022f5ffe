#include "core/text/tokenizer_json/pre_tokenizer.h"

#include <utility>

#include "absl/strings/match.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/byte_unicode.h"
#include "core/text/tokenizer_json/pattern.h"
#include "core/text/tokenizer_json/script_pattern.h"
#include "core/text/tokenizer_json/unicode.h"

namespace edgetasks::text::tokenizer_json {
namespace {

constexpr int kMaxDepth = 16;

// Source: the pattern of GPT-2's encoder.py.
constexpr absl::string_view kGpt2Pattern =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

template <typename IsMatch>
std::vector<Part> PartsOf(absl::string_view text, IsMatch is_match) {
  std::vector<Part> parts;
  size_t previous = 0;
  for (size_t at = 0; at < text.size();) {
    const absl::string_view rest = text.substr(at);
    const size_t end = at + Utf8CharBytes(rest);
    if (is_match(DecodeUtf8Char(rest))) {
      if (at > previous) parts.push_back({previous, at, false});
      parts.push_back({at, end, true});
      previous = end;
    }
    at = end;
  }
  if (previous < text.size()) parts.push_back({previous, text.size(), false});
  return parts;
}

void Prepend(absl::string_view text, Piece* piece) {
  piece->text.insert(0, text.data(), text.size());
  if (piece->start_bytes > 0) piece->start_bytes += text.size();
}

// Cuts at the characters of a kind.
class CharacterSplit : public PreTokenizer {
 public:
  using IsMatch = bool (*)(char32_t);
  CharacterSplit(IsMatch is_match, SplitBehavior behavior)
      : is_match_(is_match), behavior_(behavior) {}

 protected:
  absl::Status Cut(Piece piece, std::vector<Piece>* out) const override {
    CutPiece(piece, PartsOf(piece.text, is_match_), behavior_, out);
    return absl::OkStatus();
  }

 private:
  IsMatch is_match_;
  SplitBehavior behavior_;
};

// Runs of word characters, and runs of what is neither that nor a space.
class Whitespace : public PreTokenizer {
 protected:
  absl::Status Cut(Piece piece, std::vector<Piece>* out) const override {
    const absl::string_view text = piece.text;
    size_t begin = 0;
    int kind = kSpace;
    for (size_t at = 0; at < text.size();) {
      const absl::string_view rest = text.substr(at);
      const char32_t c = DecodeUtf8Char(rest);
      const int next = IsWordCharacter(c) ? kWord : IsWhitespace(c) ? kSpace : kOther;
      if (next != kind) {
        if (kind != kSpace) out->push_back(piece.Slice(begin, at));
        begin = at;
        kind = next;
      }
      at += Utf8CharBytes(rest);
    }
    if (kind != kSpace) out->push_back(piece.Slice(begin, text.size()));
    return absl::OkStatus();
  }

 private:
  enum Kind { kSpace, kWord, kOther };
};

class PatternSplit : public PreTokenizer {
 public:
  PatternSplit(std::unique_ptr<Pattern> pattern, SplitBehavior behavior, bool invert)
      : pattern_(std::move(pattern)), behavior_(behavior), invert_(invert) {}

 protected:
  absl::Status Cut(Piece piece, std::vector<Piece>* out) const override {
    std::vector<Part> parts;
    ET_RETURN_IF_ERROR(pattern_->FindParts(piece.text, &parts));
    if (invert_) {
      for (Part& part : parts) part.is_match = !part.is_match;
    }
    CutPiece(piece, parts, behavior_, out);
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<Pattern> pattern_;
  SplitBehavior behavior_;
  bool invert_;
};

class ByteLevel : public PreTokenizer {
 public:
  // `pattern` may be null: no cuts.
  ByteLevel(bool add_prefix_space, std::unique_ptr<Pattern> pattern)
      : add_prefix_space_(add_prefix_space), pattern_(std::move(pattern)) {}

 protected:
  absl::Status Cut(Piece piece, std::vector<Piece>* out) const override {
    if (add_prefix_space_ && !absl::StartsWith(piece.text, " ")) Prepend(" ", &piece);
    const size_t before = out->size();
    if (pattern_ == nullptr) {
      out->push_back(std::move(piece));
    } else {
      std::vector<Part> parts;
      ET_RETURN_IF_ERROR(pattern_->FindParts(piece.text, &parts));
      CutPiece(piece, parts, SplitBehavior::kIsolated, out);
    }
    for (size_t i = before; i < out->size(); ++i) {
      Piece& part = (*out)[i];
      const size_t kept = std::min(part.start_bytes, part.text.size());
      part.start_bytes = BytesToUnicode(absl::string_view(part.text).substr(0, kept)).size();
      part.text = BytesToUnicode(part.text);
    }
    return absl::OkStatus();
  }

 private:
  bool add_prefix_space_;
  std::unique_ptr<Pattern> pattern_;
};

class Metaspace : public PreTokenizer {
 public:
  explicit Metaspace(MetaspaceOptions options)
      : options_(std::move(options)), replacement_(Pattern::FromString(options_.replacement)) {}

 protected:
  absl::Status Cut(Piece piece, std::vector<Piece>* out) const override {
    Rewriter rewriter(&piece);
    const absl::string_view text = piece.text;
    for (size_t at = 0; at < text.size();) {
      const size_t length = Utf8CharBytes(text.substr(at));
      rewriter.Append(text[at] == ' ' ? options_.replacement : text.substr(at, length), at);
      at += length;
    }
    rewriter.Finish();
    const bool wanted = options_.prepend == PrependScheme::kAlways ||
                        (options_.prepend == PrependScheme::kFirst && piece.at_start);
    if (wanted && !absl::StartsWith(piece.text, options_.replacement)) {
      Prepend(options_.replacement, &piece);
    }
    if (!options_.split) {
      out->push_back(std::move(piece));
      return absl::OkStatus();
    }
    std::vector<Part> parts;
    ET_RETURN_IF_ERROR(replacement_->FindParts(piece.text, &parts));
    CutPiece(piece, parts, SplitBehavior::kMergedWithNext, out);
    return absl::OkStatus();
  }

 private:
  MetaspaceOptions options_;
  std::unique_ptr<Pattern> replacement_;
};

class FixedLength : public PreTokenizer {
 public:
  explicit FixedLength(int64_t length) : length_(length) {}

 protected:
  absl::Status Cut(Piece piece, std::vector<Piece>* out) const override {
    size_t begin = 0;
    int64_t characters = 0;
    for (size_t at = 0; at < piece.text.size();) {
      at += Utf8CharBytes(absl::string_view(piece.text).substr(at));
      if (++characters == length_ || at == piece.text.size()) {
        out->push_back(piece.Slice(begin, at));
        begin = at;
        characters = 0;
      }
    }
    return absl::OkStatus();
  }

 private:
  int64_t length_;
};

class Sequence : public PreTokenizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<PreTokenizer>> steps) : steps_(std::move(steps)) {}
  absl::Status Apply(std::vector<Piece>* pieces) const override {
    for (const auto& step : steps_) ET_RETURN_IF_ERROR(step->Apply(pieces));
    return absl::OkStatus();
  }

 protected:
  absl::Status Cut(Piece, std::vector<Piece>*) const override { return absl::OkStatus(); }

 private:
  std::vector<std::unique_ptr<PreTokenizer>> steps_;
};

using Made = absl::StatusOr<std::unique_ptr<PreTokenizer>>;

absl::StatusOr<SplitBehavior> ReadBehavior(const JsonField& field) {
  ET_ASSIGN_OR_RETURN(const absl::string_view name, field.String());
  if (name == "Removed") return SplitBehavior::kRemoved;
  if (name == "Isolated") return SplitBehavior::kIsolated;
  if (name == "MergedWithPrevious") return SplitBehavior::kMergedWithPrevious;
  if (name == "MergedWithNext") return SplitBehavior::kMergedWithNext;
  if (name == "Contiguous") return SplitBehavior::kContiguous;
  return CorruptFile(field.Path(),
                     ": expected Removed, Isolated, MergedWithPrevious, MergedWithNext or "
                     "Contiguous, got \"",
                     name, "\"");
}

Made MakeByteLevel(const JsonField& field) {
  ET_ASSIGN_OR_RETURN(const bool add_prefix_space, field["add_prefix_space"].Bool());
  ET_ASSIGN_OR_RETURN(const bool use_regex, field["use_regex"].BoolOr(true));
  std::unique_ptr<Pattern> pattern;
  if (use_regex) {
    ET_ASSIGN_OR_RETURN(pattern, Pattern::FromRegex(kGpt2Pattern));
  }
  return std::make_unique<ByteLevel>(add_prefix_space, std::move(pattern));
}

Made MakeSplit(const JsonField& field) {
  ET_ASSIGN_OR_RETURN(auto pattern, Pattern::FromJson(field["pattern"]));
  ET_ASSIGN_OR_RETURN(const SplitBehavior behavior, ReadBehavior(field["behavior"]));
  ET_ASSIGN_OR_RETURN(const bool invert, field["invert"].BoolOr(false));
  return std::make_unique<PatternSplit>(std::move(pattern), behavior, invert);
}

Made MakePunctuation(const JsonField& field) {
  SplitBehavior behavior = SplitBehavior::kIsolated;
  if (!field["behavior"].is_null()) {
    ET_ASSIGN_OR_RETURN(behavior, ReadBehavior(field["behavior"]));
  }
  return std::make_unique<CharacterSplit>(&IsPunctuation, behavior);
}

Made Make(const JsonField& field, int depth);

Made MakeSequence(const JsonField& field, int depth) {
  if (depth >= kMaxDepth) return CorruptFile(field.Path(), ": sequences nest too deep");
  const JsonField list = field["pretokenizers"];
  ET_ASSIGN_OR_RETURN(const size_t items, list.ArraySize());
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  for (size_t i = 0; i < items; ++i) {
    ET_ASSIGN_OR_RETURN(auto step, Make(list.Item(i), depth + 1));
    steps.push_back(std::move(step));
  }
  return std::make_unique<Sequence>(std::move(steps));
}

Made MakeBert() {
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  steps.push_back(std::make_unique<CharacterSplit>(&IsWhitespace, SplitBehavior::kRemoved));
  steps.push_back(std::make_unique<CharacterSplit>(&IsPunctuation, SplitBehavior::kIsolated));
  return std::make_unique<Sequence>(std::move(steps));
}

Made Make(const JsonField& field, int depth) {
  const JsonField type_field = field["type"];
  ET_ASSIGN_OR_RETURN(const absl::string_view type, type_field.String());
  if (type == "Sequence") return MakeSequence(field, depth);
  if (type == "ByteLevel") return MakeByteLevel(field);
  if (type == "Split") return MakeSplit(field);
  if (type == "Punctuation") return MakePunctuation(field);
  if (type == "BertPreTokenizer") return MakeBert();
  if (type == "Whitespace") return std::make_unique<Whitespace>();
  if (type == "UnicodeScripts") {  // keeps the runs
    ET_ASSIGN_OR_RETURN(auto pattern, Pattern::FromRegex(ScriptRunPattern()));
    return std::make_unique<PatternSplit>(std::move(pattern), SplitBehavior::kRemoved,
                                          /*invert=*/true);
  }
  if (type == "WhitespaceSplit") {
    return std::make_unique<CharacterSplit>(&IsWhitespace, SplitBehavior::kRemoved);
  }
  if (type == "Metaspace") {
    ET_ASSIGN_OR_RETURN(MetaspaceOptions options, ReadMetaspace(field));
    return std::make_unique<Metaspace>(std::move(options));
  }
  if (type == "Digits") {
    ET_ASSIGN_OR_RETURN(const bool individual, field["individual_digits"].Bool());
    return std::make_unique<CharacterSplit>(
        &IsNumeric, individual ? SplitBehavior::kIsolated : SplitBehavior::kContiguous);
  }
  if (type == "CharDelimiterSplit") {
    ET_ASSIGN_OR_RETURN(const absl::string_view delimiter, ReadCharacter(field["delimiter"]));
    return std::make_unique<PatternSplit>(Pattern::FromString(delimiter), SplitBehavior::kRemoved,
                                          /*invert=*/false);
  }
  if (type == "FixedLength") {
    int64_t length = 5;
    if (!field["length"].is_null()) {
      ET_ASSIGN_OR_RETURN(length, field["length"].Integer(1, INT32_MAX));
    }
    return std::make_unique<FixedLength>(length);
  }
  return Unsupported(ErrorDetail::kUnsupportedFormat, type_field.Path(),
                     ": EdgeTasks knows no pre-tokenizer \"", type, "\"");
}

}  // namespace

absl::Status PreTokenizer::Apply(std::vector<Piece>* pieces) const {
  std::vector<Piece> out;
  out.reserve(pieces->size());
  for (Piece& piece : *pieces) {
    if (piece.id >= 0) {
      out.push_back(std::move(piece));
    } else {
      ET_RETURN_IF_ERROR(Cut(std::move(piece), &out));
    }
  }
  *pieces = std::move(out);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<PreTokenizer>> MakePreTokenizer(const JsonField& field) {
  if (field.is_null()) return std::unique_ptr<PreTokenizer>();
  return Make(field, 0);
}

absl::StatusOr<absl::string_view> ReadCharacter(const JsonField& field) {
  ET_ASSIGN_OR_RETURN(const absl::string_view text, field.String());
  if (text.empty() || Utf8CharBytes(text) != text.size()) return field.Expected("one character");
  return text;
}

absl::StatusOr<MetaspaceOptions> ReadMetaspace(const JsonField& field) {
  MetaspaceOptions options;
  ET_ASSIGN_OR_RETURN(const absl::string_view replacement, ReadCharacter(field["replacement"]));
  options.replacement = std::string(replacement);
  const JsonField scheme = field["prepend_scheme"];
  ET_ASSIGN_OR_RETURN(const absl::string_view name, scheme.StringOr("always"));
  // Files of before the scheme say "add_prefix_space".
  ET_ASSIGN_OR_RETURN(const bool add, field["add_prefix_space"].BoolOr(true));
  if (name == "first") {
    options.prepend = PrependScheme::kFirst;
  } else if (name == "never" || (!add && scheme.is_null())) {
    options.prepend = PrependScheme::kNever;
  } else if (name != "always") {
    return CorruptFile(scheme.Path(), ": expected first, never or always, got \"", name, "\"");
  }
  if (!add && options.prepend != PrependScheme::kNever) {
    return CorruptFile(field.Path(), ": add_prefix_space contradicts prepend_scheme");
  }
  ET_ASSIGN_OR_RETURN(options.split, field["split"].BoolOr(true));
  return options;
}

}  // namespace edgetasks::text::tokenizer_json
