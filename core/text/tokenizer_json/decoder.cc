#include "core/text/tokenizer_json/decoder.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/byte_unicode.h"
#include "core/text/tokenizer_json/lossy_utf8.h"
#include "core/text/tokenizer_json/pattern.h"
#include "core/text/tokenizer_json/pre_tokenizer.h"
#include "core/text/tokenizer_json/vocabulary.h"

namespace edgetasks::text::tokenizer_json {
namespace {

constexpr int kMaxDepth = 16;
constexpr absl::string_view kReplacementCharacter = "\xEF\xBF\xBD";

void ReplaceAll(absl::string_view from, absl::string_view to, std::string* text) {
  if (!from.empty()) absl::StrReplaceAll({{from, to}}, text);
}

// English as it is written, from words set apart. Source: clean_up_tokenization of transformers.
void CleanUp(std::string* text) {
  constexpr absl::string_view kRules[][2] = {
      {" .", "."},   {" ?", "?"},     {" !", "!"},    {" ,", ","},
      {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},  {" do not", " don't"},
      {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [from, to] : kRules) ReplaceAll(from, to, text);
}

// One that does the same to every piece.
class PieceDecoder : public Decoder {
 public:
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    for (std::string& piece : *pieces) ET_RETURN_IF_ERROR(DecodeOne(&piece));
    return absl::OkStatus();
  }
};

class ByteLevelDecoder : public Decoder {
 public:
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    std::string bytes;
    for (std::string& piece : *pieces) {
      ET_RETURN_IF_ERROR(DecodeOne(&piece));
      bytes += piece;
    }
    pieces->assign(1, ReplaceIllFormedUtf8(bytes));
    return absl::OkStatus();
  }
  // A piece with a character that stands for no byte is taken as it is: an added token.
  absl::Status DecodeOne(std::string* piece) const override {
    if (IsByteUnicode(*piece)) *piece = UnicodeToBytes(*piece);
    return absl::OkStatus();
  }
};

// Runs of pieces such as "<0xE2>" are the character that they spell together, or as many U+FFFD.
class ByteFallbackDecoder : public Decoder {
 public:
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    std::vector<std::string> out;
    std::string bytes;
    const auto flush = [&] {
      if (bytes.empty()) return;
      if (ReplaceInvalidUtf8(bytes) == bytes) {
        out.push_back(bytes);
      } else {
        out.insert(out.end(), bytes.size(), std::string(kReplacementCharacter));
      }
      bytes.clear();
    };
    for (std::string& piece : *pieces) {
      const int byte = ByteOfPiece(piece);
      if (byte >= 0) {
        bytes.push_back(static_cast<char>(byte));
        continue;
      }
      flush();
      out.push_back(std::move(piece));
    }
    flush();
    *pieces = std::move(out);
    return absl::OkStatus();
  }
  absl::Status DecodeOne(std::string* piece) const override {
    const int byte = ByteOfPiece(*piece);
    if (byte >= 0) piece->assign(1, static_cast<char>(byte));
    return absl::OkStatus();
  }
};

class MetaspaceDecoder : public Decoder {
 public:
  explicit MetaspaceDecoder(MetaspaceOptions options) : options_(std::move(options)) {}
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    for (size_t i = 0; i < pieces->size(); ++i) {
      const bool drop = i == 0 && options_.prepend != PrependScheme::kNever;
      ReplaceAll(options_.replacement, drop ? "" : " ", &(*pieces)[i]);
    }
    return absl::OkStatus();
  }
  absl::Status DecodeOne(std::string* piece) const override {
    ReplaceAll(options_.replacement, " ", piece);
    return absl::OkStatus();
  }

 private:
  MetaspaceOptions options_;
};

class WordPieceDecoder : public Decoder {
 public:
  WordPieceDecoder(absl::string_view prefix, bool clean_up)
      : prefix_(prefix), clean_up_(clean_up) {}
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    for (size_t i = 0; i < pieces->size(); ++i) {
      if (i > 0) Join(&(*pieces)[i]);
      if (clean_up_) CleanUp(&(*pieces)[i]);
    }
    return absl::OkStatus();
  }
  absl::Status DecodeOne(std::string* piece) const override {
    Join(piece);
    if (clean_up_) CleanUp(piece);
    return absl::OkStatus();
  }

 private:
  void Join(std::string* piece) const {
    if (absl::StartsWith(*piece, prefix_)) {
      piece->erase(0, prefix_.size());
    } else {
      piece->insert(0, 1, ' ');
    }
  }
  std::string prefix_;
  bool clean_up_;
};

