// A JSON text in memory, and a view of it that knows where in the text it stands.
#ifndef CORE_TEXT_JSON_JSON_VALUE_H_
#define CORE_TEXT_JSON_JSON_VALUE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/json/json_events.h"

namespace edgetasks::text {

struct JsonValue {
  enum class Kind { kNull, kBool, kInteger, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  bool truth = false;
  int64_t integer = 0;
  double number = 0;
  std::string string;
  std::vector<JsonValue> items;    // of an array, or the values of an object
  std::vector<std::string> names;  // of an object, in the order of the text

  static JsonValue Of(Kind kind) {
    JsonValue value;
    value.kind = kind;
    return value;
  }
  bool is_null() const { return kind == Kind::kNull; }
  bool is_array() const { return kind == Kind::kArray; }
  bool is_object() const { return kind == Kind::kObject; }
  // The member of that name, of several the last; null if there is none or this is no object.
  const JsonValue* Find(absl::string_view name) const;
};

// Bounds what a text from a file can cost.
struct JsonLimits {
  int max_depth = 64;           // of nested arrays and objects
  int64_t max_values = 300000;  // of some 100 bytes each, beside their strings
};

// Builds a JsonValue from events.
class JsonBuilder : public JsonEvents {
 public:
  explicit JsonBuilder(const JsonLimits& limits = {}) : limits_(limits) {}

  // How many arrays and objects are open.
  int depth() const { return static_cast<int>(open_.size()); }
  JsonValue Take() { return std::move(root_); }

  absl::Status Null() override;
  absl::Status Bool(bool value) override;
  absl::Status Integer(int64_t value) override;
  absl::Status Number(double value) override;
  absl::Status String(std::string* value) override;
  absl::Status StartObject() override { return Open(JsonValue::Kind::kObject); }
  absl::Status Key(std::string* name) override;
  absl::Status EndObject() override { return Close(); }
  absl::Status StartArray() override { return Open(JsonValue::Kind::kArray); }
  absl::Status EndArray() override { return Close(); }

 private:
  absl::StatusOr<JsonValue*> Add(JsonValue::Kind kind);
  absl::Status Open(JsonValue::Kind kind);
  absl::Status Close();

  JsonLimits limits_;
  JsonValue root_;
  std::vector<JsonValue*> open_;
  int64_t values_ = 0;
};

// INVALID_ARGUMENT (kCorruptFile) if `text` is no JSON or goes beyond `limits`.
absl::StatusOr<JsonValue> ParseJson(absl::string_view text, const JsonLimits& limits = {});

// A value and its place. Reads fields with their types checked; errors are INVALID_ARGUMENT
// (kCorruptFile) and name the place, such as `pre_tokenizer.pretokenizers[1].pattern`.
//
// Views its value and, through `parent`, the fields that it was reached by: keep those on the
// stack.
class JsonField {
 public:
  explicit JsonField(const JsonValue& root) : value_(&root) {}

  const JsonValue& value() const { return *value_; }
  std::string Path() const;
  // An error that says what was expected here and what is there.
  absl::Status Expected(absl::string_view what) const;

  // The member `name`, which may be absent: then a field that is null.
  JsonField operator[](absl::string_view name) const;
  JsonField Item(size_t index) const;  // of an array; index < its size
  bool is_null() const { return value_->is_null(); }

  absl::StatusOr<absl::string_view> String() const;
  absl::StatusOr<int64_t> Integer(int64_t min, int64_t max) const;
  absl::StatusOr<double> Number() const;  // finite
  absl::StatusOr<bool> Bool() const;
  // How many items an array has.
  absl::StatusOr<size_t> ArraySize() const;
  absl::Status CheckObject() const;
  // The same where absent or null means `otherwise`.
  absl::StatusOr<bool> BoolOr(bool otherwise) const;
  absl::StatusOr<absl::string_view> StringOr(absl::string_view otherwise) const;

 private:
  JsonField(const JsonValue* value, const JsonField* parent) : value_(value), parent_(parent) {}

  const JsonValue* value_;
  const JsonField* parent_ = nullptr;
  absl::string_view name_;  // of a member; else index_
  size_t index_ = 0;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_JSON_JSON_VALUE_H_
