#include "core/exec/runner.h"

#include <unistd.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/cpu_features.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/exec/graph_instance.h"

namespace edgetasks::exec {
namespace {

// The position of `tensor` among `list`, or -1.
int PositionOf(int tensor, const std::vector<int>& list) {
  auto it = std::find(list.begin(), list.end(), tensor);
  return it == list.end() ? -1 : static_cast<int>(it - list.begin());
}

std::vector<ir::NamedTensor> NamedByTensor(const ir::Graph& graph, const std::vector<int>& list) {
  std::vector<ir::NamedTensor> named;
  for (int tensor : list) named.push_back({graph.tensors[tensor].name, tensor});
  return named;
}

int FindByName(absl::Span<const IoInfo> list, absl::string_view name) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Engine>> Engine::Create(int num_threads) {
  ET_RETURN_IF_ERROR(SelectCpuLevel());
  return std::make_shared<Engine>(num_threads);
}

int64_t Engine::DefaultMaxArenaBytes() {
  const int64_t pages = sysconf(_SC_PHYS_PAGES);
  const int64_t page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return int64_t{4} << 30;
  return pages * page / 4 * 3;
}

Runner::Runner() = default;
Runner::~Runner() = default;

absl::StatusOr<std::unique_ptr<Runner>> Runner::ForSignature(const ir::Model& model, int signature,
                                                             std::shared_ptr<Engine> engine,
                                                             const RunnerOptions& options) {
  const ir::Signature& s = model.signatures[signature];
  return Create(model, s.graph, s.inputs, s.outputs, std::move(engine), options);
}

absl::StatusOr<std::unique_ptr<Runner>> Runner::ForGraph(const ir::Model& model, int graph,
                                                         std::shared_ptr<Engine> engine,
                                                         const RunnerOptions& options) {
  const ir::Graph& g = model.graphs[graph];
  return Create(model, graph, NamedByTensor(g, g.inputs), NamedByTensor(g, g.outputs),
                std::move(engine), options);
}

absl::StatusOr<std::unique_ptr<Runner>> Runner::Create(const ir::Model& model, int graph,
                                                       const std::vector<ir::NamedTensor>& inputs,
                                                       const std::vector<ir::NamedTensor>& outputs,
                                                       std::shared_ptr<Engine> engine,
                                                       const RunnerOptions& options) {
  std::unique_ptr<Runner> runner(new Runner());
  graph::LowerOptions lower;
  for (const StateSlot& state : options.states) {
    lower.states.push_back(
        {inputs[state.input].tensor, outputs[state.output].tensor, state.may_turn, state.keep_as});
  }
  if (options.positions >= 0) lower.positions = inputs[options.positions].tensor;
  for (const InputSize& size : options.sizes) {
    lower.sizes.push_back({inputs[size.input].tensor, size.axis, size.size});
  }
  ET_ASSIGN_OR_RETURN(runner->instance_,
                      GraphInstance::Create(model, graph, std::move(engine), false, lower));
  const ir::Graph& g = model.graphs[graph];
  const auto add = [&](const std::vector<ir::NamedTensor>& named, const std::vector<int>& list,
                       std::vector<IoInfo>* infos, std::vector<int>* positions) {
    for (const ir::NamedTensor& entry : named) {
      const int position = PositionOf(entry.tensor, list);
      if (position < 0) {
        return InvalidGraph("signature: '", entry.name, "' is no input or output of graph '",
                            g.name, "'");
      }
      infos->push_back({entry.name, &g.tensors[entry.tensor]});
      positions->push_back(position);
    }
    return absl::OkStatus();
  };
  ET_RETURN_IF_ERROR(add(inputs, g.inputs, &runner->inputs_, &runner->input_positions_));
  ET_RETURN_IF_ERROR(add(outputs, g.outputs, &runner->outputs_, &runner->output_positions_));
  runner->state_ = std::make_shared<ir::StateStore>();
  return runner;
}

int Runner::FindInput(absl::string_view name) const { return FindByName(inputs_, name); }
int Runner::FindOutput(absl::string_view name) const { return FindByName(outputs_, name); }

absl::Status Runner::ResizeInput(int i, const ir::Shape& shape) {
  return instance_->ResizeInput(input_positions_[i], shape);
}

void Runner::AllowAlias(int input, int output) {
  instance_->AllowAlias(input_positions_[input], output_positions_[output]);
}

bool Runner::is_aliased(int output) const {
  return instance_->is_aliased(output_positions_[output]);
}

absl::Status Runner::Prepare() { return instance_->Prepare(); }

absl::Status Runner::BindInput(int i, void* data, int64_t bytes) {
  return instance_->BindInput(input_positions_[i], data, bytes);
}

absl::Status Runner::BindOutput(int i, void* data, int64_t bytes) {
  return instance_->BindOutput(output_positions_[i], data, bytes);
}

absl::Status Runner::Run(const RunOptions& options) {
  return instance_->Run(options, state_.get());
}

const ir::Shape& Runner::input_shape(int i) const {
  return instance_->input(input_positions_[i]).shape;
}

ir::DType Runner::input_dtype(int i) const { return instance_->input(input_positions_[i]).dtype(); }

const ir::Shape& Runner::output_shape(int i) const {
  return instance_->output(output_positions_[i]).shape;
}

bool Runner::is_turned(int i) const { return instance_->is_turned(input_positions_[i]); }

int64_t Runner::input_bytes(int i) const {
  int64_t bytes = 0;
  const ir::Operand& operand = instance_->input(input_positions_[i]);
  return ir::CheckedBytes(operand.shape, operand.dtype(), &bytes) ? bytes : 0;
}

int64_t Runner::output_bytes(int i) const {
  int64_t bytes = 0;
  const ir::Operand& operand = instance_->output(output_positions_[i]);
  return ir::CheckedBytes(operand.shape, operand.dtype(), &bytes) ? bytes : 0;
}

void* Runner::input_data(int i) { return instance_->input_data(input_positions_[i]); }
void* Runner::output_data(int i) { return instance_->output_data(output_positions_[i]); }

void Runner::SetState(std::shared_ptr<ir::StateStore> state) { state_ = std::move(state); }

int64_t Runner::arena_bytes() const { return instance_->arena_bytes(); }
int64_t Runner::io_bytes() const { return instance_->io_bytes(); }

PlanReport Runner::Report() const { return instance_->Report(); }

}  // namespace edgetasks::exec
