#include "core/exec/lane_runner.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/exec/graph_instance.h"

namespace edgetasks::exec {
namespace {

using ir::StorageKind;

int64_t BytesOf(const ir::Operand& operand) {
  int64_t bytes = 0;
  return ir::CheckedBytes(operand.shape, operand.dtype(), &bytes) ? bytes : 0;
}

int64_t Aligned(int64_t bytes) { return static_cast<int64_t>(AlignUp(static_cast<size_t>(bytes))); }

// Rows times a matrix that the file holds.
bool IsProductWithConstants(const ir::Node& node) {
  if (node.op->code != ir::OpCode::FULLY_CONNECTED || node.inputs.size() < 2) return false;
  const auto is_constant = [](const ir::Operand* operand) {
    return operand == nullptr || operand->tensor->is_constant();
  };
  return !is_constant(node.inputs[0]) && ir::BitsOf(node.inputs[0]->dtype()) >= 8 &&
         std::all_of(node.inputs.begin() + 1, node.inputs.end(), is_constant) &&
         node.outputs[0]->num_elements() > 0;
}

}  // namespace

LaneRunner::LaneRunner(Runner* runner, const OwnMemory& own)
    : runner_(*runner), instance_(*runner->instance_) {
  own_inputs_.assign(runner_.input_positions_.size(), false);
  own_outputs_.assign(runner_.output_positions_.size(), false);
  for (const int i : own.inputs) own_inputs_[runner_.input_positions_[i]] = true;
  for (const int i : own.outputs) own_outputs_[runner_.output_positions_[i]] = true;
}

LaneRunner::~LaneRunner() = default;

std::unique_ptr<LaneRunner> LaneRunner::Create(Runner* runner, const OwnMemory& own) {
  const GraphInstance& instance = *runner->instance_;
  if (!instance.prepared_) return nullptr;
  for (const GraphInstance::Step& step : instance.steps_) {
    if (!step.folded && (step.kernel == nullptr || step.dynamic)) return nullptr;
  }
  for (const ir::Storage& storage : instance.storage_.storages) {
    if (storage.kind == StorageKind::kVariable || storage.kind == StorageKind::kDynamic) {
      return nullptr;
    }
  }
  std::unique_ptr<LaneRunner> lanes(new LaneRunner(runner, own));
  for (const GraphInstance::Step& step : instance.steps_) {
    const bool shared = !step.folded && IsProductWithConstants(step.node);
    lanes->shared_.push_back(shared ? lanes->num_shared_++ : -1);
  }
  return lanes->num_shared_ > 0 ? std::move(lanes) : nullptr;
}

absl::Status LaneRunner::Reserve(int count) {
  if (static_cast<int>(passes_.size()) <= count) passes_.resize(count + 1);
  if (passes_[count] == nullptr) {
    ET_ASSIGN_OR_RETURN(passes_[count], NewPass(count));
  }
  while (static_cast<int>(lanes_.size()) < count) {
    ET_ASSIGN_OR_RETURN(std::unique_ptr<Lane> lane, NewLane());
    lanes_.push_back(std::move(lane));
  }
  if (static_cast<int64_t>(rows_.size()) < passes_[count]->bytes) {
    ET_ASSIGN_OR_RETURN(rows_, AlignedBuffer::Allocate(passes_[count]->bytes));
  }
  BindPass(passes_[count].get());
  return absl::OkStatus();
}

// The engine's arena serves the first lane.
absl::StatusOr<std::unique_ptr<LaneRunner::Lane>> LaneRunner::NewLane() const {
  auto lane = std::make_unique<Lane>();
  lane->has_arena = !lanes_.empty();
  int64_t bytes = lane->has_arena ? Aligned(instance_.arena_bytes_) : 0;
  std::vector<std::pair<Slot*, int64_t>> own;
  const auto add = [&](const std::vector<int>& tensors, const std::vector<bool>& is_own,
                       std::vector<Slot>* slots) {
    slots->resize(tensors.size());
    for (size_t i = 0; i < tensors.size(); ++i) {
      Slot& slot = (*slots)[i];
      slot.bytes = BytesOf(instance_.operands_[tensors[i]]);
      if (!is_own[i]) continue;
      own.emplace_back(&slot, bytes);
      bytes += Aligned(slot.bytes);
    }
  };
  add(instance_.graph_.inputs, own_inputs_, &lane->inputs);
  add(instance_.graph_.outputs, own_outputs_, &lane->outputs);
  ET_ASSIGN_OR_RETURN(lane->own, AlignedBuffer::Allocate(static_cast<size_t>(bytes)));
  for (const auto& [slot, offset] : own) slot->memory = lane->own.data() + offset;
  lane->data.resize(instance_.operands_.size());
  return lane;
}

absl::StatusOr<std::unique_ptr<LaneRunner::Pass>> LaneRunner::NewPass(int lanes) const {
  auto pass = std::make_unique<Pass>();
  pass->steps.resize(num_shared_);  // stay where they are: nodes point to operands
  for (size_t s = 0; s < shared_.size(); ++s) {
    if (shared_[s] < 0) continue;
    SharedStep& shared = pass->steps[shared_[s]];
    ET_RETURN_IF_ERROR(PrepareShared(static_cast<int>(s), lanes, &shared));
    int64_t bytes = Aligned(BytesOf(shared.rows)) + Aligned(BytesOf(shared.results));
    for (const int64_t scratch : shared.node.scratch_bytes) bytes += Aligned(scratch);
    pass->bytes = std::max(pass->bytes, bytes);
  }
  return pass;
}

absl::Status LaneRunner::PrepareShared(int step, int lanes, SharedStep* shared) const {
  const ir::Node& alone = instance_.steps_[step].node;
  shared->input = alone.op->inputs[0];
  shared->output = alone.op->outputs[0];
  shared->input_bytes = BytesOf(*alone.inputs[0]);
  shared->output_bytes = BytesOf(*alone.outputs[0]);
  shared->kernel = instance_.steps_[step].kernel;
  // [.., K] is rows of K: weights are [N, K].
  const int32_t depth = alone.inputs[1]->shape.back(0);
  const int64_t rows = alone.inputs[0]->num_elements() / depth * lanes;
  if (rows > INT32_MAX) return InvalidGraph("a product of ", rows, " rows");
  shared->rows = {alone.inputs[0]->tensor, {static_cast<int32_t>(rows), depth}, true, nullptr};
  shared->results = {alone.outputs[0]->tensor, {}, false, nullptr};
  shared->node.op = alone.op;
  shared->node.inputs = alone.inputs;
  shared->node.inputs[0] = &shared->rows;
  shared->node.outputs = {&shared->results};
  shared->node.sibling = &alone;
  ir::PrepareContext context(&shared->node, instance_.engine_->pool.num_threads());
  ET_RETURN_IF_ERROR(shared->kernel->prepare(context));
  shared->node.scratch.resize(shared->node.scratch_bytes.size());
  return absl::OkStatus();
}

void LaneRunner::BindPass(Pass* pass) {
  if (pass->bound == rows_.data()) return;
  pass->bound = rows_.data();
  for (SharedStep& step : pass->steps) {
    uint8_t* next = rows_.data();
    const auto take = [&](int64_t bytes) {
      uint8_t* taken = next;
      next += Aligned(bytes);
      return taken;
    };
    step.rows.data = take(BytesOf(step.rows));
    step.results.data = take(BytesOf(step.results));
    for (size_t i = 0; i < step.node.scratch.size(); ++i) {
      step.node.scratch[i] = take(step.node.scratch_bytes[i]);
    }
  }
}

absl::Status LaneRunner::BindInput(int lane, int i, void* data, int64_t bytes) {
  return Bind(lanes_[lane].get(), &lanes_[lane]->inputs[runner_.input_positions_[i]], data, bytes);
}

absl::Status LaneRunner::BindOutput(int lane, int i, void* data, int64_t bytes) {
  return Bind(lanes_[lane].get(), &lanes_[lane]->outputs[runner_.output_positions_[i]], data,
              bytes);
}

absl::Status LaneRunner::Bind(Lane* lane, Slot* slot, void* data, int64_t bytes) const {
  if (slot->memory == data) return absl::OkStatus();
  if (data == nullptr || bytes < slot->bytes || reinterpret_cast<uintptr_t>(data) % kAlignment) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, ErrorDetail::kWrongTensor,
        absl::StrCat("memory of a lane of graph '", instance_.graph_.name, "': expected ",
                     slot->bytes, " bytes aligned to ", kAlignment, ", got ", bytes, " bytes"));
  }
  slot->memory = data;
  lane->bound = false;
  return absl::OkStatus();
}

void* LaneRunner::input_data(int lane, int i) {
  return lanes_[lane]->inputs[runner_.input_positions_[i]].memory;
}

const void* LaneRunner::output_data(int lane, int i) const {
  return lanes_[lane]->outputs[runner_.output_positions_[i]].memory;
}

int64_t LaneRunner::bytes() const {
  auto bytes = static_cast<int64_t>(rows_.size());
  for (const auto& lane : lanes_) bytes += static_cast<int64_t>(lane->own.size());
  return bytes;
}

}  // namespace edgetasks::exec
