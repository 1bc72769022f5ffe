#include "core/text/json/json_value.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::text {
namespace {

const JsonValue& NullValue() {
  static const JsonValue* const null = new JsonValue;
  return *null;
}

absl::string_view KindOf(const JsonValue& value) {
  constexpr absl::string_view kKinds[] = {"nothing",  "a boolean", "an integer", "a number",
                                          "a string", "an array",  "an object"};
  return kKinds[static_cast<int>(value.kind)];
}

}  // namespace

const JsonValue* JsonValue::Find(absl::string_view name) const {
  for (size_t i = names.size(); i-- > 0;) {
    if (names[i] == name) return &items[i];
  }
  return nullptr;
}

absl::Status JsonBuilder::Null() { return Add(JsonValue::Kind::kNull).status(); }

absl::Status JsonBuilder::Bool(bool value) {
  ET_ASSIGN_OR_RETURN(JsonValue * added, Add(JsonValue::Kind::kBool));
  added->truth = value;
  return absl::OkStatus();
}

absl::Status JsonBuilder::Integer(int64_t value) {
  ET_ASSIGN_OR_RETURN(JsonValue * added, Add(JsonValue::Kind::kInteger));
  added->integer = value;
  return absl::OkStatus();
}

absl::Status JsonBuilder::Number(double value) {
  ET_ASSIGN_OR_RETURN(JsonValue * added, Add(JsonValue::Kind::kNumber));
  added->number = value;
  return absl::OkStatus();
}

absl::Status JsonBuilder::String(std::string* value) {
  ET_ASSIGN_OR_RETURN(JsonValue * added, Add(JsonValue::Kind::kString));
  added->string = std::move(*value);
  return absl::OkStatus();
}

absl::Status JsonBuilder::Key(std::string* name) {
  open_.back()->names.push_back(std::move(*name));
  open_.back()->items.emplace_back();  // null, until its value comes
  return absl::OkStatus();
}

absl::StatusOr<JsonValue*> JsonBuilder::Add(JsonValue::Kind kind) {
  if (++values_ > limits_.max_values) {
    return CorruptFile("the JSON text has more than ", limits_.max_values, " values");
  }
  JsonValue* added = &root_;
  if (!open_.empty()) {
    JsonValue& parent = *open_.back();
    if (parent.is_array()) parent.items.emplace_back();
    added = &parent.items.back();
  }
  added->kind = kind;
  return added;
}

// What is open stays where it is: only the innermost array or object grows.
absl::Status JsonBuilder::Open(JsonValue::Kind kind) {
  if (depth() >= limits_.max_depth) {
    return CorruptFile("the JSON text nests deeper than ", limits_.max_depth, " levels");
  }
  ET_ASSIGN_OR_RETURN(JsonValue * added, Add(kind));
  open_.push_back(added);
  return absl::OkStatus();
}

absl::Status JsonBuilder::Close() {
  open_.pop_back();
  return absl::OkStatus();
}

absl::StatusOr<JsonValue> ParseJson(absl::string_view text, const JsonLimits& limits) {
  JsonBuilder builder(limits);
  ET_RETURN_IF_ERROR(ReadJson(text, &builder));
  return builder.Take();
}

std::string JsonField::Path() const {
  if (parent_ == nullptr) return "";
  std::string path = parent_->Path();
  if (name_.empty()) return absl::StrCat(path, "[", index_, "]");
  return path.empty() ? std::string(name_) : absl::StrCat(path, ".", name_);
}

absl::Status JsonField::Expected(absl::string_view what) const {
  const std::string path = Path();
  return CorruptFile(path.empty() ? "the text" : path, ": expected ", what, ", got ",
                     KindOf(*value_));
}

JsonField JsonField::operator[](absl::string_view name) const {
  const JsonValue* member = value_->Find(name);
  JsonField field(member == nullptr ? &NullValue() : member, this);
  field.name_ = name;
  return field;
}

JsonField JsonField::Item(size_t index) const {
  JsonField field(&value_->items[index], this);
  field.index_ = index;
  return field;
}

absl::StatusOr<absl::string_view> JsonField::String() const {
  if (value_->kind != JsonValue::Kind::kString) return Expected("a string");
  return absl::string_view(value_->string);
}

absl::StatusOr<int64_t> JsonField::Integer(int64_t min, int64_t max) const {
  const bool is_integer = value_->kind == JsonValue::Kind::kInteger;
  if (!is_integer || value_->integer < min || value_->integer > max) {
    const std::string range = absl::StrCat("an integer from ", min, " to ", max);
    if (!is_integer) return Expected(range);
    return CorruptFile(Path(), ": expected ", range, ", got ", value_->integer);
  }
  return value_->integer;
}

absl::StatusOr<double> JsonField::Number() const {
  if (value_->kind == JsonValue::Kind::kInteger) return static_cast<double>(value_->integer);
  if (value_->kind != JsonValue::Kind::kNumber || !std::isfinite(value_->number)) {
    return Expected("a number");
  }
  return value_->number;
}

absl::StatusOr<bool> JsonField::Bool() const {
  if (value_->kind != JsonValue::Kind::kBool) return Expected("true or false");
  return value_->truth;
}

absl::StatusOr<size_t> JsonField::ArraySize() const {
  if (!value_->is_array()) return Expected("an array");
  return value_->items.size();
}

absl::Status JsonField::CheckObject() const {
  return value_->is_object() ? absl::OkStatus() : Expected("an object");
}

absl::StatusOr<bool> JsonField::BoolOr(bool otherwise) const {
  if (is_null()) return otherwise;
  return Bool();
}

absl::StatusOr<absl::string_view> JsonField::StringOr(absl::string_view otherwise) const {
  if (is_null()) return otherwise;
  return String();
}

}  // namespace edgetasks::text
