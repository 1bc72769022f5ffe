#include "core/text/template/interpreter.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::text::jinja {
namespace {

constexpr int64_t kScopeBytes = 256;  // a scope with a few variables, or a loop's state
constexpr int kMaxValueDepth = 100;   // of lists in lists: values are printed by recursion

void SetVariable(absl::string_view name, Value value, Scope* scope) {
  for (auto& [known, slot] : scope->variables) {
    if (known != name) continue;
    slot = std::move(value);
    return;
  }
  scope->variables.emplace_back(std::string(name), std::move(value));
}

}  // namespace

const Value* Call::Get(size_t index, absl::string_view name) const {
  if (index < values.size()) return &values[index];
  for (const auto& [known, value] : named) {
    if (known == name) return &value;
  }
  return nullptr;
}

absl::StatusOr<std::string> Interpreter::Render(
    const Body& body, std::vector<std::pair<std::string, Value>> variables) {
  Scope* const globals = NewScope(nullptr);
  globals->variables = std::move(variables);
  std::string out;
  ET_RETURN_IF_ERROR(Run(body, NewScope(globals), &out).status());
  return out;
}

absl::Status Interpreter::Charge(const Position& position, int64_t steps, int64_t bytes) {
  steps_ += steps;
  bytes_ += bytes;
  absl::string_view what;
  if (steps_ > limits_.max_steps) what = "takes too many steps";
  if (bytes_ > limits_.max_value_bytes) what = "makes too many values";
  if (depth_ > limits_.max_depth) what = "calls too deep";
  if (what.empty()) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kResourceExhausted, ErrorDetail::kInvalidMetadata,
      absl::StrCat("line ", position.line, ", column ", position.column, ": the template ", what));
}

absl::StatusOr<Value> Interpreter::NewString(const Position& position, std::string text) {
  ET_RETURN_IF_ERROR(Charge(position, 1 + static_cast<int64_t>(text.size() / 256),
                            64 + static_cast<int64_t>(text.size())));
  return Value::String(std::move(text));
}

absl::StatusOr<Value> Interpreter::NewList(const Position& position, List list) {
  const auto size = static_cast<int64_t>(list.size());
  ET_RETURN_IF_ERROR(
      Charge(position, 1 + size / 8, 64 + size * static_cast<int64_t>(sizeof(Value))));
  Value value = Value::OfList(std::move(list));
  ET_RETURN_IF_ERROR(Charge(position, 0, value.weight()));
  if (value.depth() > kMaxValueDepth) return ErrorAt(position, "lists nest too deep");
  return value;
}

absl::StatusOr<Value> Interpreter::NewTuple(const Position& position, List list) {
  ET_ASSIGN_OR_RETURN(const Value value, NewList(position, std::move(list)));
  return Value::OfTuple(value.list());
}

absl::StatusOr<Value> Interpreter::NewDict(const Position& position, Dict dict) {
  const auto size = static_cast<int64_t>(dict.size());
  // Members are found by looking at one after the other.
  ET_RETURN_IF_ERROR(
      Charge(position, 1 + size, 64 + 2 * size * static_cast<int64_t>(sizeof(Value))));
  Value value = Value::OfDict(std::move(dict));
  ET_RETURN_IF_ERROR(Charge(position, 0, value.weight()));
  if (value.depth() > kMaxValueDepth) return ErrorAt(position, "dicts nest too deep");
  return value;
}

Scope* Interpreter::NewScope(Scope* parent) {
  scopes_.push_back(std::make_unique<Scope>());
  scopes_.back()->parent = parent;
  bytes_ += kScopeBytes;
  return scopes_.back().get();
}

absl::Status Interpreter::Print(const Position& position, absl::string_view text,
                                std::string* out) {
  if (static_cast<int64_t>(out->size() + text.size()) > limits_.max_output_bytes) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, ErrorDetail::kInvalidMetadata,
        absl::StrCat("line ", position.line, ", column ", position.column,
                     ": the template writes more than ", limits_.max_output_bytes, " bytes"));
  }
  out->append(text.data(), text.size());
  return absl::OkStatus();
}

Interpreter::Done Interpreter::Run(const Body& body, Scope* scope, std::string* out) {
  const Deeper deeper(&depth_);
  for (const auto& statement : body) {
    ET_RETURN_IF_ERROR(Charge(statement->position, 1, 0));
    ET_ASSIGN_OR_RETURN(const Flow flow, RunOne(*statement, scope, out));
    if (flow != Flow::kNext) return flow;
  }
  return Flow::kNext;
}

