// Runs one graph of a model: binds a plan to memory and calls the kernels in order.
#ifndef CORE_EXEC_RUNNER_H_
#define CORE_EXEC_RUNNER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/cancellation.h"
#include "core/base/thread_pool.h"
#include "core/exec/plan_report.h"
#include "core/exec/step_observer.h"
#include "core/ir/graph.h"
#include "core/ir/kernel.h"

namespace edgetasks::exec {

class GraphInstance;

// What the runners of one engine share. Runners that share an Engine must not run at the same time:
// they work in the same arena. (Their inputs and outputs are their own.)
struct Engine {
  explicit Engine(int num_threads) : pool(num_threads) {}

  // An engine for a program: chooses the kernels' instruction set first (SelectCpuLevel), so that
  // an EDGETASKS_CPU that this machine cannot follow is an error: INVALID_ARGUMENT
  // (kInvalidOption).
  static absl::StatusOr<std::shared_ptr<Engine>> Create(int num_threads);

  ThreadPool pool;
  // The arena, as large as the hungriest runner asked for; grown when a runner is planned.
  AlignedBuffer arena;
  // A plan that would need more than this is refused with kOutOfMemory. Default: three quarters of
  // the machine's memory.
  int64_t max_arena_bytes = DefaultMaxArenaBytes();

  static int64_t DefaultMaxArenaBytes();
};

// One input or output.
struct IoInfo {
  std::string name;  // the signature's name, or the tensor's where there is no signature
  const ir::Tensor* tensor = nullptr;
};

struct RunOptions {
  // Checked between ops and between iterations of a loop: once it says so, Run returns CANCELLED
  // (kCancelled) and the outputs hold no meaning.
  const Cancellation* cancel = nullptr;
  // Is told of each op that ran. Null: nobody, and nothing is measured.
  StepObserver* observer = nullptr;
};

// A state that a graph takes as input `input` and gives back as output `output`, and whose layout
// nobody outside looks into (graph::StateOptions): its type and shape may come out as others.
struct StateSlot {
  int input = 0, output = 0;
  bool may_turn = true;
  ir::DType keep_as = ir::DType::kFloat32;
};

// The size that dimension `axis` of input `input` is to have, whatever the file says of it
// (graph::InputSize).
struct InputSize {
  int input = 0, axis = 0;
  int32_t size = 0;
};

// What a runner makes of a graph beyond what the file says.
struct RunnerOptions {
  std::vector<StateSlot> states;
  std::vector<InputSize> sizes;
  int positions = -1;  // the input that counts positions, where there are sizes
};

// Not thread safe. The model must outlive the runner.
//
//   ET_ASSIGN_OR_RETURN(auto runner, Runner::ForGraph(model, 0, engine));
//   ET_RETURN_IF_ERROR(runner->Prepare());
//   std::copy(..., runner->Input<float>(0));
//   ET_RETURN_IF_ERROR(runner->Run());
//   runner->Output<float>(0)...
class Runner {
 public:
  // For a graph with the order of inputs and outputs of signature `signature` (index into
  // model.signatures), or of the graph itself:
  static absl::StatusOr<std::unique_ptr<Runner>> ForSignature(const ir::Model& model, int signature,
                                                              std::shared_ptr<Engine> engine,
                                                              const RunnerOptions& options = {});
  static absl::StatusOr<std::unique_ptr<Runner>> ForGraph(const ir::Model& model, int graph,
                                                          std::shared_ptr<Engine> engine,
                                                          const RunnerOptions& options = {});
  ~Runner();

  absl::Span<const IoInfo> inputs() const { return inputs_; }
  absl::Span<const IoInfo> outputs() const { return outputs_; }
  // The index of the input or output of that name, or -1.
  int FindInput(absl::string_view name) const;
  int FindOutput(absl::string_view name) const;

  // Before Prepare: gives input i another shape. INVALID_ARGUMENT (kWrongTensor) if it contradicts
  // a fixed dimension of the file.
  absl::Status ResizeInput(int i, const ir::Shape& shape);

  // Before Prepare: output `output` may be written over input `input` (a cache that is updated in
  // place). The planner does it where it is safe; is_aliased() tells, after Prepare. An aliased
  // output's data is its input's.
  void AllowAlias(int input, int output);
  bool is_aliased(int output) const;

  // Checks every op, fixes shapes, plans memory. Called by Run when shapes changed since the last
  // time. UNIMPLEMENTED names an op or type that is not supported and where it stands.
  absl::Status Prepare();

  // After Prepare. Makes input or output i live in the caller's memory, which must hold its bytes,
  // be aligned to kAlignment, and stay valid until bound otherwise. null returns to own memory.
  absl::Status BindInput(int i, void* data, int64_t bytes);
  absl::Status BindOutput(int i, void* data, int64_t bytes);

  absl::Status Run(const RunOptions& options = {});

  // Shapes and memory of inputs and outputs: valid after Prepare; of outputs whose shape depends on
  // values, after Run.
  const ir::Shape& input_shape(int i) const;
  ir::DType input_dtype(int i) const;
  const ir::Shape& output_shape(int i) const;
  // The state that is input i is kept with its last two dimensions exchanged (see StateSlot).
  bool is_turned(int i) const;
  int64_t input_bytes(int i) const;
  int64_t output_bytes(int i) const;
  void* input_data(int i);
  void* output_data(int i);
  template <typename T>
  T* Input(int i) {
    return static_cast<T*>(input_data(i));
  }
  template <typename T>
  const T* Output(int i) {
    return static_cast<const T*>(output_data(i));
  }

  // The values that last from run to run (variables, stateful custom ops). Several runners may
  // share one store; each runner starts with its own.
  void SetState(std::shared_ptr<ir::StateStore> state);

  // Memory beside the weights: the arena this plan needs, and its own inputs and outputs.
  int64_t arena_bytes() const;
  int64_t io_bytes() const;

  // What became of the graph. After Prepare.
  PlanReport Report() const;

 private:
  friend class LaneRunner;
  Runner();
  static absl::StatusOr<std::unique_ptr<Runner>> Create(const ir::Model& model, int graph,
                                                        const std::vector<ir::NamedTensor>& inputs,
                                                        const std::vector<ir::NamedTensor>& outputs,
                                                        std::shared_ptr<Engine> engine,
                                                        const RunnerOptions& options);

  std::vector<IoInfo> inputs_, outputs_;
  std::vector<int> input_positions_, output_positions_;  // in the graph's order
  std::unique_ptr<GraphInstance> instance_;
  std::shared_ptr<ir::StateStore> state_;
};

// The kinds of ops of the graphs that can be reached from `graph` that cannot run, each as "OP at
// op 12 of graph 'main' and 3 other places". Empty: everything is there.
std::vector<std::string> MissingOps(const ir::Model& model, int graph);

}  // namespace edgetasks::exec

#endif  // CORE_EXEC_RUNNER_H_
