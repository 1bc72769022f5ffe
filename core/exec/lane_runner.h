// Runs one graph for several callers in one pass: each constant matrix is read once for all of
// them.
#ifndef CORE_EXEC_LANE_RUNNER_H_
#define CORE_EXEC_LANE_RUNNER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/aligned_buffer.h"
#include "core/exec/runner.h"
#include "core/ir/kernel.h"

namespace edgetasks::exec {

class GraphInstance;

// What one lane is to do in a run, and what came of it.
struct LaneRun {
  ir::StateStore* state = nullptr;       // required
  const Cancellation* cancel = nullptr;  // checked between ops; ends this lane alone
  absl::Status status;                   // filled in: as Runner::Run's
};

// A lane is a caller's memory for the graph's inputs, outputs and what lies between. In a run, a
// FULLY_CONNECTED whose weights are constants takes the rows of all lanes at once; every other op
// runs for one lane after the other. So a graph needs no dimension for them, and a lane gets what
// Runner::Run would compute of its inputs, bit for bit: rows of a matrix product do not know of
// each other.
//
// Memory: Runner's arena serves the first lane; each other one takes as much again, and all take
// their own inputs and outputs. Beside these there are the rows of the largest product.
//
// Not thread safe, and not at the same time as the Runner or others of its Engine.
class LaneRunner {
 public:
  // Which inputs and outputs are memory of the lane's; all others must be bound before a run, but
  // for outputs that are aliased.
  struct OwnMemory {
    std::vector<int> inputs, outputs;
  };

  // Null if the graph cannot run like that: with control flow, with shapes that depend on values,
  // with variables that are tensors, or without any product that lanes could share. `runner` must
  // be prepared, stay so, and outlive the result.
  static std::unique_ptr<LaneRunner> Create(Runner* runner, const OwnMemory& own);
  ~LaneRunner();

  // Makes lanes [0, count) and plans what a run of `count` needs. Does nothing, and allocates
  // nothing, if that has been done before. RESOURCE_EXHAUSTED (kOutOfMemory).
  absl::Status Reserve(int count);

  // As Runner's, for lane `lane`, which must be reserved.
  absl::Status BindInput(int lane, int i, void* data, int64_t bytes);
  absl::Status BindOutput(int lane, int i, void* data, int64_t bytes);
  // Of own inputs and outputs.
  void* input_data(int lane, int i);
  const void* output_data(int lane, int i) const;

  // Runs lanes [0, lanes.size()), after Reserve of just as many. An error of one ends that one.
  // `observer` may be null.
  void Run(absl::Span<LaneRun> lanes, StepObserver* observer);

  // The bytes that all lanes take beside what the Runner has.
  int64_t bytes() const;

 private:
  struct Slot {
    void* memory = nullptr;
    int64_t bytes = 0;  // that it must hold
  };
  struct Lane {
    AlignedBuffer own;
    bool has_arena = false;             // at the beginning of `own`; else it is the engine's
    const uint8_t* arena = nullptr;     // as `data` knows it
    std::vector<Slot> inputs, outputs;  // in the graph's order
    std::vector<void*> data;            // of each tensor
    bool bound = false;                 // `data` is up to date
  };
  // A product of the rows of so many lanes.
  struct SharedStep {
    int input = 0, output = 0;                  // tensors of the graph
    int64_t input_bytes = 0, output_bytes = 0;  // of one lane
    ir::Operand rows, results;                  // of all lanes
    const ir::Kernel* kernel = nullptr;
    ir::Node node;
  };
  struct Pass {
    std::vector<SharedStep> steps;  // as shared_ counts them
    int64_t bytes = 0;              // of the hungriest one's rows, results and scratch
    const void* bound = nullptr;    // the memory where the steps expect these
  };

  LaneRunner(Runner* runner, const OwnMemory& own);

  // lane_runner.cc: making and binding.
  absl::StatusOr<std::unique_ptr<Lane>> NewLane() const;
  absl::StatusOr<std::unique_ptr<Pass>> NewPass(int lanes) const;
  absl::Status PrepareShared(int step, int lanes, SharedStep* shared) const;
  void BindPass(Pass* pass);
  absl::Status Bind(Lane* lane, Slot* slot, void* data, int64_t bytes) const;

  // lane_run.cc: the loop over the steps.
  void BindLane(Lane* lane) const;
  void* StorageMemory(const Lane& lane, int storage) const;
  bool StopLanes(absl::Span<LaneRun> lanes) const;
  absl::Status RunAlone(int step, const Lane& lane, const LaneRun& run, StepObserver* observer);
  absl::Status RunShared(SharedStep* shared, absl::Span<const LaneRun> lanes,
                         StepObserver* observer);
  void CopyOutputs(const Lane& lane) const;

  Runner& runner_;
  GraphInstance& instance_;
  std::vector<bool> own_inputs_, own_outputs_;  // in the graph's order
  std::vector<int> shared_;                     // of each step: its index in a Pass, or -1
  int num_shared_ = 0;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<std::unique_ptr<Pass>> passes_;  // of each number of lanes; null: not reserved yet
  AlignedBuffer rows_;  // of a shared step: its rows, its results and its scratch
};

}  // namespace edgetasks::exec

#endif  // CORE_EXEC_LANE_RUNNER_H_
