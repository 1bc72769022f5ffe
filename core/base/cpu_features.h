// Which instruction sets this processor has, and which of them the kernels may use.
//
// The level is chosen once for the process. Without a choice it is the best that the processor has;
// the environment variable EDGETASKS_CPU (or an argument) names another one, for tests and for
// hunting a difference between kernels. A level that is unknown, or that this processor or this
// build lacks, is an error: nothing slower is ever taken in silence.
#ifndef CORE_BASE_CPU_FEATURES_H_
#define CORE_BASE_CPU_FEATURES_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/base/cpu_level.h"

namespace edgetasks {

absl::string_view NameOf(CpuLevel level);

// The levels that this processor has and this build has kernels for, best first; kScalar is last.
const std::vector<CpuLevel>& SupportedCpuLevels();

// Chooses the level for all kernels that are prepared from now on. An empty name means
// EDGETASKS_CPU, or where that is unset or empty too, the best level. INVALID_ARGUMENT
// (kInvalidOption) for a name that is unknown or not supported here; the choice then stays as it
// was. Thread safe.
absl::Status SelectCpuLevel(absl::string_view name = "");

// The chosen level; the best one until SelectCpuLevel was called. Thread safe.
CpuLevel ActiveCpuLevel();

}  // namespace edgetasks

#endif  // CORE_BASE_CPU_FEATURES_H_
