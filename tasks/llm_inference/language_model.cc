#include "tasks/llm_inference/language_model.h"

#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "tasks/components/model_source.h"

namespace edgetasks::tasks {
namespace {

std::vector<llm::CacheHint> HintsOf(const model::ModelFile& file) {
  std::vector<llm::CacheHint> hints;
  if (!file.executor.has_value()) return hints;
  for (const model::StateBuffer& buffer : file.executor->state_buffers) {
    hints.push_back({buffer.prefill_input_name, buffer.prefill_output_name,
                     buffer.decode_input_name, buffer.decode_output_name,
                     buffer.sequence_axis.value_or(-1)});
  }
  return hints;
}

}  // namespace

absl::StatusOr<LanguageModel> LoadLanguageModel(const BaseOptions& options) {
  ET_ASSIGN_OR_RETURN(const int num_threads, ResolveNumThreads(options));
  LanguageModel result;
  ET_ASSIGN_OR_RETURN(result.file, OpenModel(options));
  result.read_ahead = std::make_unique<ReadAhead>(result.file->file->bytes());
  absl::StatusOr<std::unique_ptr<llm::LlmModel>> model =
      llm::LlmModel::Create(result.file->main_model(), HintsOf(*result.file), num_threads);
  if (!model.ok()) return Annotate(model.status(), result.file->file->name());
  result.model = *std::move(model);
  return result;
}

}  // namespace edgetasks::tasks
