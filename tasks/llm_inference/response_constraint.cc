#include "tasks/llm_inference/response_constraint.h"

#include <algorithm>

#include "core/base/status_macros.h"

namespace edgetasks::tasks {
namespace {

// Formats of one model that are in use at a time, more or less, and the masks kept for each.
constexpr size_t kKept = 8;
constexpr size_t kMaxCacheBytes = size_t{16} << 20;

bool Same(const LlmResponseFormat& a, const LlmResponseFormat& b) {
  return a.kind == b.kind && a.source == b.source && a.choices == b.choices;
}

text::ResponseFormat ToCore(const LlmResponseFormat& format) {
  // The numbers are the same (llm_inference_options.h).
  return {static_cast<text::ResponseFormatKind>(format.kind), format.source, format.choices};
}

}  // namespace

absl::StatusOr<std::shared_ptr<const text::Constraint>> ConstraintCompiler::Compile(
    const LlmResponseFormat& format) {
  if (format.kind == LlmResponseFormat::Kind::kText) return nullptr;
  std::lock_guard<std::mutex> guard(mutex_);
  const auto found = std::find_if(compiled_.begin(), compiled_.end(),
                                  [&](const auto& entry) { return Same(entry.first, format); });
  if (found != compiled_.end()) {
    compiled_.splice(compiled_.begin(), compiled_, found);
    return found->second;
  }
  if (vocabulary_ == nullptr) {
    ET_ASSIGN_OR_RETURN(vocabulary_, text::Vocabulary::Create(*tokenizer_, excluded_));
  }
  ET_ASSIGN_OR_RETURN(auto constraint,
                      text::Constraint::Compile(ToCore(format), vocabulary_, kMaxCacheBytes));
  compiled_.emplace_front(format, constraint);
  if (compiled_.size() > kKept) compiled_.pop_back();
  return constraint;
}

ResponseConstraint::ResponseConstraint(std::shared_ptr<const text::Constraint> constraint,
                                       absl::Span<const std::vector<int32_t>> stops)
    : matcher_(std::move(constraint)) {
  for (const std::vector<int32_t>& stop : stops) {
    if (stop.size() == 1 && stop[0] >= 0) stops_.push_back(stop[0]);
  }
}

absl::Span<const uint64_t> ResponseConstraint::Allowed(int left) {
  const absl::Span<const uint64_t> allowed = matcher_.AllowedWithin(left);
  if (!matcher_.may_end() || stops_.empty()) return allowed;
  with_stops_.assign(allowed.begin(), allowed.end());
  for (const int32_t id : stops_) {
    const auto word = static_cast<size_t>(id) / 64;
    if (word >= with_stops_.size()) with_stops_.resize(word + 1);
    with_stops_[word] |= uint64_t{1} << (id % 64);
  }
  return with_stops_;
}

}  // namespace edgetasks::tasks
