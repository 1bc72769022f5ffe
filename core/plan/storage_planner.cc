#include "core/plan/storage_planner.h"

#include <algorithm>
#include <limits>

namespace edgetasks::plan {
namespace {

using ir::Storage;
using ir::StorageKind;

constexpr int kForever = std::numeric_limits<int>::max();

class Planner {
 public:
  explicit Planner(const StorageRequest& request)
      : request_(request),
        graph_(*request.graph),
        last_use_(graph_.tensors.size(), -1),
        producer_(graph_.tensors.size(), -1),
        output_position_(graph_.tensors.size(), -1) {
    plan_.storage_of_tensor.assign(graph_.tensors.size(), -1);
  }

  ir::StoragePlan Run() {
    FindUses();
    PlaceFixedTensors();
    for (size_t step = 0; step < graph_.ops.size(); ++step) {
      if (request_.op_runs[step]) PlaceOutputs(static_cast<int>(step));
    }
    return std::move(plan_);
  }

 private:
  void FindUses() {
    for (size_t step = 0; step < graph_.ops.size(); ++step) {
      if (!request_.op_runs[step]) continue;
      for (int tensor : graph_.ops[step].inputs) {
        if (tensor >= 0) last_use_[tensor] = static_cast<int>(step);
      }
      for (int tensor : graph_.ops[step].outputs) {
        if (tensor >= 0) producer_[tensor] = static_cast<int>(step);
      }
    }
    for (size_t i = graph_.outputs.size(); i-- > 0;) {
      last_use_[graph_.outputs[i]] = kForever;
      output_position_[graph_.outputs[i]] = static_cast<int>(i);
    }
  }

  void NewStorage(StorageKind kind, int index, int tensor, int first) {
    Storage storage;
    storage.kind = kind;
    storage.index = index;
    storage.root_tensor = tensor;
    storage.block = {std::max<int64_t>(0, request_.tensor_bytes[tensor]), first,
                     std::max(first, last_use_[tensor])};
    plan_.storages.push_back(storage);
    plan_.storage_of_tensor[tensor] = static_cast<int>(plan_.storages.size()) - 1;
  }

  void PlaceFixedTensors() {
    for (size_t i = 0; i < graph_.inputs.size(); ++i) {
      const int tensor = graph_.inputs[i];
      if (!is_placed(tensor)) NewStorage(StorageKind::kInput, static_cast<int>(i), tensor, 0);
    }
    for (size_t t = 0; t < graph_.tensors.size(); ++t) {
      const int tensor = static_cast<int>(t);
      if (is_placed(tensor)) continue;
      if (request_.tensor_is_known[t]) {
        NewStorage(StorageKind::kConstant, -1, tensor, 0);
      } else if (graph_.tensors[t].is_variable) {
        NewStorage(StorageKind::kVariable, -1, tensor, 0);
      }
    }
  }

  void PlaceOutputs(int step) {
    const ir::Op& op = graph_.ops[step];
    for (size_t i = 0; i < op.outputs.size(); ++i) {
      const int tensor = op.outputs[i];
      if (tensor < 0 || is_placed(tensor)) continue;
      if (i == 0 && ReuseInput(step, tensor)) continue;
      const int output = output_position_[tensor];
      if (request_.tensor_bytes[tensor] < 0) {
        NewStorage(StorageKind::kDynamic, output, tensor, step);
      } else if (output >= 0) {
        NewStorage(StorageKind::kOutput, output, tensor, step);
      } else {
        NewStorage(StorageKind::kArena, -1, tensor, step);
      }
    }
  }

  // Lets output 0 (`tensor`) of the op at `step` live in the memory of input 0, if that is safe.
  bool ReuseInput(int step, int tensor) {
    const ir::Op& op = graph_.ops[step];
    const Reuse reuse = request_.op_reuse[step];
    if (reuse == Reuse::kNone || op.inputs.empty() || op.inputs[0] < 0) return false;
    const int input = op.inputs[0];
    const int64_t bytes = request_.tensor_bytes[tensor];
    if (bytes < 0 || bytes != request_.tensor_bytes[input]) return false;
    if (std::count(op.inputs.begin(), op.inputs.end(), input) > 1) return false;

    const int index = plan_.storage_of_tensor[input];
    if (index < 0) return false;
    Storage& storage = plan_.storages[index];
    const int output = output_position_[tensor];
    const bool allowed = storage.kind == StorageKind::kInput && LeadsToAlias(storage.index, tensor);
    if (storage.kind != StorageKind::kArena && !allowed) {
      // Somebody else's memory: it may be looked at, but neither written nor handed out.
      if (reuse != Reuse::kView || output >= 0) return false;
      if (storage.kind == StorageKind::kOutput || storage.kind == StorageKind::kDynamic) {
        return false;
      }
    }
    if (reuse == Reuse::kInPlace && storage.block.last > step) return false;
    if (output >= 0 && !allowed) {
      storage.kind = StorageKind::kOutput;
      storage.index = output;
    }
    storage.block.last = std::max(storage.block.last, last_use_[tensor]);
    plan_.storage_of_tensor[tensor] = index;
    return true;
  }

  // Whether `tensor`, through ops that reuse their input 0, ends in a graph output that may take
  // the memory of graph input `input`.
  bool LeadsToAlias(int input, int tensor) const {
    for (const auto& [from, to] : request_.allowed_aliases) {
      if (from == input && ComesFrom(graph_.outputs[to], tensor)) return true;
    }
    return false;
  }

  // Walks from `tensor` back through the ops that reuse their input 0.
  bool ComesFrom(int tensor, int ancestor) const {
    while (tensor != ancestor) {
      const int step = producer_[tensor];
      if (step < 0 || request_.op_reuse[step] == Reuse::kNone) return false;
      const ir::Op& op = graph_.ops[step];
      if (op.outputs[0] != tensor || op.inputs.empty() || op.inputs[0] < 0) return false;
      tensor = op.inputs[0];
    }
    return true;
  }

  bool is_placed(int tensor) const { return plan_.storage_of_tensor[tensor] >= 0; }

  const StorageRequest& request_;
  const ir::Graph& graph_;
  std::vector<int> last_use_;         // of each tensor: the last step that reads it, or -1
  std::vector<int> producer_;         // of each tensor: the step that writes it, or -1
  std::vector<int> output_position_;  // of each tensor: its first place among the outputs, or -1
  ir::StoragePlan plan_;
};

}  // namespace

ir::StoragePlan PlanStorage(const StorageRequest& request) { return Planner(request).Run(); }

}  // namespace edgetasks::plan
