// LaneRunner::Run: the loop over the steps.
#include <algorithm>
#include <cstring>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/exec/graph_instance.h"
#include "core/exec/lane_runner.h"

namespace edgetasks::exec {

using ir::StorageKind;

void* LaneRunner::StorageMemory(const Lane& lane, int storage) const {
  const ir::Storage& s = instance_.storage_.storages[storage];
  switch (s.kind) {
    case StorageKind::kInput:
      return lane.inputs[s.index].memory;
    case StorageKind::kOutput:
      return lane.outputs[s.index].memory;
    case StorageKind::kArena:
      return const_cast<uint8_t*>(lane.arena) +
             instance_.memory_.offsets[instance_.block_of_storage_[storage]];
    case StorageKind::kConstant:
      return instance_.operands_[s.root_tensor].data;
    case StorageKind::kVariable:  // never: see Create
    case StorageKind::kDynamic:
    case StorageKind::kUnused:
      break;
  }
  return nullptr;
}

void LaneRunner::BindLane(Lane* lane) const {
  const uint8_t* arena = lane->has_arena ? lane->own.data() : instance_.engine_->arena.data();
  if (lane->bound && lane->arena == arena) return;
  lane->arena = arena;
  for (size_t t = 0; t < lane->data.size(); ++t) {
    const int storage = instance_.storage_.storage_of_tensor[t];
    lane->data[t] = storage < 0 ? instance_.operands_[t].data : StorageMemory(*lane, storage);
  }
  lane->bound = true;
}

// Ends those that should stop. False: none is left.
bool LaneRunner::StopLanes(absl::Span<LaneRun> lanes) const {
  bool any = false;
  for (LaneRun& run : lanes) {
    if (run.status.ok() && run.cancel != nullptr && run.cancel->ShouldStop()) {
      run.status = MakeError(absl::StatusCode::kCancelled, ErrorDetail::kCancelled, "cancelled");
    }
    any = any || run.status.ok();
  }
  return any;
}

void LaneRunner::Run(absl::Span<LaneRun> lanes, StepObserver* observer) {
  const int count = static_cast<int>(lanes.size());
  if (instance_.bound_arena_ != instance_.engine_->arena.data()) {
    instance_.BindMemory();  // the steps' scratch; they are pointed to the rest
  }
  for (int l = 0; l < count; ++l) {
    lanes[l].status = absl::OkStatus();
    BindLane(lanes_[l].get());
  }
  for (size_t s = 0; s < shared_.size(); ++s) {
    if (instance_.steps_[s].folded) continue;
    if (!StopLanes(lanes)) break;
    if (shared_[s] >= 0) {
      const absl::Status status = RunShared(&passes_[count]->steps[shared_[s]], lanes, observer);
      if (status.ok()) continue;
      for (LaneRun& run : lanes) run.status.Update(status);
      break;
    }
    for (int l = 0; l < count; ++l) {
      if (lanes[l].status.ok()) {
        lanes[l].status = RunAlone(static_cast<int>(s), *lanes_[l], lanes[l], observer);
      }
    }
  }
  for (int l = 0; l < count; ++l) {
    if (lanes[l].status.ok()) CopyOutputs(*lanes_[l]);
  }
  instance_.bound_ = false;  // its operands are the last lane's
}

absl::Status LaneRunner::RunAlone(int step, const Lane& lane, const LaneRun& run,
                                  StepObserver* observer) {
  GraphInstance::Step& s = instance_.steps_[step];
  for (const std::vector<int>* tensors : {&s.node.op->inputs, &s.node.op->outputs}) {
    for (const int t : *tensors) {
      if (t >= 0) instance_.operands_[t].data = lane.data[t];
    }
  }
  RunOptions options;
  options.observer = observer;
  const absl::Status status = observer == nullptr ? instance_.RunStep(s, options, run.state)
                                                  : instance_.RunObserved(s, options, run.state);
  return instance_.Annotated(status, s);
}

// Lanes that have ended take part with what is left of them: nobody looks at their results.
absl::Status LaneRunner::RunShared(SharedStep* shared, absl::Span<const LaneRun> lanes,
                                   StepObserver* observer) {
  const int count = static_cast<int>(lanes.size());
  auto* rows = static_cast<uint8_t*>(shared->rows.data);
  const auto* results = static_cast<const uint8_t*>(shared->results.data);
  for (int l = 0; l < count; ++l) {
    std::memcpy(rows + l * shared->input_bytes, lanes_[l]->data[shared->input],
                shared->input_bytes);
  }
  const ProfileClock::time_point begin =
      observer == nullptr ? ProfileClock::time_point() : ProfileClock::now();
  ir::EvalContext context(&shared->node, &instance_.engine_->pool, lanes[0].state);
  ET_RETURN_IF_ERROR(shared->kernel->eval(context));
  if (observer != nullptr) {
    observer->OnStep({instance_.graph_, shared->node, false, begin, ProfileClock::now()});
  }
  for (int l = 0; l < count; ++l) {
    std::memcpy(lanes_[l]->data[shared->output], results + l * shared->output_bytes,
                shared->output_bytes);
  }
  return absl::OkStatus();
}

// Outputs that could not be computed where they belong: copies of inputs, constants.
void LaneRunner::CopyOutputs(const Lane& lane) const {
  for (size_t i = 0; i < lane.outputs.size(); ++i) {
    const Slot& slot = lane.outputs[i];
    const void* data = lane.data[instance_.graph_.outputs[i]];
    if (slot.memory == nullptr || data == nullptr || slot.memory == data) continue;
    std::memcpy(slot.memory, data, slot.bytes);
  }
}

}  // namespace edgetasks::exec
