// Who wants to know how long each op of a run took.
#ifndef CORE_EXEC_STEP_OBSERVER_H_
#define CORE_EXEC_STEP_OBSERVER_H_

#include <chrono>

#include "core/ir/kernel.h"

namespace edgetasks::exec {

using ProfileClock = std::chrono::steady_clock;

// One op that has run. `node` stays where it is as long as its runner lives, but its shapes and
// data are this run's only during the call.
struct StepEvent {
  const ir::Graph& graph;  // after lowering
  const ir::Node& node;
  // IF, WHILE and CALL_ONCE: the ops of the graphs that it ran were reported before.
  bool runs_graphs = false;
  ProfileClock::time_point begin, end;
};

class StepObserver {
 public:
  virtual ~StepObserver() = default;

  // Called on the thread that runs the graph, after each op that succeeded, in the order in which
  // they end. What it takes is nobody's time, but makes the run longer: it should be short.
  virtual void OnStep(const StepEvent& event) = 0;
};

}  // namespace edgetasks::exec

#endif  // CORE_EXEC_STEP_OBSERVER_H_
