#include "core/model/executor_metadata.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/proto_reader.h"

namespace edgetasks::model {

static bool ReadField(ProtoField& field, StateBuffer* buffer) {
  return field.Is(1, &buffer->prefill_input_name) || field.Is(2, &buffer->prefill_output_name) ||
         field.Is(3, &buffer->decode_input_name) || field.Is(4, &buffer->decode_output_name) ||
         field.Is(5, &buffer->policy) || field.Is(6, &buffer->type) ||
         field.Is(7, &buffer->sequence_axis) || field.Is(8, &buffer->minimum_sequence_length) ||
         field.Is(9, &buffer->maximum_sequence_length);
}

static bool ReadField(ProtoField& field, AttentionMaskSettings* settings) {
  return field.Is(1, &settings->attention_mask_type) ||
         field.Is(2, &settings->local_attention_mask_type) ||
         field.Is(3, &settings->sliding_window_size);
}

static bool ReadField(ProtoField& field, ExecutorMetadata* metadata) {
  return field.Is(1, &metadata->max_history_size) || field.Is(2, &metadata->state_buffers) ||
         field.Is(3, &metadata->attention_mask);
}

namespace {

// The message's only field is a message that holds all of it.
struct Envelope {
  ExecutorMetadata contents;
};

bool ReadField(ProtoField& field, Envelope* envelope) { return field.Is(1, &envelope->contents); }

absl::Status CheckStateBuffer(const StateBuffer& buffer) {
  if (buffer.sequence_axis.value_or(0) < 0 || buffer.minimum_sequence_length < 0 ||
      buffer.maximum_sequence_length < 0) {
    return CorruptFile("ExecutorMetadata: state buffer '", buffer.decode_input_name,
                       "' has a negative axis or length");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ExecutorMetadata> ParseExecutorMetadata(absl::Span<const uint8_t> bytes) {
  ET_ASSIGN_OR_RETURN(Envelope envelope, ParseProto<Envelope>(bytes, "ExecutorMetadata", nullptr));
  ExecutorMetadata& metadata = envelope.contents;
  if (metadata.max_history_size < 0) {
    return CorruptFile("ExecutorMetadata: max_history_size is ", metadata.max_history_size,
                       "; expected 0 or more");
  }
  for (const StateBuffer& buffer : metadata.state_buffers) {
    ET_RETURN_IF_ERROR(CheckStateBuffer(buffer));
  }
  return std::move(metadata);
}

}  // namespace edgetasks::model
