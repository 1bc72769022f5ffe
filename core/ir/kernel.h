// What an operator's implementation is: two functions, Prepare and Eval, over Operands.
#ifndef CORE_IR_KERNEL_H_
#define CORE_IR_KERNEL_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/base/aligned_buffer.h"
#include "core/base/thread_pool.h"
#include "core/ir/graph.h"

namespace edgetasks::ir {

// One input or output of one op as its kernel sees it.
struct Operand {
  const Tensor* tensor = nullptr;  // dtype, quantization, name
  Shape shape;                     // of this run; tensor->shape is only the file's
  bool shape_known = false;
  void* data = nullptr;  // row-major, dense. Null while the value is not known (in Prepare)

  DType dtype() const { return tensor->dtype; }
  const Quantization& quantization() const { return tensor->quantization; }
  int64_t num_elements() const { return shape.num_elements(); }
};

// State that lives as long as a session: resource variables and the caches of stateful custom ops.
// Not thread safe: one run at a time.
class StateStore {
 public:
  struct Entry {
    Shape shape;
    DType dtype = DType::kFloat32;
    AlignedBuffer buffer;
    bool initialized = false;
  };

  // The entry of that name, made on first use. The address is stable.
  Entry& Get(const std::string& name);
  // A copy of every entry, with the same numbers. RESOURCE_EXHAUSTED (kOutOfMemory).
  absl::StatusOr<std::shared_ptr<StateStore>> Clone() const;
  // A number that stands for that entry as long as the store lives: what a handle tensor holds.
  int IndexOf(const std::string& name);
  // The entry of a number from IndexOf; null for any other number.
  Entry* At(int64_t index);

 private:
  std::vector<std::pair<std::string, std::unique_ptr<Entry>>> entries_;
};

// What the planner keeps for one op: its operands, scratch sizes and precomputed numbers.
// kernels reach it only through the contexts below.
struct Node {
  const Op* op = nullptr;
  std::vector<Operand*> inputs;  // null: optional input left out
  std::vector<Operand*> outputs;
  std::vector<int64_t> scratch_bytes;
  std::vector<void*> scratch;
  std::shared_ptr<void> prepared;  // what Prepare computed for Eval
  std::string method;              // how Eval will compute it, where there are several ways
  // Another node of the same op with the same constants, prepared before, that is never run at the
  // same time: what was found out about the constants may be shared with it. Null: there is none.
  const Node* sibling = nullptr;
};

// Prepare runs once after every change of shapes, on one thread, before any Eval.
//
// It checks types, shapes and parameters (everything that Eval then takes for granted), fixes the
// shape of every output, asks for scratch memory and precomputes numbers. core/model has checked
// that indices are valid and constants complete; Prepare checks what is particular to the op: the
// number of operands, their types and their shapes.
class PrepareContext {
 public:
  PrepareContext(Node* node, int num_threads) : node_(*node), num_threads_(num_threads) {}

  const Op& op() const { return *node_.op; }
  // The op's attributes, or their defaults where the file has none.
  template <typename P>
  P params() const {
    const P* params = std::get_if<P>(&op().params);
    return params != nullptr ? *params : P{};
  }

  int num_inputs() const { return static_cast<int>(node_.inputs.size()); }
  int num_outputs() const { return static_cast<int>(node_.outputs.size()); }
  bool has_input(int i) const { return i < num_inputs() && node_.inputs[i] != nullptr; }
  // Requires has_input(i). The shape is known.
  const Operand& input(int i) const { return *node_.inputs[i]; }
  const Operand& output(int i) const { return *node_.outputs[i]; }

  // INVALID_ARGUMENT unless the op has min_inputs..max_inputs inputs, the first `min_inputs` of
  // them present, and `outputs` outputs. -1 as a maximum or as outputs means any number.
  absl::Status CheckOperands(int min_inputs, int max_inputs, int outputs) const;
  // UNIMPLEMENTED, naming the op, the operand and the types that are possible.
  absl::Status CheckInputType(int i, std::initializer_list<DType> allowed) const;
  absl::Status CheckOutputType(int i, std::initializer_list<DType> allowed) const;
  // Input i has the values its shape needs already now: it is a constant, or this is the second
  // Prepare of an op whose shapes depend on values.
  bool is_known(int i) const { return has_input(i) && node_.inputs[i]->data != nullptr; }
  // The values of a known int32 or int64 input, widened. INVALID_ARGUMENT for another type.
  absl::Status IntValues(int i, std::vector<int64_t>* values) const;

