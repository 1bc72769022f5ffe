// Runs a parse tree.
#ifndef CORE_TEXT_TEMPLATE_INTERPRETER_H_
#define CORE_TEXT_TEMPLATE_INTERPRETER_H_

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/text/template/ast.h"

namespace edgetasks::text::jinja {

// What one rendering may cost. A template is data from a file: it may loop for ever, or double a
// string fifty times.
struct Limits {
  int64_t max_steps = 10000000;  // expressions, statements, items of lists
  int64_t max_output_bytes = int64_t{16} << 20;
  int64_t max_value_bytes = int64_t{64} << 20;  // of all values made, in sum
  int max_depth = 200;                          // of calls and nested evaluations
};

// The variables of a block. Owned by the interpreter, because macros keep the one they stand in.
struct Scope {
  Scope* parent = nullptr;
  std::vector<std::pair<std::string, Value>> variables;
};

struct LoopState {
  List items;
  int64_t index0 = 0;
  int depth = 1;
  const Statement* statement = nullptr;  // of a recursive loop
  Scope* scope = nullptr;                // around it
  bool has_last_changed = false;
  Value last_changed;
};

// The arguments of a call. By position, then by name.
struct Call {
  Position position;
  std::vector<Value> values;
  std::vector<std::pair<std::string, Value>> named;

  // The argument at `index` or called `name`; null if it was not given.
  const Value* Get(size_t index, absl::string_view name) const;
};

// One rendering. Not thread safe.
class Interpreter {
 public:
  Interpreter(const Limits& limits, const std::tm& now) : limits_(limits), now_(now) {}

  // What `body` renders to, with these variables around it. INVALID_ARGUMENT (kInvalidMetadata)
  // with line and column; RESOURCE_EXHAUSTED (kInvalidMetadata) beyond a limit. raise_exception's
  // message is INVALID_ARGUMENT (kInvalidOption): it is about what the template was given.
  absl::StatusOr<std::string> Render(const Body& body,
                                     std::vector<std::pair<std::string, Value>> variables);

  // For filters, tests and methods, which stand in files of their own.
  absl::Status Charge(const Position& position, int64_t steps, int64_t bytes);
  absl::StatusOr<Value> NewString(const Position& position, std::string text);
  absl::StatusOr<Value> NewList(const Position& position, List list);
  absl::StatusOr<Value> NewTuple(const Position& position, List list);
  absl::StatusOr<Value> NewDict(const Position& position, Dict dict);
  // What a for runs over.
  absl::StatusOr<List> Iterate(const Position& position, const Value& value);
  // a.b, where a["b"] counts too; undefined if there is none.
  absl::StatusOr<Value> Attribute(const Position& position, const Value& value,
                                  absl::string_view name);
  // "a.b.0" as map(attribute=...) takes it.
  absl::StatusOr<Value> AttributePath(const Position& position, const Value& value,
                                      const Value& path);
  absl::StatusOr<Value> ApplyFilter(absl::string_view name, const Value& input, const Call& call);
  absl::StatusOr<bool> ApplyTest(absl::string_view name, const Value& subject, const Call& call);
  absl::StatusOr<Value> CallMethod(const Value& self, absl::string_view name, const Call& call);
  absl::StatusOr<Value> Compare(const Position& position, absl::string_view op, const Value& left,
                                const Value& right);
  absl::StatusOr<Value> Arithmetic(const Position& position, absl::string_view op,
                                   const Value& left, const Value& right);

 private:
  enum class Flow { kNext, kBreak, kContinue };
  using Done = absl::StatusOr<Flow>;

  // Counts the nesting of calls as long as it lives.
  class Deeper {
   public:
    explicit Deeper(int* depth) : depth_(*depth) { ++depth_; }
    ~Deeper() { --depth_; }

   private:
    int& depth_;
  };

  Done Run(const Body& body, Scope* scope, std::string* out);
  Done RunOne(const Statement& statement, Scope* scope, std::string* out);
  Done RunFor(const Statement& statement, Scope* scope, std::string* out);
  Done RunLoop(const Statement& statement, LoopState* loop, Scope* scope, std::string* out);
  absl::Status RunSet(const Statement& statement, Scope* scope);
  absl::Status RunCallBlock(const Statement& statement, Scope* scope, std::string* out);
  absl::Status Assign(const Target& target, Value value, Scope* scope);
  absl::Status Print(const Position& position, absl::string_view text, std::string* out);

  absl::StatusOr<Value> Eval(const Expression& node, Scope* scope);
  absl::StatusOr<Value> EvalName(const Expression& node, Scope* scope);
  absl::StatusOr<Value> EvalItems(const Expression& node, Scope* scope);
  absl::StatusOr<Value> EvalBinary(const Expression& node, Scope* scope);
  absl::StatusOr<Value> EvalCompare(const Expression& node, Scope* scope);
  absl::StatusOr<Value> EvalSlice(const Expression& node, Scope* scope);
  absl::StatusOr<Value> EvalCall(const Expression& node, Scope* scope, const Function* caller);
  absl::StatusOr<Value> EvalFilter(const Expression& node, Scope* scope, const Value* input);
  absl::StatusOr<Value> Item(const Position& position, const Value& value, const Value& key);
  absl::StatusOr<Value> LoopAttribute(LoopState* loop, absl::string_view name);
  absl::StatusOr<Call> Arguments(const Expression& node, Scope* scope);
  absl::StatusOr<Value> CallValue(const Value& callee, const Call& call, const Function* caller);
  absl::StatusOr<Value> CallMacro(const Function& function, const Call& call,
                                  const Function* caller);
  absl::StatusOr<Value> CallGlobal(absl::string_view name, const Call& call);
  absl::StatusOr<Value> CallLoop(LoopState* loop, const Call& call);
  Scope* NewScope(Scope* parent);

  Limits limits_;
  std::tm now_;
  int64_t steps_ = 0, bytes_ = 0;
  int depth_ = 0;
  std::vector<std::unique_ptr<Scope>> scopes_;
  std::vector<std::unique_ptr<Namespace>> namespaces_;
  std::vector<std::unique_ptr<LoopState>> loops_;
};

}  // namespace edgetasks::text::jinja

#endif  // CORE_TEXT_TEMPLATE_INTERPRETER_H_
