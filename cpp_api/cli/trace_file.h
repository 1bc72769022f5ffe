// What `edgetasks bench --trace` writes.
#ifndef CPP_API_CLI_TRACE_FILE_H_
#define CPP_API_CLI_TRACE_FILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/exec/profiler.h"

namespace edgetasks::cli {

struct TracePhase {
  std::string name;
  exec::Trace trace;  // times of all phases count from the same moment
};

// Writes the phases in Chrome's trace event format: the phases on a track of their own, the ops on
// that of the thread that runs the graph, each thread's ranges on that thread's. PERMISSION_DENIED
// (kFileUnreadable) if the file cannot be written.
absl::Status WriteTrace(const std::string& path, const std::vector<TracePhase>& phases);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_TRACE_FILE_H_
