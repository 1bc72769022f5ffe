// The values that templates compute with: Python's, as far as Jinja shows them.
#ifndef CORE_TEXT_TEMPLATE_VALUE_H_
#define CORE_TEXT_TEMPLATE_VALUE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace edgetasks::text::jinja {

class Value;
struct MacroNode;
struct Scope;
struct LoopState;

using List = std::vector<Value>;
using Dict = std::vector<std::pair<Value, Value>>;  // in the order of insertion

// namespace(...): the one value that changes. Owned by the render that made it.
struct Namespace {
  std::vector<std::pair<std::string, Value>> members;
};

// Something to call. A macro's scope is owned by its render.
struct Function {
  enum class Kind { kGlobal, kMethod, kMacro, kCaller };
  Kind kind;
  std::string name;                   // of a global or a method
  std::shared_ptr<const Value> self;  // of a method
  const MacroNode* macro = nullptr;   // of a macro, or the body of a call block
  Scope* scope = nullptr;             // where it was defined
};

// Strings, lists and dicts are shared and never change, so that copies are cheap and no value can
// hold itself.
class Value {
 public:
  enum class Kind {
    kUndefined,
    kNone,
    kBool,
    kInt,
    kFloat,
    kString,
    kList,
    kTuple,
    kDict,
    kNamespace,
    kFunction,
    kLoop
  };

  Value() = default;  // undefined
  static Value Undefined(absl::string_view what);
  static Value None();
  static Value Bool(bool value);
  static Value Int(int64_t value);
  static Value Float(double value);
  static Value String(std::string text);
  static Value OfList(List list);
  static Value OfTuple(List list);
  static Value OfDict(Dict dict);
  static Value OfNamespace(Namespace* ns);
  static Value OfFunction(Function function);
  static Value OfLoop(LoopState* loop);

  Kind kind() const { return kind_; }
  bool is_undefined() const { return kind_ == Kind::kUndefined; }
  bool is_none() const { return kind_ == Kind::kNone; }
  bool is_string() const { return kind_ == Kind::kString; }
  bool is_sequence() const { return kind_ == Kind::kList || kind_ == Kind::kTuple; }
  bool is_dict() const { return kind_ == Kind::kDict; }
  // Bools are numbers too: True is 1.
  bool is_integer() const { return kind_ == Kind::kInt || kind_ == Kind::kBool; }
  bool is_number() const { return is_integer() || kind_ == Kind::kFloat; }

  bool boolean() const { return integer_ != 0; }
  int64_t integer() const { return integer_; }  // of an integer or bool
  double number() const { return kind_ == Kind::kFloat ? float_ : static_cast<double>(integer_); }
  const std::string& string() const { return *static_cast<const std::string*>(data_.get()); }
  const List& list() const { return *static_cast<const List*>(data_.get()); }
  const Dict& dict() const { return *static_cast<const Dict*>(data_.get()); }
  Namespace* ns() const { return static_cast<Namespace*>(pointer_); }
  const Function& function() const { return *static_cast<const Function*>(data_.get()); }
  LoopState* loop() const { return static_cast<LoopState*>(pointer_); }
  // What an undefined value was to be.
  absl::string_view undefined_name() const;

  bool Truth() const;
  // How deep lists and dicts nest in it; 0 for others.
  int depth() const { return depth_; }
  // What it takes to print or compare it, about in bytes: what is in a list twice counts twice.
  int64_t weight() const { return weight_; }
  // The type's name in Python: "str".
  absl::string_view TypeName() const;
  // The member of a dict of that key, or null.
  const Value* Find(const Value& key) const;
  const Value* Find(absl::string_view key) const;

 private:
  Kind kind_ = Kind::kUndefined;
  int depth_ = 0;
  int64_t weight_ = 16;
  int64_t integer_ = 0;
  double float_ = 0;
  std::shared_ptr<const void> data_;
  void* pointer_ = nullptr;
};

bool operator==(const Value& a, const Value& b);
inline bool operator!=(const Value& a, const Value& b) { return !(a == b); }
// a < b for numbers, strings, and sequences of such; false in `*comparable` for others.
bool Less(const Value& a, const Value& b, bool* comparable);

// str(value) and repr(value) of Python.
void AppendStr(const Value& value, std::string* out);
void AppendRepr(const Value& value, std::string* out);
std::string Str(const Value& value);
// A float as Python writes it: the shortest digits that read back as the same.
std::string FloatRepr(double value);

// Characters (not bytes) of a text.
int64_t CharacterCount(absl::string_view text);
// Its characters, one string each.
std::vector<absl::string_view> Characters(absl::string_view text);

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_VALUE_H_
