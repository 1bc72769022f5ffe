// The interpreter's expressions.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/text/template/interpreter.h"

namespace edgetasks::text::jinja {
namespace {

constexpr absl::string_view kGlobals[] = {"range", "namespace", "dict", "raise_exception",
                                          "strftime_now"};
constexpr int64_t kMaxRange = 100000;  // as jinja2's sandbox has it

absl::Status Undefined(const Position& position, const Value& value) {
  return ErrorAt(position, value.undefined_name());
}

}  // namespace

absl::StatusOr<Value> Interpreter::Eval(const Expression& node, Scope* scope) {
  const Deeper deeper(&depth_);
  ET_RETURN_IF_ERROR(Charge(node.position, 1, 0));
  switch (node.kind) {
    case Expression::Kind::kConstant:
      return node.constant;
    case Expression::Kind::kName:
      return EvalName(node, scope);
    case Expression::Kind::kList:
    case Expression::Kind::kTuple:
    case Expression::Kind::kDict:
      return EvalItems(node, scope);
    case Expression::Kind::kAttribute: {
      ET_ASSIGN_OR_RETURN(const Value value, Eval(*node.children[0], scope));
      return Attribute(node.position, value, node.name);
    }
    case Expression::Kind::kItem: {
      ET_ASSIGN_OR_RETURN(const Value value, Eval(*node.children[0], scope));
      ET_ASSIGN_OR_RETURN(const Value key, Eval(*node.children[1], scope));
      return Item(node.position, value, key);
    }
    case Expression::Kind::kSlice:
      return EvalSlice(node, scope);
    case Expression::Kind::kCall:
      return EvalCall(node, scope, nullptr);
    case Expression::Kind::kFilter:
      return EvalFilter(node, scope, nullptr);
    case Expression::Kind::kTest: {
      ET_ASSIGN_OR_RETURN(const Value subject, Eval(*node.children[0], scope));
      ET_ASSIGN_OR_RETURN(const Call call, Arguments(node, scope));
      ET_ASSIGN_OR_RETURN(const bool holds, ApplyTest(node.name, subject, call));
      return Value::Bool(holds);
    }
    case Expression::Kind::kNot: {
      ET_ASSIGN_OR_RETURN(const Value value, Eval(*node.children[0], scope));
      return Value::Bool(!value.Truth());
    }
    case Expression::Kind::kNegative:
    case Expression::Kind::kPositive: {
      ET_ASSIGN_OR_RETURN(const Value value, Eval(*node.children[0], scope));
      const bool negative = node.kind == Expression::Kind::kNegative;
      if (value.kind() == Value::Kind::kFloat) {  // 0 - 0.0 would lose the sign
        return Value::Float(negative ? -value.number() : value.number());
      }
      return Arithmetic(node.position, negative ? "-" : "+", Value::Int(0), value);
    }
    case Expression::Kind::kBinary:
      return EvalBinary(node, scope);
    case Expression::Kind::kCompare:
      return EvalCompare(node, scope);
    case Expression::Kind::kCondition: {
      ET_ASSIGN_OR_RETURN(const Value condition, Eval(*node.children[1], scope));
      if (condition.Truth()) return Eval(*node.children[0], scope);
      if (node.children[2] != nullptr) return Eval(*node.children[2], scope);
      return Value::Undefined("an if without else gave nothing");
    }
  }
  return Value();
}

absl::StatusOr<Value> Interpreter::EvalName(const Expression& node, Scope* scope) {
  for (const Scope* s = scope; s != nullptr; s = s->parent) {
    for (const auto& [name, value] : s->variables) {
      if (name == node.name) return value;
    }
    ET_RETURN_IF_ERROR(Charge(node.position, static_cast<int64_t>(s->variables.size() / 16), 0));
  }
  for (const absl::string_view global : kGlobals) {
    if (global == node.name) {
      return Value::OfFunction({Function::Kind::kGlobal, node.name, nullptr, nullptr, nullptr});
    }
  }
  return Value::Undefined(absl::StrCat("'", node.name, "' is undefined"));
}

absl::StatusOr<Value> Interpreter::EvalItems(const Expression& node, Scope* scope) {
  List items;
  for (const ExpressionPtr& child : node.children) {
    ET_ASSIGN_OR_RETURN(Value item, Eval(*child, scope));
    items.push_back(std::move(item));
  }
  if (node.kind == Expression::Kind::kList) return NewList(node.position, std::move(items));
  if (node.kind == Expression::Kind::kTuple) return NewTuple(node.position, std::move(items));
  Dict dict;
  for (size_t i = 0; i + 1 < items.size(); i += 2) {
    const auto same = std::find_if(dict.begin(), dict.end(),
                                   [&](const auto& member) { return member.first == items[i]; });
    if (same != dict.end()) {
      same->second = items[i + 1];
    } else {
      dict.emplace_back(items[i], items[i + 1]);
    }
  }
  return NewDict(node.position, std::move(dict));
}

absl::StatusOr<Value> Interpreter::EvalBinary(const Expression& node, Scope* scope) {
  ET_ASSIGN_OR_RETURN(const Value left, Eval(*node.children[0], scope));
  if (node.name == "and" && !left.Truth()) return left;
  if (node.name == "or" && left.Truth()) return left;
  ET_ASSIGN_OR_RETURN(const Value right, Eval(*node.children[1], scope));
  if (node.name == "and" || node.name == "or") return right;
  return Arithmetic(node.position, node.name, left, right);
}

absl::StatusOr<Value> Interpreter::EvalCompare(const Expression& node, Scope* scope) {
  ET_ASSIGN_OR_RETURN(Value left, Eval(*node.children[0], scope));
  for (size_t i = 0; i < node.operators.size(); ++i) {
    ET_ASSIGN_OR_RETURN(Value right, Eval(*node.children[i + 1], scope));
    ET_ASSIGN_OR_RETURN(const Value holds, Compare(node.position, node.operators[i], left, right));
    if (!holds.Truth()) return holds;
    left = std::move(right);
  }
  return Value::Bool(true);
}

// Python's: indices from the end where negative, kept within the sequence.
absl::StatusOr<Value> Interpreter::EvalSlice(const Expression& node, Scope* scope) {
  ET_ASSIGN_OR_RETURN(const Value value, Eval(*node.children[0], scope));
  if (value.is_undefined()) return Undefined(node.position, value);
  if (!value.is_sequence() && !value.is_string()) {
    return ErrorAt(node.position, absl::StrCat("a ", value.TypeName(), " cannot be sliced"));
  }
  ET_ASSIGN_OR_RETURN(const List items, Iterate(node.position, value));
  const auto size = static_cast<int64_t>(items.size());
  int64_t parts[3] = {0, 0, 1};
  bool given[3] = {};
  for (int i = 0; i < 3; ++i) {
    if (node.children[static_cast<size_t>(i) + 1] == nullptr) continue;
    ET_ASSIGN_OR_RETURN(const Value part, Eval(*node.children[static_cast<size_t>(i) + 1], scope));
    if (part.is_none()) continue;
    if (!part.is_integer()) return ErrorAt(node.position, "a slice wants integers");
    parts[i] = part.integer();
    given[i] = true;
  }
  const int64_t step = parts[2];
  if (step == 0) return ErrorAt(node.position, "a slice's step is 0");
  const int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  const auto bound = [&](int i, int64_t otherwise) {
    if (!given[i]) return otherwise;
    const int64_t index = parts[i] < 0 ? parts[i] + size : parts[i];
    return std::clamp(index, low, high);
  };
  const int64_t start = bound(0, step > 0 ? low : high), stop = bound(1, step > 0 ? high : low);
  List taken;
  for (int64_t i = start; step > 0 ? i < stop : i > stop;) {
    taken.push_back(items[static_cast<size_t>(i)]);
    if (step > size || step < -size) break;  // and i + step may overflow
    i += step;
  }
  if (value.kind() == Value::Kind::kTuple) return NewTuple(node.position, std::move(taken));
  if (!value.is_string()) return NewList(node.position, std::move(taken));
  std::string text;
  for (const Value& character : taken) text += character.string();
  return NewString(node.position, std::move(text));
}

absl::StatusOr<Call> Interpreter::Arguments(const Expression& node, Scope* scope) {
  Call call;
  call.position = node.position;
  for (const Argument& argument : node.arguments) {
    ET_ASSIGN_OR_RETURN(Value value, Eval(*argument.value, scope));
    if (argument.name.empty()) {
      call.values.push_back(std::move(value));
    } else {
      call.named.emplace_back(argument.name, std::move(value));
    }
  }
  return call;
}

absl::StatusOr<Value> Interpreter::EvalCall(const Expression& node, Scope* scope,
                                            const Function* caller) {
  ET_ASSIGN_OR_RETURN(const Value callee, Eval(*node.children[0], scope));
  ET_ASSIGN_OR_RETURN(const Call call, Arguments(node, scope));
  return CallValue(callee, call, caller);
}

absl::StatusOr<Value> Interpreter::CallValue(const Value& callee, const Call& call,
                                             const Function* caller) {
  if (callee.is_undefined()) return Undefined(call.position, callee);
  if (callee.kind() == Value::Kind::kLoop) return CallLoop(callee.loop(), call);
  if (callee.kind() != Value::Kind::kFunction) {
    return ErrorAt(call.position, absl::StrCat("a ", callee.TypeName(), " cannot be called"));
  }
  const Function& function = callee.function();
  switch (function.kind) {
    case Function::Kind::kGlobal:
      return CallGlobal(function.name, call);
    case Function::Kind::kMethod:
      return CallMethod(*function.self, function.name, call);
    case Function::Kind::kMacro:
    case Function::Kind::kCaller:
      return CallMacro(function, call, caller);
  }
  return Value();
}

absl::StatusOr<Value> Interpreter::EvalFilter(const Expression& node, Scope* scope,
                                              const Value* input) {
  Value value;
  if (node.children[0] == nullptr) {
    value = *input;
  } else if (input != nullptr) {  // a chain on a block's text
    ET_ASSIGN_OR_RETURN(value, EvalFilter(*node.children[0], scope, input));
  } else {
    ET_ASSIGN_OR_RETURN(value, Eval(*node.children[0], scope));
  }
  ET_ASSIGN_OR_RETURN(const Call call, Arguments(node, scope));
  return ApplyFilter(node.name, value, call);
}

absl::StatusOr<Value> Interpreter::Item(const Position& position, const Value& value,
                                        const Value& key) {
  if (value.is_undefined()) return Undefined(position, value);
  if (value.is_dict()) {
    ET_RETURN_IF_ERROR(Charge(position, static_cast<int64_t>(value.dict().size() / 8), 0));
    if (const Value* member = value.Find(key)) return *member;
  } else if ((value.is_sequence() || value.is_string()) && key.is_integer()) {
    ET_ASSIGN_OR_RETURN(const List items, Iterate(position, value));
    const auto size = static_cast<int64_t>(items.size());
    const int64_t index = key.integer() < 0 ? key.integer() + size : key.integer();
    if (index >= 0 && index < size) return items[static_cast<size_t>(index)];
  }
  if (key.is_string()) return Attribute(position, value, key.string());
  std::string shown;
  AppendRepr(key, &shown);
  return Value::Undefined(absl::StrCat("'", value.TypeName(), " object' has no element ", shown));
}

absl::StatusOr<Value> Interpreter::LoopAttribute(LoopState* loop, absl::string_view name) {
  const int64_t index = loop->index0, count = static_cast<int64_t>(loop->items.size());
  if (name == "index") return Value::Int(index + 1);
  if (name == "index0") return Value::Int(index);
  if (name == "first") return Value::Bool(index == 0);
  if (name == "last") return Value::Bool(index + 1 == count);
  if (name == "length") return Value::Int(count);
  if (name == "revindex") return Value::Int(count - index);
  if (name == "revindex0") return Value::Int(count - index - 1);
  if (name == "depth") return Value::Int(loop->depth);
  if (name == "depth0") return Value::Int(loop->depth - 1);
  if (name == "previtem" && index > 0) return loop->items[static_cast<size_t>(index - 1)];
  if (name == "nextitem" && index + 1 < count) return loop->items[static_cast<size_t>(index + 1)];
  if (name == "cycle" || name == "changed") {
    return Value::OfFunction({Function::Kind::kMethod, std::string(name),
                              std::make_shared<const Value>(Value::OfLoop(loop)), nullptr,
                              nullptr});
  }
  return Value::Undefined(absl::StrCat("there is no loop.", name, " here"));
}

absl::StatusOr<Value> Interpreter::CallGlobal(absl::string_view name, const Call& call) {
  if (name == "raise_exception") {
    const Value* message = call.Get(0, "message");
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat("the chat template refuses these messages: ",
                                  message == nullptr ? "" : Str(*message)));
  }
  if (name == "namespace" || name == "dict") {
    Dict dict;
    if (!call.values.empty() && call.values[0].is_dict()) dict = call.values[0].dict();
    for (const auto& [key, value] : call.named) dict.emplace_back(Value::String(key), value);
    ET_ASSIGN_OR_RETURN(const Value made, NewDict(call.position, std::move(dict)));
    if (name == "dict") return made;
    namespaces_.push_back(std::make_unique<Namespace>());
    for (const auto& [key, value] : made.dict()) {
      namespaces_.back()->members.emplace_back(Str(key), value);
    }
    return Value::OfNamespace(namespaces_.back().get());
  }
  if (name == "strftime_now") {
    const Value* format = call.Get(0, "format");
    if (format == nullptr || !format->is_string() || format->string().size() > 256) {
      return ErrorAt(call.position, "strftime_now wants a short format");
    }
    char text[1024];
    const size_t length = std::strftime(text, sizeof(text), format->string().c_str(), &now_);
    return NewString(call.position, std::string(text, length));
  }
  if (name != "range") {
    return ErrorAt(call.position, absl::StrCat("the function ", name, " is not known here"));
  }
  int64_t parts[3] = {0, 0, 1};
  if (call.values.empty() || call.values.size() > 3) {
    return ErrorAt(call.position, "range wants one to three integers");
  }
  for (size_t i = 0; i < call.values.size(); ++i) {
    if (!call.values[i].is_integer()) return ErrorAt(call.position, "range wants integers");
    parts[call.values.size() == 1 ? 1 : i] = call.values[i].integer();
  }
  const int64_t start = parts[0], stop = parts[1], step = parts[2];
  if (step == 0) return ErrorAt(call.position, "range's step is 0");
  const double length =
      (static_cast<double>(stop) - static_cast<double>(start)) / static_cast<double>(step);
  if (length > kMaxRange) {
    return ErrorAt(call.position, absl::StrCat("a range has more than ", kMaxRange, " items"));
  }
  List items;
  for (int64_t i = 0; static_cast<double>(i) < length; ++i) {
    items.push_back(Value::Int(start + i * step));
  }
  return NewList(call.position, std::move(items));
}

}  // namespace edgetasks::text::jinja