Interpreter::Done Interpreter::RunOne(const Statement& statement, Scope* scope, std::string* out) {
  switch (statement.kind) {
    case Statement::Kind::kText:
      ET_RETURN_IF_ERROR(Print(statement.position, statement.text, out));
      return Flow::kNext;
    case Statement::Kind::kPrint: {
      ET_ASSIGN_OR_RETURN(const Value value, Eval(*statement.expression, scope));
      ET_RETURN_IF_ERROR(Charge(statement.position, value.weight() / 64, 0));
      ET_RETURN_IF_ERROR(Print(statement.position, Str(value), out));
      return Flow::kNext;
    }
    case Statement::Kind::kIf:
      for (const Statement::Branch& branch : statement.branches) {
        if (branch.condition != nullptr) {
          ET_ASSIGN_OR_RETURN(const Value condition, Eval(*branch.condition, scope));
          if (!condition.Truth()) continue;
        }
        return Run(branch.body, scope, out);
      }
      return Flow::kNext;
    case Statement::Kind::kFor:
      return RunFor(statement, scope, out);
    case Statement::Kind::kSet:
    case Statement::Kind::kSetBlock:
      ET_RETURN_IF_ERROR(RunSet(statement, scope));
      return Flow::kNext;
    case Statement::Kind::kMacro: {
      Function function{Function::Kind::kMacro, statement.macro->name, nullptr,
                        statement.macro.get(), scope};
      SetVariable(statement.macro->name, Value::OfFunction(std::move(function)), scope);
      return Flow::kNext;
    }
    case Statement::Kind::kCallBlock:
      ET_RETURN_IF_ERROR(RunCallBlock(statement, scope, out));
      return Flow::kNext;
    case Statement::Kind::kFilterBlock: {
      std::string text;
      ET_RETURN_IF_ERROR(Run(statement.body, NewScope(scope), &text).status());
      ET_ASSIGN_OR_RETURN(const Value input, NewString(statement.position, std::move(text)));
      ET_ASSIGN_OR_RETURN(const Value value, EvalFilter(*statement.expression, scope, &input));
      ET_RETURN_IF_ERROR(Print(statement.position, Str(value), out));
      return Flow::kNext;
    }
    case Statement::Kind::kWith: {
      Scope* const inner = NewScope(scope);
      for (const Argument& argument : statement.arguments) {
        ET_ASSIGN_OR_RETURN(Value value, Eval(*argument.value, scope));
        SetVariable(argument.name, std::move(value), inner);
      }
      return Run(statement.body, inner, out);
    }
    case Statement::Kind::kScope:
      return Run(statement.body, NewScope(scope), out);
    case Statement::Kind::kBreak:
      return Flow::kBreak;
    case Statement::Kind::kContinue:
      return Flow::kContinue;
  }
  return Flow::kNext;
}

Interpreter::Done Interpreter::RunFor(const Statement& statement, Scope* scope, std::string* out) {
  ET_ASSIGN_OR_RETURN(const Value iterable, Eval(*statement.expression, scope));
  loops_.push_back(std::make_unique<LoopState>());
  LoopState* const loop = loops_.back().get();
  ET_ASSIGN_OR_RETURN(loop->items, Iterate(statement.expression->position, iterable));
  loop->statement = &statement;
  loop->scope = scope;
  return RunLoop(statement, loop, scope, out);
}

Interpreter::Done Interpreter::RunLoop(const Statement& statement, LoopState* loop, Scope* scope,
                                       std::string* out) {
  if (statement.condition != nullptr) {  // the loop counts only what it lets through
    List kept;
    for (Value& item : loop->items) {
      Scope* const inner = NewScope(scope);
      ET_RETURN_IF_ERROR(Assign(statement.target, item, inner));
      ET_ASSIGN_OR_RETURN(const Value keep, Eval(*statement.condition, inner));
      if (keep.Truth()) kept.push_back(std::move(item));
    }
    loop->items = std::move(kept);
  }
  if (loop->items.empty()) return Run(statement.otherwise, NewScope(scope), out);
  const auto count = static_cast<int64_t>(loop->items.size());
  ET_RETURN_IF_ERROR(
      Charge(statement.position, 0, kScopeBytes + count * static_cast<int64_t>(sizeof(Value))));
  for (loop->index0 = 0; loop->index0 < count; ++loop->index0) {
    ET_RETURN_IF_ERROR(Charge(statement.position, 1, 0));
    Scope* const inner = NewScope(scope);
    SetVariable("loop", Value::OfLoop(loop), inner);
    ET_RETURN_IF_ERROR(
        Assign(statement.target, loop->items[static_cast<size_t>(loop->index0)], inner));
    ET_ASSIGN_OR_RETURN(const Flow flow, Run(statement.body, inner, out));
    if (flow == Flow::kBreak) break;
  }
  return Flow::kNext;
}

absl::Status Interpreter::RunSet(const Statement& statement, Scope* scope) {
  Value value;
  if (statement.kind == Statement::Kind::kSet) {
    ET_ASSIGN_OR_RETURN(value, Eval(*statement.expression, scope));
  } else {
    std::string text;
    ET_RETURN_IF_ERROR(Run(statement.body, NewScope(scope), &text).status());
    ET_ASSIGN_OR_RETURN(value, NewString(statement.position, std::move(text)));
    if (statement.expression != nullptr) {
      ET_ASSIGN_OR_RETURN(value, EvalFilter(*statement.expression, scope, &value));
    }
  }
  return Assign(statement.target, std::move(value), scope);
}

