// ExecutorMetadata of a .litertlm: which tensors carry the state of a language model.
#ifndef CORE_MODEL_EXECUTOR_METADATA_H_
#define CORE_MODEL_EXECUTOR_METADATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace edgetasks::model {

enum class StateBufferType {
  kUnspecified = 0,
  kGlobalKey = 1,
  kGlobalValue = 2,
  kLocalKey = 3,
  kLocalValue = 4,
  kLinearAttention = 5,
};

struct StateBuffer {
  std::string prefill_input_name, prefill_output_name, decode_input_name, decode_output_name;
  int32_t policy = 0;
  StateBufferType type = StateBufferType::kUnspecified;
  std::optional<int32_t> sequence_axis;
  int32_t minimum_sequence_length = 0, maximum_sequence_length = 0;
};

struct AttentionMaskSettings {
  int32_t attention_mask_type = 0;  // 1 causal, 2 bidirectional, 3 vision bidirectional
  int32_t local_attention_mask_type = 0;
  int32_t sliding_window_size = 0;
};

struct ExecutorMetadata {
  int32_t max_history_size = 0;
  std::vector<StateBuffer> state_buffers;
  std::optional<AttentionMaskSettings> attention_mask;
};

// Parses the contents of an ExecutorMetadataProto section. Errors: kCorruptFile.
absl::StatusOr<ExecutorMetadata> ParseExecutorMetadata(absl::Span<const uint8_t> bytes);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_EXECUTOR_METADATA_H_
