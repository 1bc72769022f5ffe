#include "tasks/llm_inference/language_model.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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

absl::StatusOr<ir::DType> DTypeOf(KvCacheType type) {
  switch (type) {
    case KvCacheType::kFloat32:
      return ir::DType::kFloat32;
    case KvCacheType::kFloat16:
      return ir::DType::kFloat16;
    case KvCacheType::kInt8:
      return ir::DType::kInt8;
  }
  return InvalidOption("kv_cache_type is ", static_cast<int>(type),
                       "; it must be one of KvCacheType: 0 to 2");
}

absl::Status BringIn(WeightMemory memory, LanguageModel* model) {
  const absl::Span<const uint8_t> bytes = model->file->file->bytes();
  switch (memory) {
    case WeightMemory::kReadAhead:
      model->read_ahead = std::make_unique<ReadAhead>(bytes);
      return absl::OkStatus();
    case WeightMemory::kOnTouch:
      return absl::OkStatus();
    case WeightMemory::kLocked: {
      absl::StatusOr<LockedMemory> lock = LockedMemory::Lock(bytes);
      if (!lock.ok()) {
        return Annotate(lock.status(), absl::StrCat("weight_memory: ", model->file->file->name()));
      }
      model->lock = *std::move(lock);
      return absl::OkStatus();
    }
  }
  return InvalidOption("weight_memory is ", static_cast<int>(memory),
                       "; it must be one of WeightMemory: 0 to 2");
}

}  // namespace

absl::StatusOr<LanguageModel> LoadLanguageModel(const LlmInferenceOptions& options) {
  ET_ASSIGN_OR_RETURN(const int num_threads, ResolveNumThreads(options.base_options));
  ET_ASSIGN_OR_RETURN(const ir::DType cache_type, DTypeOf(options.kv_cache_type));
  LanguageModel result;
  ET_ASSIGN_OR_RETURN(result.file, OpenModel(options.base_options));
  ET_RETURN_IF_ERROR(BringIn(options.weight_memory, &result));
  absl::StatusOr<std::unique_ptr<llm::LlmModel>> model =
      llm::LlmModel::Create(result.file->main_model(), HintsOf(*result.file), num_threads,
                            cache_type, options.max_tokens);
  if (!model.ok()) return Annotate(model.status(), result.file->file->name());
  result.model = *std::move(model);
  return result;
}

}  // namespace edgetasks::tasks