absl::Status Interpreter::RunCallBlock(const Statement& statement, Scope* scope, std::string* out) {
  const Function caller{Function::Kind::kCaller, "caller", nullptr, statement.macro.get(), scope};
  ET_ASSIGN_OR_RETURN(const Value value, EvalCall(*statement.expression, scope, &caller));
  return Print(statement.position, Str(value), out);
}

absl::Status Interpreter::Assign(const Target& target, Value value, Scope* scope) {
  ET_RETURN_IF_ERROR(Charge(target.position, 1, 64));
  if (!target.member.empty()) {
    Value holder;
    for (const Scope* s = scope; s != nullptr && holder.is_undefined(); s = s->parent) {
      for (const auto& [name, known] : s->variables) {
        if (name == target.names[0]) holder = known;
      }
    }
    if (holder.kind() != Value::Kind::kNamespace) {
      return ErrorAt(target.position,
                     absl::StrCat("\"", target.names[0], "\" is no namespace: its member \"",
                                  target.member, "\" cannot be set"));
    }
    for (auto& [name, slot] : holder.ns()->members) {
      if (name != target.member) continue;
      slot = std::move(value);
      return absl::OkStatus();
    }
    holder.ns()->members.emplace_back(target.member, std::move(value));
    return absl::OkStatus();
  }
  if (!target.is_tuple) {
    SetVariable(target.names[0], std::move(value), scope);
    return absl::OkStatus();
  }
  ET_ASSIGN_OR_RETURN(const List items, Iterate(target.position, value));
  if (items.size() != target.names.size()) {
    return ErrorAt(target.position, absl::StrCat("expected ", target.names.size(),
                                                 " values to unpack, got ", items.size()));
  }
  for (size_t i = 0; i < items.size(); ++i) SetVariable(target.names[i], items[i], scope);
  return absl::OkStatus();
}

absl::StatusOr<Value> Interpreter::CallMacro(const Function& function, const Call& call,
                                             const Function* caller) {
  const Deeper deeper(&depth_);
  ET_RETURN_IF_ERROR(Charge(call.position, 1, 0));
  const MacroNode& macro = *function.macro;
  if (call.values.size() > macro.parameters.size()) {
    return ErrorAt(call.position, absl::StrCat("the macro \"", macro.name, "\" takes at most ",
                                               macro.parameters.size(), " arguments"));
  }
  for (const auto& [name, value] : call.named) {
    const bool known =
        std::any_of(macro.parameters.begin(), macro.parameters.end(),
                    [&, wanted = name](const Parameter& p) { return p.name == wanted; });
    if (!known) {
      return ErrorAt(call.position,
                     absl::StrCat("the macro \"", macro.name, "\" has no argument \"", name, "\""));
    }
  }
  Scope* const scope = NewScope(function.scope);
  if (function.kind == Function::Kind::kMacro) {
    SetVariable(
        "caller",
        caller == nullptr ? Value::Undefined("'caller' is undefined") : Value::OfFunction(*caller),
        scope);
  }
  for (size_t i = 0; i < macro.parameters.size(); ++i) {
    const Parameter& parameter = macro.parameters[i];
    Value value =
        Value::Undefined(absl::StrCat("parameter '", parameter.name, "' was not provided"));
    if (const Value* given = call.Get(i, parameter.name)) {
      value = *given;
    } else if (parameter.otherwise != nullptr) {
      ET_ASSIGN_OR_RETURN(value, Eval(*parameter.otherwise, scope));
    }
    SetVariable(parameter.name, std::move(value), scope);
  }
  std::string text;
  ET_RETURN_IF_ERROR(Run(macro.body, scope, &text).status());
  return NewString(call.position, std::move(text));
}

absl::StatusOr<Value> Interpreter::CallLoop(LoopState* loop, const Call& call) {
  if (!loop->statement->recursive || call.values.size() != 1) {
    return ErrorAt(call.position, "loop(...) wants a recursive loop and one list");
  }
  const Deeper deeper(&depth_);
  loops_.push_back(std::make_unique<LoopState>());
  LoopState* const inner = loops_.back().get();
  ET_ASSIGN_OR_RETURN(inner->items, Iterate(call.position, call.values[0]));
  inner->statement = loop->statement;
  inner->scope = loop->scope;
  inner->depth = loop->depth + 1;
  std::string text;
  ET_RETURN_IF_ERROR(RunLoop(*loop->statement, inner, loop->scope, &text).status());
  return NewString(call.position, std::move(text));
}

}  // namespace edgetasks::text::jinja
