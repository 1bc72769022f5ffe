// The semantic checks of options, said once for every language.
#ifndef TASKS_COMPONENTS_OPTIONS_CHECK_H_
#define TASKS_COMPONENTS_OPTIONS_CHECK_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "tasks/components/classifier_options.h"

namespace edgetasks::tasks {

// Everything about the options that can be told without the model.
absl::Status CheckOptions(const ClassifierOptions& options);

}  // namespace edgetasks::tasks

#endif  // TASKS_COMPONENTS_OPTIONS_CHECK_H_
