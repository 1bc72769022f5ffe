#include "core/exec/graph_instance.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/graph/passes.h"
#include "core/kernels/registry.h"

namespace edgetasks::exec {

GraphInstance::~GraphInstance() = default;

absl::StatusOr<std::unique_ptr<GraphInstance>> GraphInstance::Create(
    const ir::Model& model, int graph, std::shared_ptr<Engine> engine, bool own_arena,
    const graph::LowerOptions& lower) {
  std::unique_ptr<GraphInstance> instance(new GraphInstance());
  ET_ASSIGN_OR_RETURN(instance->graph_, graph::Lower(model, graph, lower));
  instance->engine_ = std::move(engine);
  instance->model_ = &model;
  instance->source_ = graph;
  instance->own_arena_ = own_arena;
  ET_RETURN_IF_ERROR(instance->CheckTensors());
  ET_RETURN_IF_ERROR(instance->AddSteps(model));
  for (int tensor : instance->graph_.inputs) {
    instance->input_shapes_.push_back(instance->graph_.tensors[tensor].shape);
  }
  instance->input_slots_.resize(instance->graph_.inputs.size());
  instance->output_slots_.resize(instance->graph_.outputs.size());
  return instance;
}

absl::Status GraphInstance::CheckTensors() const {
  std::vector<bool> used(graph_.tensors.size(), false);
  for (int tensor : graph_.inputs) used[tensor] = true;
  for (int tensor : graph_.outputs) used[tensor] = true;
  for (const ir::Op& op : graph_.ops) {
    for (int tensor : op.inputs) {
      if (tensor >= 0) used[tensor] = true;
    }
    for (int tensor : op.outputs) {
      if (tensor < 0) {
        return InvalidGraph("graph '", graph_.name, "': ", op.DisplayName(),
                            " leaves an output out; every output needs a tensor");
      }
      used[tensor] = true;
    }
  }
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    const ir::Tensor& tensor = graph_.tensors[t];
    if (used[t] && !ir::IsRunnable(tensor.dtype)) {
      return Unsupported(ErrorDetail::kUnsupportedType, "graph '", graph_.name, "': tensor '",
                         tensor.name, "' has type ", ir::NameOf(tensor.dtype),
                         ", which EdgeTasks does not compute with; convert the model without it");
    }
  }
  return absl::OkStatus();
}

absl::Status GraphInstance::AddSteps(const ir::Model& model) {
  operands_.resize(graph_.tensors.size());
  steps_.resize(graph_.ops.size());
  for (size_t i = 0; i < graph_.ops.size(); ++i) {
    const ir::Op& op = graph_.ops[i];
    Step& step = steps_[i];
    step.node.op = &op;
    for (int t : op.inputs) step.node.inputs.push_back(t < 0 ? nullptr : &operands_[t]);
    for (int t : op.outputs) step.node.outputs.push_back(&operands_[t]);
    step.kernel = kernels::FindKernel(op.code, op.custom_name);
    if (step.kernel != nullptr) continue;
    if (absl::Status status = AddControlFlow(model, step); !status.ok()) {
      return Annotated(status, step);
    }
  }
  return absl::OkStatus();
}

absl::Status GraphInstance::Annotated(const absl::Status& status, const Step& step) const {
  if (status.ok()) return status;
  const ir::Op& op = *step.node.op;
  const std::string writes =
      op.outputs.empty() ? ""
                         : absl::StrCat(", writing '", graph_.tensors[op.outputs[0]].name, "'");
  return Annotate(status,
                  absl::StrCat("graph '", graph_.name, "', op ", &op - graph_.ops.data(), writes));
}

absl::Status GraphInstance::ResizeInput(int i, const ir::Shape& shape) {
  const ir::Tensor& tensor = graph_.tensors[graph_.inputs[i]];
  const ir::Shape& signature = tensor.shape_signature;
  bool fits = shape.rank() == signature.rank();
  for (int d = 0; fits && d < shape.rank(); ++d) {
    fits = shape.dim(d) >= 0 && (signature.dim(d) < 0 || signature.dim(d) == shape.dim(d));
  }
  if (!fits) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, ErrorDetail::kWrongTensor,
        absl::StrCat("input '", tensor.name, "': expected shape ", signature.ToString(),
                     signature == tensor.shape ? "" : " (-1: any)", ", got ", shape.ToString()));
  }
  if (input_shapes_[i] != shape) prepared_ = false;
  input_shapes_[i] = shape;
  return absl::OkStatus();
}

