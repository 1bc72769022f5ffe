// A JSON Schema as it was written, and where in it things stand.
#ifndef CORE_TEXT_CONSTRAINT_SCHEMA_DOCUMENT_H_
#define CORE_TEXT_CONSTRAINT_SCHEMA_DOCUMENT_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/base/error.h"

namespace edgetasks::text {

using Json = nlohmann::ordered_json;

// The value of `key` in an object; nullptr if it is not there.
inline const Json* Find(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at == object.end() ? nullptr : &*at;
}

// Immutable. Values are known by their addresses.
class SchemaDocument {
 public:
  // INVALID_ARGUMENT (kInvalidOption): no JSON, nested too deeply, or with a schema that refers to
  // itself without a value between them, so that nobody can say what is valid.
  static absl::StatusOr<std::unique_ptr<const SchemaDocument>> Parse(absl::string_view text);

  const Json& root() const { return root_; }
  // Values in the order of the document.
  int IndexOf(const Json* value) const { return places_.at(value).index; }
  // "#/properties/a".
  std::string PointerOf(const Json* value) const;
  // What "$ref" of `schema` refers to.
  absl::StatusOr<const Json*> Resolve(const Json& schema) const;

  // An error about `value`, or about its member `keyword`.
  template <typename... Args>
  absl::Status Refuse(const Json* value, absl::string_view keyword, const Args&... args) const {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat("the JSON Schema at ", PointerOf(value),
                                  keyword.empty() ? "" : "/", keyword, ": ", args...));
  }
  // The keyword as a whole number of 0 and more; nothing if it is not there.
  absl::StatusOr<std::optional<int>> CountOf(const Json* schema, const char* keyword) const;

 private:
  SchemaDocument() = default;
  absl::Status CheckReferences() const;
  void Place(const Json* value, const Json* parent);

  struct Where {
    const Json* parent;
    int index;
  };
  Json root_;
  std::unordered_map<const Json*, Where> places_;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_SCHEMA_DOCUMENT_H_
