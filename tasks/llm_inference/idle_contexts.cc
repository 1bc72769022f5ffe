#include "tasks/llm_inference/idle_contexts.h"

#include <algorithm>
#include <utility>

namespace edgetasks::tasks {
namespace {

// Below this a fresh context costs no more.
constexpr size_t kLeastShared = 8;

size_t SharedLength(absl::Span<const int32_t> a, absl::Span<const int32_t> b) {
  const size_t most = std::min(a.size(), b.size());
  return std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(most), b.begin()).first -
         a.begin();
}

}  // namespace

void IdleContexts::Put(std::unique_ptr<llm::LlmExecutor> context) {
  if (limit_ == 0 || context == nullptr || context->position() < static_cast<int>(kLeastShared)) {
    return;
  }
  std::list<std::unique_ptr<llm::LlmExecutor>> dropped;  // freed without the lock
  std::lock_guard<std::mutex> guard(mutex_);
  contexts_.push_back(std::move(context));
  while (contexts_.size() > limit_) {
    dropped.splice(dropped.end(), contexts_, contexts_.begin());
  }
}

std::unique_ptr<llm::LlmExecutor> IdleContexts::Take(absl::Span<const int32_t> tokens) {
  if (tokens.empty()) return nullptr;
  std::unique_ptr<llm::LlmExecutor> best;
  size_t shared = 0;
  {
    std::lock_guard<std::mutex> guard(mutex_);
    auto found = contexts_.end();
    for (auto it = contexts_.begin(); it != contexts_.end(); ++it) {
      const size_t n = SharedLength((*it)->tokens(), tokens.first(tokens.size() - 1));
      if (n < kLeastShared || n <= shared) continue;
      shared = n;
      found = it;
    }
    if (found == contexts_.end()) return nullptr;
    best = std::move(*found);
    contexts_.erase(found);
  }
  // A state that cannot go back is of no use to anybody else.
  if (!best->Rewind(static_cast<int>(shared)).ok()) return nullptr;
  return best;
}

}  // namespace edgetasks::tasks
