// Opens a model file and makes its language model ready to run.
#ifndef TASKS_LLM_INFERENCE_LANGUAGE_MODEL_H_
#define TASKS_LLM_INFERENCE_LANGUAGE_MODEL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/read_ahead.h"
#include "core/llm/llm_model.h"
#include "core/model/model_file.h"
#include "tasks/components/base_options.h"

namespace edgetasks::tasks {

// The model runs over the file's memory: destroyed first.
struct LanguageModel {
  std::shared_ptr<const model::ModelFile> file;
  std::unique_ptr<ReadAhead> read_ahead;  // of the file: all of it is read for each token
  std::unique_ptr<llm::LlmModel> model;
};

// Errors: OpenModel's, with the file's name in front FindLlmGraph's and those of ops that cannot
// run.
absl::StatusOr<LanguageModel> LoadLanguageModel(const BaseOptions& options);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_LANGUAGE_MODEL_H_
