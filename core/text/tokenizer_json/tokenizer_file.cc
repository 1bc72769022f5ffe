#include "core/text/tokenizer_json/tokenizer_file.h"

#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::text::tokenizer_json {
namespace {

constexpr size_t kMaxFileBytes = size_t{1} << 30;  // StringPool counts bytes in 32 bits

// Hands everything to a JsonBuilder but what stands in model.vocab and model.merges.
class FileEvents : public JsonEvents {
 public:
  explicit FileEvents(ModelTables* tables) : tables_(*tables) {}
  JsonValue TakeDocument() { return builder_.Take(); }

  absl::Status Null() override {
    return mode_ == Mode::kDocument ? builder_.Null() : Unexpected("null");
  }
  absl::Status Bool(bool value) override {
    return mode_ == Mode::kDocument ? builder_.Bool(value) : Unexpected("a boolean");
  }
  absl::Status Integer(int64_t value) override {
    if (mode_ == Mode::kDocument) return builder_.Integer(value);
    if (mode_ == Mode::kVocabObject) return AddId(value);
    return Number(static_cast<double>(value));
  }
  absl::Status Number(double value) override {
    if (mode_ == Mode::kDocument) return builder_.Number(value);
    if (mode_ != Mode::kVocabEntry || entry_ != 1) return Unexpected("a number");
    if (!std::isfinite(value)) return Unexpected("a score beyond all bounds");
    tables_.scores.push_back(value);
    ++entry_;
    return absl::OkStatus();
  }
  absl::Status String(std::string* value) override;
  absl::Status StartObject() override;
  absl::Status Key(std::string* name) override;
  absl::Status EndObject() override {
    if (mode_ == Mode::kDocument) return builder_.EndObject();
    mode_ = Mode::kDocument;  // of a vocabulary: nothing else opens objects here
    return absl::OkStatus();
  }
  absl::Status StartArray() override;
  absl::Status EndArray() override;

 private:
  enum class Mode { kDocument, kVocabObject, kVocabArray, kVocabEntry, kMerges, kMerge };

  // Whether the next value is that of the member `name` of "model".
  bool IsModelMember(absl::string_view name) const {
    return mode_ == Mode::kDocument && builder_.depth() == 2 && top_key_ == "model" &&
           model_key_ == name;
  }
  absl::Status AddId(int64_t id);
  std::string Place() const;
  absl::Status Unexpected(absl::string_view got) const;

