// GraphInstance::Prepare: fixes shapes, computes what depends on nothing, plans memory.
#include "absl/strings/str_cat.h"
#include "core/base/checked_math.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/exec/graph_instance.h"
#include "core/plan/arena_planner.h"
#include "core/plan/storage_planner.h"

namespace edgetasks::exec {
namespace {

// Results up to this size that depend only on constants and shapes are computed while planning:
// shape arithmetic, small tables. Larger ones are computed in each run, so that no weight is ever
// kept twice.
constexpr int64_t kMaxFoldedBytes = 4096;

bool IsView(ir::OpCode code) {
  return code == ir::OpCode::RESHAPE || code == ir::OpCode::SQUEEZE ||
         code == ir::OpCode::EXPAND_DIMS;
}

bool DependsOnShapesOnly(ir::OpCode code) {
  return code == ir::OpCode::SHAPE || code == ir::OpCode::RANK;
}

bool MayFold(ir::OpCode code) {
  switch (code) {
    case ir::OpCode::VAR_HANDLE:
    case ir::OpCode::READ_VARIABLE:
    case ir::OpCode::ASSIGN_VARIABLE:
    case ir::OpCode::CUSTOM:
      return false;
    default:
      return true;
  }
}

int64_t BytesOf(const ir::Operand& operand) {
  int64_t bytes = 0;
  if (!operand.shape_known || !ir::CheckedBytes(operand.shape, operand.dtype(), &bytes)) return -1;
  return bytes;
}

}  // namespace

absl::Status GraphInstance::Prepare() {
  prepared_ = false;
  bound_ = false;
  ResetOperands();
  for (Step& step : steps_) {
    if (absl::Status status = PrepareStep(step); !status.ok()) return Annotated(status, step);
  }
  ET_RETURN_IF_ERROR(PlanMemory());
  ET_RETURN_IF_ERROR(AllocateMemory());
  prepared_ = true;
  return absl::OkStatus();
}

void GraphInstance::ResetOperands() {
  folded_values_.clear();
  for (size_t t = 0; t < graph_.tensors.size(); ++t) {
    const ir::Tensor& tensor = graph_.tensors[t];
    ir::Operand& operand = operands_[t];
    operand = {&tensor, tensor.shape, tensor.is_constant() || tensor.is_variable, nullptr};
    // Kernels never write to an operand that is a constant.
    if (tensor.is_constant()) operand.data = const_cast<uint8_t*>(tensor.data.data());
  }
  for (size_t i = 0; i < graph_.inputs.size(); ++i) {
    ir::Operand& operand = operands_[graph_.inputs[i]];
    operand.shape = input_shapes_[i];
    operand.shape_known = true;
    operand.data = nullptr;
  }
}

absl::Status GraphInstance::PrepareStep(Step& step) {
  ir::Node& node = step.node;
  node.scratch_bytes.clear();
  node.prepared.reset();
  node.method.clear();
  step.dynamic = step.folded = false;
  for (const ir::Operand* input : node.inputs) {
    if (input != nullptr && !input->shape_known) step.dynamic = true;
  }
  if (step.dynamic) return absl::OkStatus();  // the outputs stay unknown
  if (step.kernel == nullptr) {
    ET_RETURN_IF_ERROR(PrepareControl(step));
  } else {
    ir::PrepareContext context(&node, engine_->pool.num_threads());
    ET_RETURN_IF_ERROR(step.kernel->prepare(context));
  }
  ET_RETURN_IF_ERROR(FixOutputs(step));
  return step.dynamic || step.kernel == nullptr ? absl::OkStatus() : FoldStep(step);
}

absl::Status GraphInstance::FixOutputs(Step& step) const {
  for (ir::Operand* output : step.node.outputs) {
    if (!output->shape_known) {
      step.dynamic = true;
    } else if (const int64_t bytes = BytesOf(*output);
               bytes < 0 || bytes > engine_->max_arena_bytes) {
      return MakeError(
          absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
          absl::StrCat("output '", output->tensor->name, "' of shape ", output->shape.ToString(),
                       " is larger than the limit of ", engine_->max_arena_bytes, " bytes"));
    }
  }
  return absl::OkStatus();
}

absl::Status GraphInstance::FoldStep(Step& step) {
  ir::Node& node = step.node;
  const ir::OpCode code = node.op->code;
  if (!MayFold(code) || node.outputs.empty()) return absl::OkStatus();
  bool known = true;
  for (const ir::Operand* input : node.inputs) {
    if (input != nullptr && input->data == nullptr) known = false;
  }
  if (IsView(code) && node.inputs[0]->data != nullptr) {
    node.outputs[0]->data = node.inputs[0]->data;
    step.folded = true;
    return absl::OkStatus();
  }
  if (!known && !DependsOnShapesOnly(code)) return absl::OkStatus();
  int64_t bytes = 0;
  for (const ir::Operand* output : node.outputs) bytes += BytesOf(*output);
  for (int64_t scratch : node.scratch_bytes) bytes += scratch;
  if (bytes > kMaxFoldedBytes) return absl::OkStatus();

  for (ir::Operand* output : node.outputs) {
    ET_ASSIGN_OR_RETURN(AlignedBuffer value, AlignedBuffer::Allocate(BytesOf(*output)));
    output->data = value.data();
    folded_values_.push_back(std::move(value));
  }
  std::vector<AlignedBuffer> scratch;
  node.scratch.clear();
  for (int64_t scratch_bytes : node.scratch_bytes) {
    ET_ASSIGN_OR_RETURN(AlignedBuffer buffer, AlignedBuffer::Allocate(scratch_bytes));
    scratch.push_back(std::move(buffer));
    node.scratch.push_back(scratch.back().data());
  }
  ir::StateStore no_state;
  ir::EvalContext context(&node, &engine_->pool, &no_state);
  ET_RETURN_IF_ERROR(step.kernel->eval(context));
  step.folded = true;
  return absl::OkStatus();
}

absl::Status GraphInstance::PlanMemory() {
  plan::StorageRequest request;
  request.graph = &graph_;
  request.allowed_aliases = allowed_aliases_;
  for (const ir::Operand& operand : operands_) {
    request.tensor_bytes.push_back(BytesOf(operand));
    request.tensor_is_known.push_back(operand.data != nullptr);
  }
  for (const Step& step : steps_) {
    request.op_runs.push_back(!step.folded);
    const bool reuses = step.kernel != nullptr && step.kernel->in_place && !step.folded &&
                        !step.dynamic && step.node.inputs[0] != nullptr &&
                        step.node.inputs[0]->num_elements() == step.node.outputs[0]->num_elements();
    request.op_reuse.push_back(!reuses                      ? plan::Reuse::kNone
                               : IsView(step.node.op->code) ? plan::Reuse::kView
                                                            : plan::Reuse::kInPlace);
  }
  storage_ = plan::PlanStorage(request);

  std::vector<ir::Block> blocks;
  int64_t sum = 0;
  const auto add_block = [&](const ir::Block& block) {
    blocks.push_back(block);
    const bool fits = CheckedAdd<int64_t>(sum, block.bytes + kAlignment, &sum);
    if (!fits) sum = INT64_MAX;
    return static_cast<int>(blocks.size()) - 1;
  };
  block_of_storage_.assign(storage_.storages.size(), -1);
  for (size_t s = 0; s < storage_.storages.size(); ++s) {
    if (storage_.storages[s].kind == ir::StorageKind::kArena) {
      block_of_storage_[s] = add_block(storage_.storages[s].block);
    }
  }
  for (size_t i = 0; i < steps_.size(); ++i) {
    Step& step = steps_[i];
    step.scratch_blocks.clear();
    if (step.dynamic || step.folded) continue;
    for (int64_t bytes : step.node.scratch_bytes) {
      step.scratch_blocks.push_back(add_block({bytes, static_cast<int>(i), static_cast<int>(i)}));
    }
  }
  if (sum < INT64_MAX) memory_ = plan::PlanArena(blocks);
  arena_bytes_ = sum < INT64_MAX ? memory_.total_bytes : INT64_MAX;
  if (arena_bytes_ > engine_->max_arena_bytes) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
                     absl::StrCat("graph '", graph_.name, "' needs ", arena_bytes_,
                                  " bytes of working memory, the limit is ",
                                  engine_->max_arena_bytes, "; use smaller inputs"));
  }
  return absl::OkStatus();
}