  // Fixes the shape of output i.
  void SetOutputShape(int i, const Shape& shape) {
    node_.outputs[i]->shape = shape;
    node_.outputs[i]->shape_known = true;
  }
  // The shape of output i depends on a value that is not known yet: Prepare is called again just
  // before Eval, with all inputs known, and must then fix it.
  void SetOutputShapeUnknown(int i) { node_.outputs[i]->shape_known = false; }

  // Asks for scratch memory, aligned to kAlignment, for the duration of Eval. Returns its index.
  int AddScratch(int64_t bytes) {
    node_.scratch_bytes.push_back(bytes);
    return static_cast<int>(node_.scratch_bytes.size()) - 1;
  }

  // What Eval needs beside the operands; read there with prepared<P>().
  template <typename P>
  P* MakePrepared() {
    auto prepared = std::make_shared<P>();
    P* raw = prepared.get();
    node_.prepared = std::move(prepared);
    return raw;
  }

  // What Prepare made of the sibling (see Node), or null.
  template <typename P>
  const P* sibling() const {
    return node_.sibling == nullptr ? nullptr : static_cast<P*>(node_.sibling->prepared.get());
  }

  int num_threads() const { return num_threads_; }

  // Names the way that Eval will go where an op has several, for reports: "panels avx512vnni".
  void SetMethod(std::string method) { node_.method = std::move(method); }

  // An error with the op's name in front; the planner adds where it stands in the graph.
  template <typename... Args>
  absl::Status Invalid(const Args&... args) const {
    return InvalidMessage(absl::StrCat(args...));
  }

 private:
  absl::Status InvalidMessage(const std::string& message) const;
  absl::Status CheckType(const char* kind, int i, DType got,
                         std::initializer_list<DType> allowed) const;

  Node& node_;
  int num_threads_;
};

// Eval computes. It allocates nothing, and fails only for run-time values outside their range
// (an index beyond a table, an integer division by zero).
class EvalContext {
 public:
  EvalContext(const Node* node, ThreadPool* pool, StateStore* state)
      : node_(*node), pool_(*pool), state_(*state) {}

  const Op& op() const { return *node_.op; }
  int num_inputs() const { return static_cast<int>(node_.inputs.size()); }
  int num_outputs() const { return static_cast<int>(node_.outputs.size()); }
  bool has_input(int i) const { return i < num_inputs() && node_.inputs[i] != nullptr; }
  const Operand& input(int i) const { return *node_.inputs[i]; }
  const Operand& output(int i) const { return *node_.outputs[i]; }
  template <typename T>
  const T* in(int i) const {
    return static_cast<const T*>(node_.inputs[i]->data);
  }
  template <typename T>
  T* out(int i) const {
    return static_cast<T*>(node_.outputs[i]->data);
  }
  template <typename T>
  T* scratch(int i) const {
    return static_cast<T*>(node_.scratch[i]);
  }
  template <typename P>
  const P& prepared() const {
    return *static_cast<const P*>(node_.prepared.get());
  }

  ThreadPool& pool() const { return pool_; }
  StateStore& state() const { return state_; }

  // OUT_OF_RANGE (kBadValue) with the op's name in front.
  template <typename... Args>
  absl::Status BadValue(const Args&... args) const {
    return BadValueMessage(absl::StrCat(args...));
  }

 private:
  absl::Status BadValueMessage(const std::string& message) const;

  const Node& node_;
  ThreadPool& pool_;
  StateStore& state_;
};

using PrepareFn = absl::Status (*)(PrepareContext&);
using EvalFn = absl::Status (*)(EvalContext&);

// A row of kernels/registry.inc.
struct Kernel {
  OpCode code;
  const char* custom_name;  // "" unless code is CUSTOM
  PrepareFn prepare;
  EvalFn eval;
  // Output 0 may be written over input 0: the kernel reads element i of input 0 no later than it
  // writes element i of output 0 (or writes nothing where both are the same memory). The planner
  // does so only where the two take the same bytes and nobody else needs the input.
  bool in_place;
  const char* types;  // for the table in the documentation
};

}  // namespace edgetasks::ir

#endif  // CORE_IR_KERNEL_H_
