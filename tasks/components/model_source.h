// Opens the model that BaseOptions name. Shared by all tasks.
#ifndef TASKS_COMPONENTS_MODEL_SOURCE_H_
#define TASKS_COMPONENTS_MODEL_SOURCE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/model/model_file.h"
#include "tasks/components/base_options.h"

namespace edgetasks::tasks {

// Opens and verifies the model. INVALID_ARGUMENT (kInvalidOption) unless exactly one source is set
// and the descriptor's numbers are in range; else the errors of MappedFile and OpenModelFile.
absl::StatusOr<std::shared_ptr<const model::ModelFile>> OpenModel(const BaseOptions& options);

// options.num_threads, or the number of processors where it is 0. INVALID_ARGUMENT (kInvalidOption)
// outside [0, 1024].
absl::StatusOr<int> ResolveNumThreads(const BaseOptions& options);

}  // namespace edgetasks::tasks

#endif  // TASKS_COMPONENTS_MODEL_SOURCE_H_
