#include "core/text/constraint/schema_document.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/base/status_macros.h"

namespace edgetasks::text {
namespace {

constexpr int kMaxNesting = 200;  // of the document: what walks over it recurses

int NestingOf(absl::string_view text) {
  int depth = 0, deepest = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

// "%41" is "A" in the fragment of a URI.
std::string WithoutPercents(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    uint32_t byte = 0;
    if (text[i] == '%' && i + 3 <= text.size() &&
        absl::SimpleHexAtoi(text.substr(i + 1, 2), &byte)) {
      plain.push_back(static_cast<char>(byte));
      i += 2;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

}  // namespace

absl::StatusOr<std::unique_ptr<const SchemaDocument>> SchemaDocument::Parse(
    absl::string_view text) {
  if (NestingOf(text) > kMaxNesting) {
    return InvalidOption("the JSON Schema is nested more than ", kMaxNesting, " deep");
  }
  std::unique_ptr<SchemaDocument> document(new SchemaDocument());
  document->root_ = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (document->root_.is_discarded()) return InvalidOption("the JSON Schema is not valid JSON");
  document->Place(&document->root_, nullptr);
  ET_RETURN_IF_ERROR(document->CheckReferences());
  return std::unique_ptr<const SchemaDocument>(std::move(document));
}

void SchemaDocument::Place(const Json* value, const Json* parent) {
  places_[value] = {parent, static_cast<int>(places_.size())};
  if (!value->is_structured()) return;
  for (const Json& child : *value) Place(&child, value);
}

// Depth first over the schemas that must hold for the same value, with a stack of its own.
absl::Status SchemaDocument::CheckReferences() const {
  enum Colour { kNew, kOpen, kDone };
  std::vector<Colour> colours(places_.size(), kNew);
  struct Frame {
    const Json* schema;
    std::vector<const Json*> next;
  };
  std::vector<Frame> frames;
  const auto enter = [&](const Json* schema) {
    colours[IndexOf(schema)] = kOpen;
    Frame frame = {schema, {}};
    if (schema->is_object()) {
      if (schema->contains("$ref")) {
        const absl::StatusOr<const Json*> target = Resolve(*schema);
        if (target.ok()) frame.next.push_back(*target);  // others are refused where they are used
      }
      for (const char* keyword : {"allOf", "anyOf", "oneOf"}) {
        const Json* list = Find(*schema, keyword);
        if (list == nullptr || !list->is_array()) continue;
        for (const Json& part : *list) frame.next.push_back(&part);
      }
    }
    frames.push_back(std::move(frame));
  };
  for (const auto& place : places_) {
    if (colours[place.second.index] != kNew) continue;
    enter(place.first);
    while (!frames.empty()) {
      if (frames.back().next.empty()) {
        colours[IndexOf(frames.back().schema)] = kDone;
        frames.pop_back();
        continue;
      }
      const Json* next = frames.back().next.back();
      frames.back().next.pop_back();
      if (colours[IndexOf(next)] == kOpen) {
        return Refuse(next, "", "the schema refers to itself without end");
      }
      if (colours[IndexOf(next)] == kNew) enter(next);
    }
  }
  return absl::OkStatus();
}

std::string SchemaDocument::PointerOf(const Json* value) const {
  const Json* parent = places_.at(value).parent;
  if (parent == nullptr) return "#";
  std::string key;
  if (parent->is_array()) {
    key = absl::StrCat(value - &(*parent)[0]);
  } else {
    for (auto item = parent->begin(); item != parent->end(); ++item) {
      if (&*item == value) key = absl::StrReplaceAll(item.key(), {{"~", "~0"}, {"/", "~1"}});
    }
  }
  return absl::StrCat(PointerOf(parent), "/", key);
}

absl::StatusOr<const Json*> SchemaDocument::Resolve(const Json& schema) const {
  const Json* ref = Find(schema, "$ref");
  if (!ref->is_string()) return Refuse(ref, "", "a reference is a string");
  const std::string& target = ref->get_ref<const std::string&>();
  if (target.empty() || target[0] != '#' || (target.size() > 1 && target[1] != '/')) {
    return Refuse(ref, "",
                  "only references into the document, such as #/$defs/name, are supported");
  }
  const Json* value = &root_;
  if (target.size() > 1) {
    const std::string path = WithoutPercents(absl::string_view(target).substr(2));
    for (const absl::string_view part : absl::StrSplit(path, '/')) {
      const std::string key = absl::StrReplaceAll(part, {{"~1", "/"}, {"~0", "~"}});
      const Json* next = nullptr;
      uint32_t index = 0;
      if (value->is_object()) {
        next = Find(*value, key.c_str());
      } else if (value->is_array() && absl::SimpleAtoi(key, &index) && index < value->size()) {
        next = &(*value)[index];
      }
      if (next == nullptr) return Refuse(ref, "", "there is nothing at ", target);
      value = next;
    }
  }
  return value;
}

absl::StatusOr<std::optional<int>> SchemaDocument::CountOf(const Json* schema,
                                                           const char* keyword) const {
  const Json* value = Find(*schema, keyword);
  if (value == nullptr) return std::optional<int>();
  const double count = value->is_number() ? value->get<double>() : -1;
  if (!(count >= 0) || count != static_cast<double>(static_cast<int64_t>(std::min(count, 1e15)))) {
    return Refuse(value, "", "expected a whole number of 0 or more, got ",
                  value->dump(-1, ' ', false, Json::error_handler_t::replace));
  }
  constexpr int kMost = std::numeric_limits<int>::max();
  return std::optional<int>(count > kMost ? kMost : static_cast<int>(count));
}

}  // namespace edgetasks::text
