// What became of a graph on its way to running: for `edgetasks inspect --plan` and for tests that
// notice when a pattern is no longer recognised.
#ifndef CORE_EXEC_PLAN_REPORT_H_
#define CORE_EXEC_PLAN_REPORT_H_

#include <cstdint>
#include <map>
#include <string>

namespace edgetasks::exec {

struct PlanReport {
  int64_t ops_in_file = 0;  // of the graph, composites as their decompositions
  int ops_lowered = 0;      // after the passes
  int ops_run = 0;          // of these, what is not computed once while planning
  // Of the ops that run, by their names:
  std::map<std::string, int> ops;
  std::map<std::string, int> fused;    // those of our own
  std::map<std::string, int> methods;  // "FULLY_CONNECTED: panels avx512vnni"
  // What was left as it is: graph::UnfusedPatterns and composites that no op of ours computes.
  std::map<std::string, int> unfused;
  std::map<std::string, int64_t> inlined_composites;
  // Outputs that were allowed to be written over an input, and those that are.
  int aliases_allowed = 0, aliases_granted = 0;
  int64_t arena_bytes = 0, io_bytes = 0;
};

}  // namespace edgetasks::exec

#endif  // CORE_EXEC_PLAN_REPORT_H_
