// GraphInstance::Run: the loop over the steps.
#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/exec/graph_instance.h"

namespace edgetasks::exec {

absl::Status GraphInstance::Run(const RunOptions& options, ir::StateStore* state) {
  if (!prepared_) ET_RETURN_IF_ERROR(Prepare());
  BindMemory();
  for (Step& step : steps_) {
    if (step.folded) continue;
    if (options.cancel != nullptr && options.cancel->ShouldStop()) {
      return MakeError(absl::StatusCode::kCancelled, ErrorDetail::kCancelled, "cancelled");
    }
    absl::Status status = options.observer == nullptr ? RunStep(step, options, state)
                                                      : RunObserved(step, options, state);
    if (!status.ok()) {
      if (GetErrorDetail(status) == ErrorDetail::kCancelled) return status;
      return Annotated(status, step);
    }
  }
  return CopyOutputs();
}

absl::Status GraphInstance::RunStep(Step& step, const RunOptions& options, ir::StateStore* state) {
  if (step.kernel == nullptr) return RunControl(step, options, state);
  if (step.dynamic) ET_RETURN_IF_ERROR(PrepareDynamicStep(step));
  ir::EvalContext context(&step.node, &engine_->pool, state);
  return step.kernel->eval(context);
}

absl::Status GraphInstance::RunObserved(Step& step, const RunOptions& options,
                                        ir::StateStore* state) {
  const ProfileClock::time_point begin = ProfileClock::now();
  ET_RETURN_IF_ERROR(RunStep(step, options, state));
  options.observer->OnStep({graph_, step.node, step.kernel == nullptr, begin, ProfileClock::now()});
  return absl::OkStatus();
}

// A step whose shapes depend on values: all inputs are known by now.
absl::Status GraphInstance::PrepareDynamicStep(Step& step) {
  ir::Node& node = step.node;
  node.scratch_bytes.clear();
  node.prepared.reset();
  ir::PrepareContext context(&node, engine_->pool.num_threads());
  ET_RETURN_IF_ERROR(step.kernel->prepare(context));
  ET_RETURN_IF_ERROR(AllocateDynamicOutputs(step));
  node.scratch.clear();
  step.dynamic_scratch.clear();
  for (int64_t bytes : node.scratch_bytes) {
    if (bytes > engine_->max_arena_bytes) {
      return InvalidGraph("needs ", bytes, " bytes of scratch memory");
    }
    ET_ASSIGN_OR_RETURN(AlignedBuffer buffer, AlignedBuffer::Allocate(bytes));
    step.dynamic_scratch.push_back(std::move(buffer));
    node.scratch.push_back(step.dynamic_scratch.back().data());
  }
  return absl::OkStatus();
}

absl::Status GraphInstance::AllocateDynamicOutputs(Step& step) {
  for (size_t i = 0; i < step.node.outputs.size(); ++i) {
    if (!step.node.outputs[i]->shape_known) {
      return InvalidGraph("the shape of output ", i, " cannot be determined");
    }
  }
  ET_RETURN_IF_ERROR(FixOutputs(step));
  for (int tensor : step.node.op->outputs) {
    const int storage = storage_.storage_of_tensor[tensor];
    ir::Operand& operand = operands_[tensor];
    int64_t bytes = 0;
    if (!ir::CheckedBytes(operand.shape, operand.dtype(), &bytes)) continue;  // see FixOutputs
    if (storage < 0 || storage_.storages[storage].kind != ir::StorageKind::kDynamic) {
      if (storage >= 0 && bytes <= storage_.storages[storage].block.bytes) continue;
      return InvalidGraph("output '", operand.tensor->name, "' grew while running");
    }
    AlignedBuffer& buffer = dynamic_[tensor];
    if (static_cast<int64_t>(buffer.size()) < bytes || buffer.data() == nullptr) {
      ET_ASSIGN_OR_RETURN(buffer, AlignedBuffer::Allocate(bytes));
    }
    operand.data = buffer.data();
  }
  return absl::OkStatus();
}

// Outputs that could not be computed where they belong: copies of inputs, constants, dynamic
// values.
absl::Status GraphInstance::CopyOutputs() {
  for (size_t i = 0; i < graph_.outputs.size(); ++i) {
    const ir::Operand& operand = operands_[graph_.outputs[i]];
    Slot& slot = output_slots_[i];
    const int storage = storage_.storage_of_tensor[graph_.outputs[i]];
    const bool dynamic =
        storage >= 0 && storage_.storages[storage].kind == ir::StorageKind::kDynamic;
    if (slot.bound == nullptr && (dynamic || is_aliased(static_cast<int>(i)))) continue;
    if (operand.data == slot.memory() || operand.data == nullptr) continue;
    int64_t bytes = 0;
    if (!ir::CheckedBytes(operand.shape, operand.dtype(), &bytes)) continue;  // checked before
    const int64_t room = slot.bound != nullptr ? slot.bound_bytes : slot.bytes;
    if (bytes > room) {
      return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kWrongTensor,
                       absl::StrCat("output '", operand.tensor->name, "' has ", bytes,
                                    " bytes, the memory bound to it ", room));
    }
    std::memcpy(slot.memory(), operand.data, bytes);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::exec