void GraphInstance::AllowAlias(int input, int output) {
  allowed_aliases_.emplace_back(input, output);
  prepared_ = false;
}

bool GraphInstance::is_aliased(int output) const {
  const int storage = storage_.storage_of_tensor[graph_.outputs[output]];
  if (storage < 0 || storage_.storages[storage].kind != ir::StorageKind::kInput) return false;
  const int input = storage_.storages[storage].index;
  for (const auto& [from, to] : allowed_aliases_) {
    if (from == input && to == output) return true;
  }
  return false;
}

bool GraphInstance::is_turned(int input) const {
  const std::vector<int>& turned = graph_.turned_inputs;
  return std::find(turned.begin(), turned.end(), graph_.inputs[input]) != turned.end();
}

absl::Status GraphInstance::CheckBinding(const Slot& slot, const ir::Operand& operand,
                                         const void* data, int64_t bytes) const {
  if (data != nullptr && (bytes < slot.bytes || reinterpret_cast<uintptr_t>(data) % kAlignment)) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, ErrorDetail::kWrongTensor,
        absl::StrCat("memory for tensor '", operand.tensor->name, "': expected ", slot.bytes,
                     " bytes aligned to ", kAlignment, ", got ", bytes, " bytes"));
  }
  return absl::OkStatus();
}

absl::Status GraphInstance::BindInput(int i, void* data, int64_t bytes) {
  if (input_slots_[i].bound == data && input_slots_[i].bound_bytes == bytes)
    return absl::OkStatus();
  ET_RETURN_IF_ERROR(CheckBinding(input_slots_[i], input(i), data, bytes));
  input_slots_[i].bound = data;
  input_slots_[i].bound_bytes = bytes;
  bound_ = false;
  return absl::OkStatus();
}

absl::Status GraphInstance::BindOutput(int i, void* data, int64_t bytes) {
  if (output_slots_[i].bound == data && output_slots_[i].bound_bytes == bytes) {
    return absl::OkStatus();
  }
  ET_RETURN_IF_ERROR(CheckBinding(output_slots_[i], output(i), data, bytes));
  output_slots_[i].bound = data;
  output_slots_[i].bound_bytes = bytes;
  bound_ = false;
  return absl::OkStatus();
}

void* GraphInstance::StorageMemory(int storage) {
  const ir::Storage& s = storage_.storages[storage];
  switch (s.kind) {
    case ir::StorageKind::kInput:
      return input_slots_[s.index].memory();
    case ir::StorageKind::kOutput:
      return output_slots_[s.index].memory();
    case ir::StorageKind::kVariable:
      return variables_[storage].data();
    case ir::StorageKind::kArena:
      return const_cast<uint8_t*>(bound_arena_) + memory_.offsets[block_of_storage_[storage]];
    case ir::StorageKind::kConstant:  // set when it was read or folded
    case ir::StorageKind::kDynamic:   // set when it is computed
    case ir::StorageKind::kUnused:
      break;
  }
  return nullptr;
}

void GraphInstance::BindMemory() {
  uint8_t* arena = own_arena_ ? private_arena_.data() : engine_->arena.data();
  if (bound_ && arena == bound_arena_) return;
  bound_arena_ = arena;
  for (size_t t = 0; t < operands_.size(); ++t) {
    const int storage = storage_.storage_of_tensor[t];
    if (storage < 0) continue;
    const ir::Storage& s = storage_.storages[storage];
    if (s.kind == ir::StorageKind::kConstant) {
      operands_[t].data = operands_[s.root_tensor].data;
    } else {
      operands_[t].data = StorageMemory(storage);
    }
  }
  for (Step& step : steps_) {
    if (step.dynamic) continue;
    step.node.scratch.clear();
    for (int block : step.scratch_blocks) {
      step.node.scratch.push_back(arena + memory_.offsets[block]);
    }
  }
  bound_ = true;
}

void* GraphInstance::output_data(int i) {
  const int storage = storage_.storage_of_tensor[graph_.outputs[i]];
  const bool own =
      storage < 0 || storage_.storages[storage].kind == ir::StorageKind::kDynamic || is_aliased(i);
  if (!own || output_slots_[i].bound != nullptr) return output_slots_[i].memory();
  BindMemory();
  return operands_[graph_.outputs[i]].data;
}

int64_t GraphInstance::io_bytes() const {
  int64_t bytes = 0;
  for (const auto* slots : {&input_slots_, &output_slots_}) {
    for (const Slot& slot : *slots) bytes += slot.bound != nullptr ? 0 : slot.own.size();
  }
  return bytes;
}

}  // namespace edgetasks::exec
