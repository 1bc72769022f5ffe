#include "core/text/tokenizer_json/normalizer.h"

#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/byte_unicode.h"
#include "core/text/tokenizer_json/pattern.h"
#include "core/text/tokenizer_json/unicode.h"

namespace edgetasks::text::tokenizer_json {
namespace {

constexpr int kMaxDepth = 16;

// Calls `write(c, bytes, out)` for each character, which appends what becomes of it.
template <typename Write>
void ForEachCharacter(Piece* piece, Write write) {
  Rewriter rewriter(piece);
  const absl::string_view text = piece->text;
  for (size_t at = 0; at < text.size();) {
    const absl::string_view bytes = text.substr(at, Utf8CharBytes(text.substr(at)));
    const size_t before = rewriter.out()->size();
    write(DecodeUtf8Char(bytes), bytes, rewriter.out());
    if (rewriter.out()->size() != before) rewriter.Follow(at);
    at += bytes.size();
  }
  rewriter.Finish();
}

void Append(absl::string_view bytes, std::string* out) { out->append(bytes.data(), bytes.size()); }

// One that looks at each character alone: a function without state.
class CharacterNormalizer : public Normalizer {
 public:
  using Write = void (*)(char32_t c, absl::string_view bytes, std::string* out);
  explicit CharacterNormalizer(Write write) : write_(write) {}
  absl::Status Normalize(Piece* piece) const override {
    ForEachCharacter(piece, write_);
    return absl::OkStatus();
  }

