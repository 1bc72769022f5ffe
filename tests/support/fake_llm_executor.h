// A language model of a few lines that checks what it is fed.
#ifndef TESTS_SUPPORT_FAKE_LLM_EXECUTOR_H_
#define TESTS_SUPPORT_FAKE_LLM_EXECUTOR_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/llm/executor.h"

namespace edgetasks::testing {

// After the tokens fed so far its most probable next token is next(tokens), with logit 1; all
// others have logit 0.
class FakeLlmExecutor : public llm::LlmExecutor {
 public:
  using NextFn = std::function<int32_t(const std::vector<int32_t>& tokens)>;

  FakeLlmExecutor(int vocab_size, int capacity, NextFn next)
      : vocab_size_(vocab_size), capacity_(capacity), next_(std::move(next)) {}

  // Called before each token is taken.
  std::function<void()> before_token;
  // Returned by the next call of Decode, once.
  absl::Status fail_decode;

  int vocab_size() const override { return vocab_size_; }
  int capacity() const override { return capacity_; }
  absl::Span<const int32_t> tokens() const override { return tokens_; }

  absl::Status Prefill(absl::Span<const int32_t> ids, const Cancellation* cancel) override {
    for (const int32_t id : ids) {
      const absl::Status status = Take(id, cancel);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<absl::Span<const float>> Decode(int32_t id, const Cancellation* cancel) override {
    if (!fail_decode.ok()) return std::exchange(fail_decode, absl::OkStatus());
    const absl::Status status = Take(id, cancel);
    if (!status.ok()) return status;
    logits_.assign(vocab_size_, 0.0f);
    logits_[next_(tokens_)] = 1.0f;
    return absl::Span<const float>(logits_);
  }

  absl::Status Reset() override {
    tokens_.clear();
    return absl::OkStatus();
  }

  absl::Status Rewind(int n) override {
    tokens_.resize(n);
    return absl::OkStatus();
  }

  // Its tokens are all its state.
  absl::StatusOr<std::string> StateFormat() const override { return std::string("fake"); }
  absl::Status SaveState(
      absl::FunctionRef<absl::Status(absl::Span<const uint8_t>)>) const override {
    return absl::OkStatus();
  }
  absl::Status LoadState(absl::Span<const int32_t> tokens,
                         absl::FunctionRef<absl::Status(absl::Span<uint8_t>)>) override {
    tokens_.assign(tokens.begin(), tokens.end());
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<llm::LlmExecutor>> Clone() const override {
    auto clone = std::make_unique<FakeLlmExecutor>(vocab_size_, capacity_, next_);
    clone->tokens_ = tokens_;
    return clone;
  }

 private:
  absl::Status Take(int32_t id, const Cancellation* cancel) {
    if (before_token) before_token();
    if (cancel != nullptr && cancel->ShouldStop()) {
      return MakeError(absl::StatusCode::kCancelled, ErrorDetail::kCancelled, "cancelled");
    }
    if (position() >= capacity_) {
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
                       "fed past the capacity");
    }
    if (id < 0 || id >= vocab_size_) {
      return MakeError(absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue, "no such token");
    }
    tokens_.push_back(id);
    return absl::OkStatus();
  }

  int vocab_size_, capacity_;
  NextFn next_;
  std::vector<int32_t> tokens_;
  std::vector<float> logits_;
};

}  // namespace edgetasks::testing

#endif  // TESTS_SUPPORT_FAKE_LLM_EXECUTOR_H_
