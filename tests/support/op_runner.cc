#include "tests/support/op_runner.h"

#include "core/base/cpu_features.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/kernels/registry.h"

namespace edgetasks::test {

OpRunner::OpRunner(ir::OpCode code, ir::OpParams params, std::string custom_name) {
  op_.code = code;
  op_.params = std::move(params);
  op_.custom_name = std::move(custom_name);
}

void OpRunner::AddBytes(ir::DType dtype, const ir::Shape& shape, const std::vector<uint8_t>& bytes,
                        ir::Quantization q, bool constant) {
  Slot& slot = inputs_.emplace_back();
  slot.tensor.dtype = dtype;
  slot.tensor.shape = slot.tensor.shape_signature = shape;
  slot.tensor.quantization = std::move(q);
  slot.bytes = bytes;
  slot.constant = constant;
  if (constant) slot.tensor.data = slot.bytes;
  op_.inputs.push_back(static_cast<int>(inputs_.size()) - 1);
}

void OpRunner::AddMissingInput() {
  inputs_.emplace_back().missing = true;
  op_.inputs.push_back(-1);
}

void OpRunner::AddOutput(ir::DType dtype, ir::Quantization q) {
  Slot& slot = outputs_.emplace_back();
  slot.tensor.dtype = dtype;
  slot.tensor.quantization = std::move(q);
  op_.outputs.push_back(static_cast<int>(outputs_.size()) - 1);
}

absl::Status OpRunner::Run(int num_threads) {
  ET_RETURN_IF_ERROR(SelectCpuLevel());  // so that EDGETASKS_CPU forces the level of op tests too
  const ir::Kernel* kernel = kernels::FindKernel(op_.code, op_.custom_name);
  if (kernel == nullptr) return absl::NotFoundError("no kernel for " + op_.DisplayName());
  ThreadPool pool(num_threads);
  ir::Node node;
  node.op = &op_;
  for (Slot& slot : inputs_) {
    slot.operand = {&slot.tensor, slot.tensor.shape, true,
                    slot.constant ? slot.bytes.data() : nullptr};
    node.inputs.push_back(slot.missing ? nullptr : &slot.operand);
  }
  for (Slot& slot : outputs_) {
    slot.operand = {&slot.tensor, {}, false, nullptr};
    node.outputs.push_back(&slot.operand);
  }
  for (bool values_known : {false, true}) {
    if (values_known) {
      for (Slot& slot : inputs_) slot.operand.data = slot.bytes.data();
    }
    bool shapes_known = true;
    for (const Slot& slot : outputs_) shapes_known &= slot.operand.shape_known;
    if (values_known && shapes_known) break;  // the first Prepare was enough
    node.scratch_bytes.clear();
    node.prepared.reset();
    ir::PrepareContext prepare(&node, num_threads);
    ET_RETURN_IF_ERROR(kernel->prepare(prepare));
  }
  for (Slot& slot : outputs_) {
    int64_t bytes = 0;
    if (!slot.operand.shape_known) return absl::InternalError("Prepare left a shape unknown");
    if (!ir::CheckedBytes(slot.operand.shape, slot.tensor.dtype, &bytes)) {
      return absl::InternalError("Prepare set an impossible shape");
    }
    slot.bytes.assign(bytes, 0xCD);  // not zero: an element that is not written shows
    slot.operand.data = slot.bytes.data();
  }
  std::vector<AlignedBuffer> scratch;
  for (int64_t bytes : node.scratch_bytes) {
    ET_ASSIGN_OR_RETURN(AlignedBuffer buffer, AlignedBuffer::Allocate(bytes));
    scratch.push_back(std::move(buffer));
    node.scratch.push_back(scratch.back().data());
  }
  ir::EvalContext eval(&node, &pool, &state_);
  if (!in_place_) return kernel->eval(eval);
  if (!kernel->in_place || inputs_[0].bytes.size() != outputs_[0].bytes.size()) {
    return absl::InternalError("this op cannot run in place");
  }
  outputs_[0].operand.data = inputs_[0].bytes.data();
  ET_RETURN_IF_ERROR(kernel->eval(eval));
  outputs_[0].bytes = inputs_[0].bytes;
  return absl::OkStatus();
}

}  // namespace edgetasks::test
