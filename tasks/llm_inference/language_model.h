// Opens a model file and makes its language model ready to run.
#ifndef TASKS_LLM_INFERENCE_LANGUAGE_MODEL_H_
#define TASKS_LLM_INFERENCE_LANGUAGE_MODEL_H_

#include <memory>

#include "absl/status/statusor.h"
#include "core/base/locked_memory.h"
#include "core/base/read_ahead.h"
#include "core/llm/llm_model.h"
#include "core/model/model_file.h"
#include "tasks/llm_inference/llm_inference_options.h"

namespace edgetasks::tasks {

// The model runs over the file's memory: destroyed first.
struct LanguageModel {
  std::shared_ptr<const model::ModelFile> file;
  LockedMemory lock;                      // of the file, if asked for
  std::unique_ptr<ReadAhead> read_ahead;  // of the file: all of it is read for each token
  std::unique_ptr<llm::LlmModel> model;
};

// Takes the options that concern the model itself. Errors: OpenModel's, INVALID_ARGUMENT
// (kInvalidOption) for values outside their enumeration, with the file's name in front LlmModel's
// and LockedMemory's.
absl::StatusOr<LanguageModel> LoadLanguageModel(const LlmInferenceOptions& options);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_LANGUAGE_MODEL_H_
