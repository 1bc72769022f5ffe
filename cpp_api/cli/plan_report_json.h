// What `edgetasks inspect --plan` says: what became of a model's graphs on their way to running.
#ifndef CPP_API_CLI_PLAN_REPORT_JSON_H_
#define CPP_API_CLI_PLAN_REPORT_JSON_H_

#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {

// A language model's steps as it would run them, or else each signature (or the first graph) of the
// model at `path`: {"kind", "cpu_level", "plans": [...]}, the fields of exec::PlanReport each with
// a name, or an error in place of them. Planned for one thread. Errors: those of opening the file.
absl::StatusOr<nlohmann::ordered_json> InspectPlans(const std::string& path);

std::string PlansText(const nlohmann::ordered_json& plans);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_PLAN_REPORT_JSON_H_
