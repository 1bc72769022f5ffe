// Response formats, compiled for a model's vocabulary, and one response that is held to one.
#ifndef TASKS_LLM_INFERENCE_RESPONSE_CONSTRAINT_H_
#define TASKS_LLM_INFERENCE_RESPONSE_CONSTRAINT_H_

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/llm/token_constraint.h"
#include "core/text/constraint/constraint.h"
#include "core/text/tokenizer.h"
#include "tasks/llm_inference/llm_inference_options.h"

namespace edgetasks::tasks {

// Compiles formats, and keeps those that came last. The vocabulary is read when the first format
// comes. Thread safe.
class ConstraintCompiler {
 public:
  // `excluded`: tokens that are no part of a response's text, such as stop tokens.
  ConstraintCompiler(std::shared_ptr<const text::Tokenizer> tokenizer,
                     std::vector<int32_t> excluded)
      : tokenizer_(std::move(tokenizer)), excluded_(std::move(excluded)) {}

  // Null for kText. INVALID_ARGUMENT (kInvalidOption) says what of the format cannot be honoured,
  // and where it stands.
  absl::StatusOr<std::shared_ptr<const text::Constraint>> Compile(const LlmResponseFormat& format);

 private:
  const std::shared_ptr<const text::Tokenizer> tokenizer_;
  const std::vector<int32_t> excluded_;
  std::mutex mutex_;
  std::shared_ptr<const text::Vocabulary> vocabulary_;
  // The one that was asked for last comes first.
  std::list<std::pair<LlmResponseFormat, std::shared_ptr<const text::Constraint>>> compiled_;
};

// Not thread safe.
class ResponseConstraint : public llm::TokenConstraint {
 public:
  // `stops`: where the format is complete, and more may follow, those of a single token may end it.
  ResponseConstraint(std::shared_ptr<const text::Constraint> constraint,
                     absl::Span<const std::vector<int32_t>> stops);

  bool complete() const override { return matcher_.must_end(); }
  absl::Span<const uint64_t> Allowed(int left) override;
  void Accept(int32_t id) override { matcher_.Accept(id); }

 private:
  text::ConstraintMatcher matcher_;
  std::vector<int32_t> stops_;
  std::vector<uint64_t> with_stops_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_RESPONSE_CONSTRAINT_H_
