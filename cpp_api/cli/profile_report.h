// What `edgetasks bench --profile` says about where the time went: JSON, and text made from it.
#ifndef CPP_API_CLI_PROFILE_REPORT_H_
#define CPP_API_CLI_PROFILE_REPORT_H_

#include <string>

#include "core/exec/profiler.h"
#include "core/kernels/machine_limits.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {

// One phase: wall_ms, ops_ms, and rows under "kinds" (an op code each) and "ops" (an op code and
// shapes each), the longest first: op, fused, shapes, method, calls, total_ms, share (of wall_ms),
// bytes_read, bytes_written, macs, arithmetic ("integer", "float" or "none").
nlohmann::ordered_json ProfileJson(const exec::Profile& profile, double wall_ms);

// {"limits": {...}, "phases": `phases`}, every row with gb_per_s (read and written), gmac_per_s,
// and the shares of the limits: of_read, of_macs. Rows whose data stay in caches may be above 1.
nlohmann::ordered_json WithLimits(nlohmann::ordered_json phases,
                                  const kernels::MachineLimits& limits);

// Tables for a person, of what WithLimits returned.
std::string ProfileText(const nlohmann::ordered_json& profile);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_PROFILE_REPORT_H_