absl::Status GraphInstance::AllocateMemory() {
  AlignedBuffer& arena = own_arena_ ? private_arena_ : engine_->arena;
  if (static_cast<int64_t>(arena.size()) < arena_bytes_) {
    arena = AlignedBuffer();  // first give back, then ask for more
    ET_ASSIGN_OR_RETURN(arena, AlignedBuffer::Allocate(arena_bytes_));
  }
  variables_.resize(storage_.storages.size());
  for (size_t s = 0; s < storage_.storages.size(); ++s) {
    const ir::Storage& storage = storage_.storages[s];
    const auto bytes = static_cast<size_t>(storage.block.bytes);
    if (storage.kind == ir::StorageKind::kVariable && variables_[s].size() != bytes) {
      ET_ASSIGN_OR_RETURN(variables_[s], AlignedBuffer::Allocate(bytes));
    }
  }
  dynamic_.resize(graph_.tensors.size());
  const auto allocate = [&](std::vector<Slot>& slots, const std::vector<int>& tensors) {
    for (size_t i = 0; i < slots.size(); ++i) {
      Slot& slot = slots[i];
      slot.bytes = std::max<int64_t>(0, BytesOf(operands_[tensors[i]]));
      if (slot.bound != nullptr && slot.bound_bytes < slot.bytes) slot.bound = nullptr;
      if (static_cast<int64_t>(slot.own.size()) >= slot.bytes && slot.own.data() != nullptr) {
        continue;
      }
      ET_ASSIGN_OR_RETURN(slot.own, AlignedBuffer::Allocate(slot.bytes));
    }
    return absl::OkStatus();
  };
  ET_RETURN_IF_ERROR(allocate(input_slots_, graph_.inputs));
  return allocate(output_slots_, graph_.outputs);
}

}  // namespace edgetasks::exec
