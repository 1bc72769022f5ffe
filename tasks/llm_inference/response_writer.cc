#include "tasks/llm_inference/response_writer.h"

namespace edgetasks::tasks {

bool ResponseWriter::Write(int32_t id) {
  absl::StatusOr<std::string> part = detokenizer_.Push(id);
  if (!part.ok()) {
    status_ = part.status();
    return false;
  }
  Emit(stop_.Push(*part));
  return !stop_.stopped();
}

void ResponseWriter::Finish() {
  Emit(stop_.Push(detokenizer_.Flush()));
  Emit(stop_.Flush());
}

void ResponseWriter::Emit(const std::string& part) {
  if (part.empty()) return;
  text_ += part;
  if (progress_) progress_(part, false);
}

}  // namespace edgetasks::tasks
