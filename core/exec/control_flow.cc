// IF, WHILE and CALL_ONCE: ops that run other graphs.
#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/exec/graph_instance.h"

namespace edgetasks::exec {
namespace {

absl::Status CheckArguments(const char* what, const GraphInstance& graph,
                            absl::Span<ir::Operand* const> arguments, size_t num_outputs) {
  const ir::Graph& g = graph.graph();
  if (g.inputs.size() != arguments.size() || g.outputs.size() != num_outputs) {
    return InvalidGraph(what, " graph '", g.name, "': expected ", arguments.size(), " inputs and ",
                        num_outputs, " outputs, got ", g.inputs.size(), " and ", g.outputs.size());
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == nullptr) {
      return InvalidGraph(what, " graph '", g.name, "': input ", i, " is left out");
    }
    const ir::DType dtype = g.tensors[g.inputs[i]].dtype;
    if (dtype != arguments[i]->dtype()) {
      return InvalidGraph(what, " graph '", g.name, "': input ", i, " is ", ir::NameOf(dtype),
                          ", but gets ", ir::NameOf(arguments[i]->dtype()));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckResult(const char* what, const GraphInstance& graph, size_t i,
                         ir::DType expected) {
  const ir::Graph& g = graph.graph();
  const ir::DType dtype = g.tensors[g.outputs[i]].dtype;
  if (dtype == expected) return absl::OkStatus();
  return InvalidGraph(what, " graph '", g.name, "': output ", i, " is ", ir::NameOf(dtype),
                      ", expected ", ir::NameOf(expected));
}

// Gives `graph` the shapes of `arguments`, which may differ from what the file says.
absl::Status PrepareFor(GraphInstance& graph, absl::Span<const ir::Operand* const> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    ET_RETURN_IF_ERROR(graph.ResizeInput(static_cast<int>(i), arguments[i]->shape));
  }
  return graph.prepared() ? absl::OkStatus() : graph.Prepare();
}

void CopyValue(const ir::Operand& from, void* to) {
  int64_t bytes = 0;
  if (ir::CheckedBytes(from.shape, from.dtype(), &bytes) && bytes > 0) {
    std::memmove(to, from.data, bytes);
  }
}

void PassArguments(GraphInstance& graph, absl::Span<const ir::Operand* const> arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    CopyValue(*arguments[i], graph.input_data(static_cast<int>(i)));
  }
}

// The graph's output i with the memory it is in after a run.
ir::Operand ResultOf(GraphInstance& graph, int i) {
  ir::Operand operand = graph.output(i);
  operand.data = graph.output_data(i);
  return operand;
}

}  // namespace

absl::Status GraphInstance::AddControlFlow(const ir::Model& model, Step& step) {
  const ir::Op& op = *step.node.op;
  int first = -1, second = -1;
  if (const auto* p = std::get_if<ir::IfParams>(&op.params); p && op.code == ir::OpCode::IF) {
    first = p->then_graph;
    second = p->else_graph;
  } else if (const auto* w = std::get_if<ir::WhileParams>(&op.params);
             w && op.code == ir::OpCode::WHILE) {
    first = w->cond_graph;
    second = w->body_graph;
  } else if (const auto* c = std::get_if<ir::CallOnceParams>(&op.params);
             c && op.code == ir::OpCode::CALL_ONCE) {
    first = c->init_graph;
  } else {
    return Unsupported(
        ErrorDetail::kUnsupportedOp, op.DisplayName(),
        " is not an operator that EdgeTasks runs; `edgetasks inspect` lists all that "
        "a model needs; convert the model without it");
  }
  step.control = std::make_unique<ControlFlow>();
  ET_ASSIGN_OR_RETURN(step.control->first, Create(model, first, engine_, /*own_arena=*/true));
  if (second >= 0) {
    ET_ASSIGN_OR_RETURN(step.control->second, Create(model, second, engine_, /*own_arena=*/true));
  }
  return absl::OkStatus();
}

absl::Status GraphInstance::PrepareControl(Step& step) {
  ir::Node& node = step.node;
  GraphInstance& first = *step.control->first;
  if (node.op->code == ir::OpCode::CALL_ONCE) {
    return CheckArguments("CALL_ONCE", first, {}, first.graph().outputs.size());
  }
  GraphInstance& second = *step.control->second;
  absl::Span<ir::Operand* const> arguments = node.inputs;
  const size_t results = node.outputs.size();
  if (node.op->code == ir::OpCode::IF) {
    if (arguments.empty() || arguments[0] == nullptr || arguments[0]->dtype() != ir::DType::kBool ||
        arguments[0]->num_elements() != 1) {
      return InvalidGraph("IF: input 0 must be one bool");
    }
    arguments.remove_prefix(1);
    ET_RETURN_IF_ERROR(CheckArguments("IF then", first, arguments, results));
  } else {
    ET_RETURN_IF_ERROR(CheckArguments("WHILE cond", first, arguments, 1));
    ET_RETURN_IF_ERROR(CheckResult("WHILE cond", first, 0, ir::DType::kBool));
    if (results != arguments.size()) {
      return InvalidGraph("WHILE: has ", arguments.size(), " inputs, but ", results, " outputs");
    }
  }
  ET_RETURN_IF_ERROR(CheckArguments("IF else or WHILE body", second, arguments, results));
  ET_RETURN_IF_ERROR(PrepareFor(first, arguments));
  ET_RETURN_IF_ERROR(PrepareFor(second, arguments));
  for (size_t i = 0; i < results; ++i) {
    ir::Operand& output = *node.outputs[i];
    ET_RETURN_IF_ERROR(CheckResult("IF else or WHILE body", second, i, output.dtype()));
    const ir::Operand& result = second.output(static_cast<int>(i));
    // The other way to a result: the other branch, or the argument of a loop that never runs.
    const bool is_if = node.op->code == ir::OpCode::IF;
    if (is_if) ET_RETURN_IF_ERROR(CheckResult("IF then", first, i, output.dtype()));
    const ir::Operand& other = is_if ? first.output(static_cast<int>(i)) : *arguments[i];
    if (other.dtype() != output.dtype()) {
      return InvalidGraph("WHILE: input and output ", i, " differ in type");
    }
    output.shape_known = result.shape_known && other.shape_known && result.shape == other.shape;
    if (output.shape_known) output.shape = result.shape;
  }
  return absl::OkStatus();
}

absl::Status GraphInstance::RunControl(Step& step, const RunOptions& options,
                                       ir::StateStore* state) {
  if (step.dynamic) {
    // Shapes of arguments may be known only now.
    ET_RETURN_IF_ERROR(PrepareControl(step));
  }
  switch (step.node.op->code) {
    case ir::OpCode::IF:
      return RunIf(step, options, state);
    case ir::OpCode::WHILE:
      return RunWhile(step, options, state);
    default: {
      ir::StateStore::Entry& done =
          state->Get(absl::StrCat("call_once/", step.control->first->graph().name));
      if (done.initialized) return absl::OkStatus();
      ET_RETURN_IF_ERROR(step.control->first->Run(options, state));
      done.initialized = true;
      return absl::OkStatus();
    }
  }
}

absl::Status GraphInstance::RunIf(Step& step, const RunOptions& options, ir::StateStore* state) {
  const bool condition = *static_cast<const uint8_t*>(step.node.inputs[0]->data) != 0;
  GraphInstance& branch = condition ? *step.control->first : *step.control->second;
  PassArguments(branch, absl::Span<const ir::Operand* const>(step.node.inputs).subspan(1));
  ET_RETURN_IF_ERROR(branch.Run(options, state));
  std::vector<ir::Operand> results;
  std::vector<const ir::Operand*> pointers;
  results.reserve(step.node.outputs.size());
  for (size_t i = 0; i < step.node.outputs.size(); ++i) {
    results.push_back(ResultOf(branch, static_cast<int>(i)));
    pointers.push_back(&results.back());
  }
  return StoreControlOutputs(step, pointers);
}

absl::Status GraphInstance::RunWhile(Step& step, const RunOptions& options, ir::StateStore* state) {
  GraphInstance& cond = *step.control->first;
  GraphInstance& body = *step.control->second;
  const size_t count = step.node.inputs.size();

  // The loop's values live in the inputs of the body.
  std::vector<const ir::Operand*> arguments(step.node.inputs.begin(), step.node.inputs.end());
  ET_RETURN_IF_ERROR(PrepareFor(body, arguments));
  PassArguments(body, arguments);
  std::vector<ir::Operand> values(count);
  std::vector<const ir::Operand*> pointers(count);
  const auto look_at_values = [&] {
    for (size_t i = 0; i < count; ++i) {
      values[i] = body.input(static_cast<int>(i));
      values[i].data = body.input_data(static_cast<int>(i));
      pointers[i] = &values[i];
    }
  };
  std::vector<std::vector<uint8_t>> resized(count);  // values on their way into a resized body
  while (true) {
    look_at_values();
    ET_RETURN_IF_ERROR(PrepareFor(cond, pointers));
    PassArguments(cond, pointers);
    ET_RETURN_IF_ERROR(cond.Run(options, state));
    if (cond.output(0).num_elements() != 1) return InvalidGraph("WHILE cond: expected one bool");
    if (*static_cast<const uint8_t*>(cond.output_data(0)) == 0) break;
    ET_RETURN_IF_ERROR(body.Run(options, state));
    std::vector<ir::Operand> results(count);
    std::vector<const ir::Operand*> next(count);
    for (size_t i = 0; i < count; ++i) {
      results[i] = ResultOf(body, static_cast<int>(i));
      int64_t bytes = 0;
      if (!ir::CheckedBytes(results[i].shape, results[i].dtype(), &bytes)) {
        return InvalidGraph("WHILE body: output ", i, " is too large");
      }
      // Copied aside first: an output may be another input's memory, and a new plan moves all.
      const auto* data = static_cast<const uint8_t*>(results[i].data);
      resized[i].assign(data, data + bytes);
      results[i].data = resized[i].data();
      next[i] = &results[i];
    }
    ET_RETURN_IF_ERROR(PrepareFor(body, next));
    PassArguments(body, next);
  }
  look_at_values();
  return StoreControlOutputs(step, pointers);
}

absl::Status GraphInstance::StoreControlOutputs(Step& step,
                                                absl::Span<const ir::Operand* const> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    ir::Operand& output = *step.node.outputs[i];
    if (!step.dynamic && output.shape != values[i]->shape) {
      return InvalidGraph("output ", i, " changed its shape from ", output.shape.ToString(), " to ",
                          values[i]->shape.ToString());
    }
    output.shape = values[i]->shape;
    output.shape_known = true;
  }
  if (step.dynamic) ET_RETURN_IF_ERROR(AllocateDynamicOutputs(step));
  for (size_t i = 0; i < values.size(); ++i) CopyValue(*values[i], step.node.outputs[i]->data);
  return absl::OkStatus();
}

}  // namespace edgetasks::exec