  ModelTables& tables_;
  JsonBuilder builder_;
  Mode mode_ = Mode::kDocument;
  std::string top_key_, model_key_;  // the last ones
  std::string piece_;                // whose id comes next
  int entry_ = 0;                    // values so far in an entry or a merge
};

std::string FileEvents::Place() const {
  switch (mode_) {
    case Mode::kDocument:
      return "";
    case Mode::kVocabObject:
      return absl::StrCat("model.vocab[\"", piece_, "\"]");
    case Mode::kVocabArray:
    case Mode::kVocabEntry:
      return absl::StrCat("model.vocab[", tables_.pieces.size() - (entry_ > 0 ? 1 : 0), "]");
    case Mode::kMerges:
    case Mode::kMerge:
      return absl::StrCat("model.merges[", tables_.merge_left.size() - (entry_ > 0 ? 1 : 0), "]");
  }
  return "";
}

absl::Status FileEvents::Unexpected(absl::string_view got) const {
  absl::string_view expected;
  switch (mode_) {
    case Mode::kDocument:
      break;
    case Mode::kVocabObject:
      expected = "an id";
      break;
    case Mode::kVocabArray:
    case Mode::kVocabEntry:
      expected = "a piece with its score";
      break;
    case Mode::kMerges:
    case Mode::kMerge:
      expected = "two pieces, as one string or as an array, and all alike";
      break;
  }
  return CorruptFile(Place(), ": expected ", expected, ", got ", got);
}

absl::Status FileEvents::AddId(int64_t id) {
  if (id < 0 || id >= kMaxIds) {
    return CorruptFile(Place(), ": expected an id from 0 to ", kMaxIds - 1, ", got ", id);
  }
  tables_.pieces.Add(piece_);
  tables_.ids.push_back(static_cast<int32_t>(id));
  return absl::OkStatus();
}

absl::Status FileEvents::Key(std::string* name) {
  if (mode_ == Mode::kVocabObject) {
    piece_ = std::move(*name);
    return absl::OkStatus();
  }
  if (builder_.depth() == 1) {
    top_key_ = *name;
    model_key_.clear();
  } else if (builder_.depth() == 2) {
    model_key_ = *name;
  }
  return builder_.Key(name);
}

absl::Status FileEvents::String(std::string* value) {
  switch (mode_) {
    case Mode::kDocument:
      return builder_.String(value);
    case Mode::kVocabEntry:
      if (entry_ != 0) break;
      if (static_cast<int64_t>(tables_.pieces.size()) >= kMaxIds) {
        return CorruptFile("model.vocab: more than ", kMaxIds, " pieces");
      }
      tables_.pieces.Add(*value);
      ++entry_;
      return absl::OkStatus();
    case Mode::kMerges:
      if (tables_.merges_are_pairs) break;
      tables_.merge_left.Add(*value);
      return absl::OkStatus();
    case Mode::kMerge:
      if (entry_ > 1) break;
      (entry_ == 0 ? tables_.merge_left : tables_.merge_right).Add(*value);
      ++entry_;
      return absl::OkStatus();
    case Mode::kVocabObject:
    case Mode::kVocabArray:
      break;
  }
  return Unexpected("a string");
}

absl::Status FileEvents::StartObject() {
  if (IsModelMember("vocab")) {
    mode_ = Mode::kVocabObject;
    tables_.vocab_shape = ModelTables::Shape::kObject;
    tables_.pieces = StringPool();
    tables_.ids.clear();
    return absl::OkStatus();
  }
  return mode_ == Mode::kDocument ? builder_.StartObject() : Unexpected("an object");
}

absl::Status FileEvents::StartArray() {
  if (IsModelMember("vocab")) {
    mode_ = Mode::kVocabArray;
    tables_.vocab_shape = ModelTables::Shape::kArray;
    tables_.pieces = StringPool();
    tables_.scores.clear();
    return absl::OkStatus();
  }
  if (IsModelMember("merges")) {
    mode_ = Mode::kMerges;
    tables_.has_merges = true;
    tables_.merges_are_pairs = false;
    tables_.merge_left = tables_.merge_right = StringPool();
    return absl::OkStatus();
  }
  if (mode_ == Mode::kDocument) return builder_.StartArray();
  if (mode_ == Mode::kVocabArray) {
    mode_ = Mode::kVocabEntry;
    return absl::OkStatus();
  }
  if (mode_ == Mode::kMerges && (tables_.merges_are_pairs || tables_.merge_left.size() == 0)) {
    tables_.merges_are_pairs = true;
    mode_ = Mode::kMerge;
    return absl::OkStatus();
  }
  return Unexpected("an array");
}

absl::Status FileEvents::EndArray() {
  switch (mode_) {
    case Mode::kVocabEntry:
    case Mode::kMerge:
      if (entry_ != 2) return Unexpected(absl::StrCat(entry_, " of the two"));
      entry_ = 0;
      mode_ = mode_ == Mode::kMerge ? Mode::kMerges : Mode::kVocabArray;
      return absl::OkStatus();
    case Mode::kVocabArray:
    case Mode::kMerges:
      mode_ = Mode::kDocument;
      return absl::OkStatus();
    case Mode::kDocument:
    case Mode::kVocabObject:
      break;
  }
  return builder_.EndArray();
}

}  // namespace

absl::StatusOr<TokenizerFile> ReadTokenizerFile(absl::string_view json) {
  if (json.size() > kMaxFileBytes) {
    return CorruptFile("the tokenizer has ", json.size(), " bytes; expected at most ",
                       kMaxFileBytes);
  }
  TokenizerFile file;
  FileEvents events(&file.tables);
  ET_RETURN_IF_ERROR(ReadJson(json, &events));
  file.document = events.TakeDocument();
  return file;
}

}  // namespace edgetasks::text::tokenizer_json
