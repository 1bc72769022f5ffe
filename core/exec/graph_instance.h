// One graph, lowered, planned and bound to memory. Runner is the way in; this is its machinery.
#ifndef CORE_EXEC_GRAPH_INSTANCE_H_
#define CORE_EXEC_GRAPH_INSTANCE_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/exec/runner.h"
#include "core/graph/passes.h"
#include "core/ir/plan.h"

namespace edgetasks::exec {

// The life of an instance: Create (passes, kernels found) -> Prepare (shapes, memory) -> Run,
// Run... Positions are those of graph().inputs and graph().outputs.
class GraphInstance {
 public:
  // `own_arena`: graphs inside IF and WHILE keep their working memory apart from their caller's,
  // because they may be planned anew while the caller runs.
  static absl::StatusOr<std::unique_ptr<GraphInstance>> Create(
      const ir::Model& model, int graph, std::shared_ptr<Engine> engine, bool own_arena,
      const graph::LowerOptions& lower = {});
  ~GraphInstance();

  const ir::Graph& graph() const { return graph_; }

  absl::Status ResizeInput(int i, const ir::Shape& shape);
  void AllowAlias(int input, int output);
  bool is_aliased(int output) const;
  bool is_turned(int input) const;
  absl::Status Prepare();
  bool prepared() const { return prepared_; }
  absl::Status BindInput(int i, void* data, int64_t bytes);
  absl::Status BindOutput(int i, void* data, int64_t bytes);
  absl::Status Run(const RunOptions& options, ir::StateStore* state);

  const ir::Operand& input(int i) const { return operands_[graph_.inputs[i]]; }
  const ir::Operand& output(int i) const { return operands_[graph_.outputs[i]]; }
  void* input_data(int i) { return input_slots_[i].memory(); }
  void* output_data(int i);

  int64_t arena_bytes() const { return arena_bytes_; }
  int64_t io_bytes() const;

  // plan_report.cc. After Prepare.
  PlanReport Report() const;

 private:
  friend class LaneRunner;  // runs the steps over memory of its own

  // The memory of one input or output: the caller's, or our own.
  struct Slot {
    void* bound = nullptr;
    int64_t bound_bytes = 0;
    AlignedBuffer own;
    int64_t bytes = 0;

    void* memory() { return bound != nullptr ? bound : own.data(); }
  };
  // The graphs that an IF, WHILE or CALL_ONCE runs.
  struct ControlFlow {
    std::unique_ptr<GraphInstance> first, second;  // then/else, cond/body, init/-
  };
  struct Step {
    const ir::Kernel* kernel = nullptr;  // null for control flow
    std::unique_ptr<ControlFlow> control;
    ir::Node node;
    // Some shape is known only while running: prepared again before each Eval.
    bool dynamic = false;
    // Its results were computed while planning, or are the same memory as its input.
    bool folded = false;
    std::vector<int> scratch_blocks;             // indices into the memory plan
    std::vector<AlignedBuffer> dynamic_scratch;  // of a dynamic step
  };

  GraphInstance() = default;
  absl::Status Annotated(const absl::Status& status, const Step& step) const;

  // graph_instance.cc: making and binding.
  absl::Status CheckTensors() const;
  absl::Status AddSteps(const ir::Model& model);
  absl::Status CheckBinding(const Slot& slot, const ir::Operand& operand, const void* data,
                            int64_t bytes) const;
  void BindMemory();
  void* StorageMemory(int storage);

  // graph_prepare.cc: shapes and memory.
  void ResetOperands();
  absl::Status PrepareStep(Step& step);
  absl::Status FixOutputs(Step& step) const;
  absl::Status FoldStep(Step& step);
  absl::Status PlanMemory();
  absl::Status AllocateMemory();

  // graph_run.cc: the loop over steps.
  absl::Status RunStep(Step& step, const RunOptions& options, ir::StateStore* state);
  absl::Status RunObserved(Step& step, const RunOptions& options, ir::StateStore* state);
  absl::Status PrepareDynamicStep(Step& step);
  absl::Status AllocateDynamicOutputs(Step& step);
  absl::Status CopyOutputs();

  // control_flow.cc.
  absl::Status AddControlFlow(const ir::Model& model, Step& step);
  absl::Status PrepareControl(Step& step);
  absl::Status RunControl(Step& step, const RunOptions& options, ir::StateStore* state);
  absl::Status RunIf(Step& step, const RunOptions& options, ir::StateStore* state);
  absl::Status RunWhile(Step& step, const RunOptions& options, ir::StateStore* state);
  absl::Status StoreControlOutputs(Step& step, absl::Span<const ir::Operand* const> values);

  std::shared_ptr<Engine> engine_;
  const ir::Model* model_ = nullptr;  // where the graph comes from
  int source_ = 0;                    // its index there
  ir::Graph graph_;
  std::vector<ir::Operand> operands_;  // of each tensor
  std::vector<Step> steps_;            // of each op
  std::vector<ir::Shape> input_shapes_;
  std::vector<std::pair<int, int>> allowed_aliases_;

  bool prepared_ = false;
  ir::StoragePlan storage_;
  ir::MemoryPlan memory_;
  std::vector<int> block_of_storage_;  // index into memory_.offsets, or -1
  int64_t arena_bytes_ = 0;
  bool own_arena_ = false;
  AlignedBuffer private_arena_;

  bool bound_ = false;
  const uint8_t* bound_arena_ = nullptr;
  std::vector<Slot> input_slots_, output_slots_;
  std::vector<AlignedBuffer> variables_;  // of each storage; empty where not used
  std::vector<AlignedBuffer> dynamic_;    // of each tensor; empty where not used
  std::vector<AlignedBuffer> folded_values_;
};

}  // namespace edgetasks::exec

#endif  // CORE_EXEC_GRAPH_INSTANCE_H_