// The suffix ends a word.
class BpeDecoder : public Decoder {
 public:
  explicit BpeDecoder(absl::string_view suffix) : suffix_(suffix) {}
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    for (size_t i = 0; i < pieces->size(); ++i) {
      ReplaceAll(suffix_, i + 1 == pieces->size() ? "" : " ", &(*pieces)[i]);
    }
    return absl::OkStatus();
  }
  absl::Status DecodeOne(std::string* piece) const override {
    ReplaceAll(suffix_, " ", piece);
    return absl::OkStatus();
  }

 private:
  std::string suffix_;
};

class CtcDecoder : public Decoder {
 public:
  CtcDecoder(absl::string_view pad, absl::string_view delimiter, bool clean_up)
      : pad_(pad), delimiter_(delimiter), clean_up_(clean_up) {}
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    std::vector<std::string> out;
    for (size_t i = 0; i < pieces->size(); ++i) {
      if (i > 0 && (*pieces)[i] == (*pieces)[i - 1]) continue;
      std::string piece = (*pieces)[i];
      ET_RETURN_IF_ERROR(DecodeOne(&piece));
      if (!piece.empty()) out.push_back(std::move(piece));
    }
    *pieces = std::move(out);
    return absl::OkStatus();
  }
  absl::Status DecodeOne(std::string* piece) const override {
    ReplaceAll(pad_, "", piece);
    if (!clean_up_) return absl::OkStatus();
    CleanUp(piece);
    ReplaceAll(delimiter_, " ", piece);
    return absl::OkStatus();
  }

 private:
  std::string pad_, delimiter_;
  bool clean_up_;
};

class FuseDecoder : public Decoder {
 public:
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    pieces->assign(1, absl::StrJoin(*pieces, ""));
    return absl::OkStatus();
  }
  absl::Status DecodeOne(std::string*) const override { return absl::OkStatus(); }
};

// Up to so many of a character off both ends of each piece. After Fuse these are the ends of the
// text, so that nothing is done to one piece of a text that goes on.
class StripDecoder : public Decoder {
 public:
  StripDecoder(absl::string_view content, int64_t start, int64_t stop, bool after_fuse)
      : content_(content), start_(start), stop_(stop), after_fuse_(after_fuse) {}
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    for (std::string& piece : *pieces) Strip(&piece);
    return absl::OkStatus();
  }
  absl::Status DecodeOne(std::string* piece) const override {
    if (!after_fuse_) Strip(piece);
    return absl::OkStatus();
  }

 private:
  void Strip(std::string* piece) const {
    absl::string_view rest = *piece;
    for (int64_t i = 0; i < start_ && absl::StartsWith(rest, content_); ++i) {
      rest.remove_prefix(content_.size());
    }
    for (int64_t i = 0; i < stop_ && absl::EndsWith(rest, content_); ++i) {
      rest.remove_suffix(content_.size());
    }
    *piece = std::string(rest);
  }
  std::string content_;
  int64_t start_, stop_;
  bool after_fuse_;
};

class ReplaceDecoder : public PieceDecoder {
 public:
  ReplaceDecoder(std::unique_ptr<Pattern> pattern, absl::string_view content)
      : pattern_(std::move(pattern)), content_(content) {}
  absl::Status DecodeOne(std::string* piece) const override {
    // Bytes of a part of a character are no text that a pattern could be sought in.
    if (ReplaceInvalidUtf8(*piece) != *piece) return absl::OkStatus();
    std::vector<Part> parts;
    ET_RETURN_IF_ERROR(pattern_->FindParts(*piece, &parts));
    std::string out;
    for (const Part& part : parts) {
      const absl::string_view text =
          absl::string_view(*piece).substr(part.begin, part.end - part.begin);
      out.append(part.is_match ? content_ : std::string(text));
    }
    *piece = std::move(out);
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<Pattern> pattern_;
  std::string content_;
};

class SequenceDecoder : public Decoder {
 public:
  explicit SequenceDecoder(std::vector<std::unique_ptr<Decoder>> steps)
      : steps_(std::move(steps)) {}
  absl::Status Decode(std::vector<std::string>* pieces) const override {
    for (const auto& step : steps_) ET_RETURN_IF_ERROR(step->Decode(pieces));
    return absl::OkStatus();
  }
  absl::Status DecodeOne(std::string* piece) const override {
    for (const auto& step : steps_) ET_RETURN_IF_ERROR(step->DecodeOne(piece));
    return absl::OkStatus();
  }

