// Where the time of runs goes: the sums of what a StepObserver is told.
#ifndef CORE_EXEC_PROFILER_H_
#define CORE_EXEC_PROFILER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/thread_pool.h"
#include "core/exec/step_observer.h"
#include "core/kernels/op_cost.h"

namespace edgetasks::exec {

// Ops that are alike. Times are of the ops themselves: of IF and WHILE without the ops that they
// run.
struct ProfileRow {
  std::string op;      // "FULLY_CONNECTED", "CUSTOM odml.update_kv_cache"
  std::string shapes;  // "float32[1, 576] x int8[1536, 576] -> float32[1, 1536]"; "" in a kind
  std::string method;  // ir::Node::method; "" in a kind
  bool fused = false;  // an op of our own, which stands for several of the file
  int64_t calls = 0;
  double total_ms = 0;
  kernels::OpCost cost;  // of all calls together
};

// What happened when, each by itself.
struct Trace {
  struct Label {
    std::string op, shapes;  // as in a ProfileRow
  };
  // One op, or one thread's range of an op's loop.
  struct Event {
    int label = 0;                    // index into labels
    int thread = 0;                   // 0: the one that runs the graph
    bool is_range = false;            // a part of the op that was running
    double begin_ms = 0, end_ms = 0;  // since the profiler was made
  };
  std::vector<Label> labels;
  std::vector<Event> events;  // ops in the order in which they ended, then each thread's ranges
};

struct Profile {
  double ops_ms = 0;              // the sum of all rows
  std::vector<ProfileRow> kinds;  // a row an op code, the longest first
  std::vector<ProfileRow> rows;   // a row an op code and shapes, the longest first
  Trace trace;                    // if it was asked for
};

// Not thread safe: one runner at a time. Lives no shorter than the runs that it watches; the
// runners must live until Take.
class Profiler : public StepObserver, public RangeObserver {
 public:
  // `keep_trace`: also each op, and each range of the first `num_threads` threads, by itself.
  explicit Profiler(bool keep_trace = false, int num_threads = 1);

  void OnRange(int thread, Clock::time_point begin, Clock::time_point end) override;
  void OnStep(const StepEvent& event) override;

  // What was seen since the last call.
  Profile Take();

 private:
  // The calls of one op with one set of shapes.
  struct Entry {
    ProfileRow row;
    std::vector<ir::Shape> shapes;
    int index = 0;  // in the order in which entries were made
  };
  // An op or a range that has ended.
  struct Ended {
    int entry;  // Entry::index; -1 of a range
    ProfileClock::time_point begin, end;
  };
  Entry& EntryOf(const ir::Node& node);
  double OwnMs(const StepEvent& event);
  Trace::Event EventOf(const Ended& ended, int label, int thread) const;
  void TakeEvents(std::vector<Trace::Event>* events);

  std::unordered_map<const ir::Node*, std::vector<Entry>> entries_;
  // What the ops that have ended took by themselves, for those around them.
  struct Span {
    ProfileClock::time_point begin;
    double own_ms;
  };
  std::vector<Span> spans_;

  const bool keep_trace_;
  const ProfileClock::time_point start_ = ProfileClock::now();
  int num_entries_ = 0;
  std::vector<Ended> ops_;
  std::vector<std::vector<Ended>> ranges_;  // of each thread, so that none waits for another
};

}  // namespace edgetasks::exec

#endif  // CORE_EXEC_PROFILER_H_
