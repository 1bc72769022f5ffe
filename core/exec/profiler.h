// Where the time of runs goes: the sums of what a StepObserver is told.
#ifndef CORE_EXEC_PROFILER_H_
#define CORE_EXEC_PROFILER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/exec/step_observer.h"
#include "core/kernels/op_cost.h"

namespace edgetasks::exec {

// Ops that are alike. Times are of the ops themselves: of IF and WHILE without the ops that they
// run.
struct ProfileRow {
  std::string op;      // "FULLY_CONNECTED", "CUSTOM odml.update_kv_cache"
  std::string shapes;  // "float32[1, 576] x int8[1536, 576] -> float32[1, 1536]"; "" in a kind
  bool fused = false;  // an op of our own, which stands for several of the file
  int64_t calls = 0;
  double total_ms = 0;
  kernels::OpCost cost;  // of all calls together
};

struct Profile {
  double ops_ms = 0;              // the sum of all rows
  std::vector<ProfileRow> kinds;  // a row an op code, the longest first
  std::vector<ProfileRow> rows;   // a row an op code and shapes, the longest first
};

// Not thread safe: one runner at a time. Lives no shorter than the runs that it watches; the
// runners must live until Take.
class Profiler : public StepObserver {
 public:
  void OnStep(const StepEvent& event) override;

  // What was seen since the last call.
  Profile Take();

 private:
  // The calls of one op with one set of shapes.
  struct Entry {
    ProfileRow row;
    std::vector<ir::Shape> shapes;
  };
  Entry& EntryOf(const ir::Node& node);
  double OwnMs(const StepEvent& event);

  std::unordered_map<const ir::Node*, std::vector<Entry>> entries_;
  // What the ops that have ended took by themselves, for those around them.
  struct Span {
    ProfileClock::time_point begin;
    double own_ms;
  };
  std::vector<Span> spans_;
};

}  // namespace edgetasks::exec

#endif  // CORE_EXEC_PROFILER_H_