 private:
  std::vector<std::unique_ptr<Decoder>> steps_;
};

using Made = absl::StatusOr<std::unique_ptr<Decoder>>;

// Where in a file a decoder stands.
struct Place {
  int depth = 0;
  bool fused = false;  // one before it joins all pieces to one
};

Made MakeStrip(const JsonField& field, const Place& place) {
  ET_ASSIGN_OR_RETURN(const absl::string_view content, ReadCharacter(field["content"]));
  ET_ASSIGN_OR_RETURN(const int64_t start, field["start"].Integer(0, INT32_MAX));
  ET_ASSIGN_OR_RETURN(const int64_t stop, field["stop"].Integer(0, INT32_MAX));
  return std::make_unique<StripDecoder>(content, start, stop, place.fused);
}

Made MakeReplace(const JsonField& field) {
  ET_ASSIGN_OR_RETURN(auto pattern, Pattern::FromJson(field["pattern"]));
  ET_ASSIGN_OR_RETURN(const absl::string_view content, field["content"].String());
  return std::make_unique<ReplaceDecoder>(std::move(pattern), content);
}

Made MakeCtc(const JsonField& field) {
  ET_ASSIGN_OR_RETURN(const absl::string_view pad, field["pad_token"].String());
  ET_ASSIGN_OR_RETURN(const absl::string_view delimiter, field["word_delimiter_token"].String());
  ET_ASSIGN_OR_RETURN(const bool clean_up, field["cleanup"].Bool());
  return std::make_unique<CtcDecoder>(pad, delimiter, clean_up);
}

Made Make(const JsonField& field, Place* place);

Made MakeSequence(const JsonField& field, Place* place) {
  if (place->depth >= kMaxDepth) return CorruptFile(field.Path(), ": sequences nest too deep");
  ++place->depth;
  const JsonField list = field["decoders"];
  ET_ASSIGN_OR_RETURN(const size_t items, list.ArraySize());
  std::vector<std::unique_ptr<Decoder>> steps;
  for (size_t i = 0; i < items; ++i) {
    ET_ASSIGN_OR_RETURN(auto step, Make(list.Item(i), place));
    steps.push_back(std::move(step));
  }
  --place->depth;
  return std::make_unique<SequenceDecoder>(std::move(steps));
}

Made Make(const JsonField& field, Place* place) {
  const JsonField type_field = field["type"];
  ET_ASSIGN_OR_RETURN(const absl::string_view type, type_field.String());
  if (type == "Sequence") return MakeSequence(field, place);
  if (type == "ByteLevel") {
    place->fused = true;
    return std::make_unique<ByteLevelDecoder>();
  }
  if (type == "Fuse") {
    place->fused = true;
    return std::make_unique<FuseDecoder>();
  }
  if (type == "ByteFallback") return std::make_unique<ByteFallbackDecoder>();
  if (type == "Strip") return MakeStrip(field, *place);
  if (type == "Replace") return MakeReplace(field);
  if (type == "CTC") return MakeCtc(field);
  if (type == "Metaspace") {
    ET_ASSIGN_OR_RETURN(MetaspaceOptions options, ReadMetaspace(field));
    return std::make_unique<MetaspaceDecoder>(std::move(options));
  }
  if (type == "WordPiece") {
    ET_ASSIGN_OR_RETURN(const absl::string_view prefix, field["prefix"].String());
    ET_ASSIGN_OR_RETURN(const bool clean_up, field["cleanup"].Bool());
    return std::make_unique<WordPieceDecoder>(prefix, clean_up);
  }
  if (type == "BPEDecoder") {
    ET_ASSIGN_OR_RETURN(const absl::string_view suffix, field["suffix"].String());
    return std::make_unique<BpeDecoder>(suffix);
  }
  return Unsupported(ErrorDetail::kUnsupportedFormat, type_field.Path(),
                     ": EdgeTasks knows no decoder \"", type, "\"");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Decoder>> MakeDecoder(const JsonField& field) {
  if (field.is_null()) return std::unique_ptr<Decoder>();
  Place place;
  return Make(field, &place);
}

}  // namespace edgetasks::text::tokenizer_json