 private:
  Write write_;
};

void WriteLowercase(char32_t c, absl::string_view, std::string* out) { AppendLowercase(c, out); }

void WriteWithoutMarks(char32_t c, absl::string_view bytes, std::string* out) {
  if (!IsMark(c)) Append(bytes, out);
}

void WriteWithoutNonspacingMarks(char32_t c, absl::string_view bytes, std::string* out) {
  if (!IsNonspacingMark(c)) Append(bytes, out);
}

void WriteAsByteCharacters(char32_t, absl::string_view bytes, std::string* out) {
  Append(BytesToUnicode(bytes), out);
}

// Source: the "nmt" rules of SentencePiece's builder.cc, as the tokenizers package has them.
void WriteNmt(char32_t c, absl::string_view bytes, std::string* out) {
  if ((c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F ||
      c == 0x9F) {
    return;
  }
  const bool space = c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 ||
                     (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
                     c == 0xFEFF || c == 0xFFFD;
  Append(space ? absl::string_view(" ") : bytes, out);
}

class FormNormalizer : public Normalizer {
 public:
  explicit FormNormalizer(NormalForm form) : form_(form) {}
  absl::Status Normalize(Piece* piece) const override {
    Rewriter rewriter(piece);
    const absl::string_view text = piece->text;
    for (size_t at = 0; at < text.size();) {
      const size_t length = NormalizationSegment(text.substr(at));
      AppendNormalized(text.substr(at, length), form_, rewriter.out());
      rewriter.Follow(at);
      at += length;
    }
    rewriter.Finish();
    return absl::OkStatus();
  }

 private:
  NormalForm form_;
};

class StripNormalizer : public Normalizer {
 public:
  StripNormalizer(bool left, bool right) : left_(left), right_(right) {}
  absl::Status Normalize(Piece* piece) const override {
    const absl::string_view text = piece->text;
    size_t begin = 0, end = text.size(), last_word = 0;
    bool leading = left_;
    for (size_t at = 0; at < text.size();) {
      const absl::string_view rest = text.substr(at);
      const bool space = IsWhitespace(DecodeUtf8Char(rest));
      at += Utf8CharBytes(rest);
      if (!space) {
        leading = false;
        last_word = at;
      }
      if (leading) begin = at;
    }
    if (right_) end = std::max(begin, last_word);
    Rewriter rewriter(piece);
    if (begin > 0 || end < text.size()) {
      // Kept as one part: all that matters is whether something in front is gone.
      const size_t first = begin < end ? Utf8CharBytes(text.substr(begin)) : 0;
      rewriter.Append(text.substr(begin, first), begin);
      rewriter.Append(text.substr(begin + first, end - begin - first), begin + first);
      rewriter.Finish();
    }
    return absl::OkStatus();
  }

 private:
  bool left_, right_;
};

class ReplaceNormalizer : public Normalizer {
 public:
  ReplaceNormalizer(std::unique_ptr<Pattern> pattern, absl::string_view content)
      : pattern_(std::move(pattern)), content_(content) {}
  absl::Status Normalize(Piece* piece) const override {
    std::vector<Part> parts;
    ET_RETURN_IF_ERROR(pattern_->FindParts(piece->text, &parts));
    Rewriter rewriter(piece);
    const absl::string_view text = piece->text;
    for (const Part& part : parts) {
      if (part.is_match) {  // stands where its last byte stood
        rewriter.Append(content_, part.end == 0 ? 0 : part.end - 1);
        continue;
      }
      const size_t kept = std::min(std::max(piece->start_bytes, part.begin), part.end);
      if (kept > part.begin)
        rewriter.Append(text.substr(part.begin, kept - part.begin), part.begin);
      if (part.end > kept) rewriter.Append(text.substr(kept, part.end - kept), kept);
    }
    rewriter.Finish();
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<Pattern> pattern_;
  std::string content_;
};

class PrependNormalizer : public Normalizer {
 public:
  explicit PrependNormalizer(absl::string_view text) : text_(text) {}
  absl::Status Normalize(Piece* piece) const override {
    if (piece->text.empty()) return absl::OkStatus();
    piece->text.insert(0, text_);
    if (piece->start_bytes > 0) piece->start_bytes += text_.size();
    return absl::OkStatus();
  }

 private:
  std::string text_;
};

bool IsChinese(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x20000 && c <= 0x2A6DF) || (c >= 0x2A700 && c <= 0x2B73F) ||
         (c >= 0x2B740 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

// Source: BasicTokenizer of the BERT release (tokenization.py).
class BertNormalizer : public Normalizer {
 public:
  bool clean_text = true, chinese = true, strip_accents = true, lowercase = true;

  absl::Status Normalize(Piece* piece) const override {
    if (clean_text) ForEachCharacter(piece, &WriteClean);
    if (chinese) {
      ForEachCharacter(piece, [](char32_t c, absl::string_view bytes, std::string* out) {
        const absl::string_view around = IsChinese(c) ? " " : "";
        Append(around, out);
        Append(bytes, out);
        Append(around, out);
      });
    }
    if (strip_accents) {
      ET_RETURN_IF_ERROR(FormNormalizer(NormalForm::kNfd).Normalize(piece));
      ForEachCharacter(piece, &WriteWithoutNonspacingMarks);
    }
    if (lowercase) ForEachCharacter(piece, &WriteLowercase);
    return absl::OkStatus();
  }

 private:
  static void WriteClean(char32_t c, absl::string_view bytes, std::string* out) {
    const bool space = IsWhitespace(c) && c != 0x0B && c != 0x0C && c != 0x85;
    if (space) {
      out->push_back(' ');
    } else if (c != 0 && c != 0xFFFD && !IsOther(c)) {
      Append(bytes, out);
    }
  }
};

class SequenceNormalizer : public Normalizer {
 public:
  explicit SequenceNormalizer(std::vector<std::unique_ptr<Normalizer>> steps)
      : steps_(std::move(steps)) {}
  absl::Status Normalize(Piece* piece) const override {
    for (const auto& step : steps_) ET_RETURN_IF_ERROR(step->Normalize(piece));
    return absl::OkStatus();
  }

 private:
  std::vector<std::unique_ptr<Normalizer>> steps_;
};

using Made = absl::StatusOr<std::unique_ptr<Normalizer>>;

Made MakeBert(const JsonField& field) {
  auto bert = std::make_unique<BertNormalizer>();
  ET_ASSIGN_OR_RETURN(bert->clean_text, field["clean_text"].Bool());
  ET_ASSIGN_OR_RETURN(bert->chinese, field["handle_chinese_chars"].Bool());
  ET_ASSIGN_OR_RETURN(bert->lowercase, field["lowercase"].Bool());
  ET_ASSIGN_OR_RETURN(bert->strip_accents, field["strip_accents"].BoolOr(bert->lowercase));
  return bert;
}

Made MakeStrip(const JsonField& field) {
  ET_ASSIGN_OR_RETURN(const bool left, field["strip_left"].Bool());
  ET_ASSIGN_OR_RETURN(const bool right, field["strip_right"].Bool());
  return std::make_unique<StripNormalizer>(left, right);
}

Made MakeReplace(const JsonField& field) {
  ET_ASSIGN_OR_RETURN(auto pattern, Pattern::FromJson(field["pattern"]));
  ET_ASSIGN_OR_RETURN(const absl::string_view content, field["content"].String());
  return std::make_unique<ReplaceNormalizer>(std::move(pattern), content);
}

Made Make(const JsonField& field, int depth);

Made MakeSequence(const JsonField& field, int depth) {
  if (depth >= kMaxDepth) return CorruptFile(field.Path(), ": sequences nest too deep");
  const JsonField list = field["normalizers"];
  ET_ASSIGN_OR_RETURN(const size_t items, list.ArraySize());
  std::vector<std::unique_ptr<Normalizer>> steps;
  for (size_t i = 0; i < items; ++i) {
    ET_ASSIGN_OR_RETURN(auto step, Make(list.Item(i), depth + 1));
    steps.push_back(std::move(step));
  }
  return std::make_unique<SequenceNormalizer>(std::move(steps));
}

Made Make(const JsonField& field, int depth) {
  const JsonField type_field = field["type"];
  ET_ASSIGN_OR_RETURN(const absl::string_view type, type_field.String());
  if (type == "Sequence") return MakeSequence(field, depth);
  if (type == "BertNormalizer") return MakeBert(field);
  if (type == "Strip") return MakeStrip(field);
  if (type == "Replace") return MakeReplace(field);
  if (type == "Precompiled") return MakePrecompiledNormalizer(field);
  if (type == "Prepend") {
    ET_ASSIGN_OR_RETURN(const absl::string_view text, field["prepend"].String());
    return std::make_unique<PrependNormalizer>(text);
  }
  if (type == "NFC") return std::make_unique<FormNormalizer>(NormalForm::kNfc);
  if (type == "NFD") return std::make_unique<FormNormalizer>(NormalForm::kNfd);
  if (type == "NFKC") return std::make_unique<FormNormalizer>(NormalForm::kNfkc);
  if (type == "NFKD") return std::make_unique<FormNormalizer>(NormalForm::kNfkd);
  if (type == "Lowercase") return std::make_unique<CharacterNormalizer>(&WriteLowercase);
  if (type == "StripAccents") return std::make_unique<CharacterNormalizer>(&WriteWithoutMarks);
  if (type == "Nmt") return std::make_unique<CharacterNormalizer>(&WriteNmt);
  if (type == "ByteLevel") return std::make_unique<CharacterNormalizer>(&WriteAsByteCharacters);
  return Unsupported(ErrorDetail::kUnsupportedFormat, type_field.Path(),
                     ": EdgeTasks knows no normalizer \"", type, "\"");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Normalizer>> MakeNormalizer(const JsonField& field) {
  if (field.is_null()) return std::unique_ptr<Normalizer>();
  return Make(field, 0);
}

}  // namespace edgetasks::text::tokenizer_json
