#include "core/llm/stop_detector.h"

#include <algorithm>
#include <utility>

namespace edgetasks::llm {
namespace {

// Whether `ids` ends with the first n tokens of `sequence`.
bool EndsWithPrefix(const std::vector<int32_t>& ids, const std::vector<int32_t>& sequence,
                    size_t n) {
  return n <= ids.size() && std::equal(sequence.begin(), sequence.begin() + n, ids.end() - n);
}

}  // namespace

StopDetector::StopDetector(std::vector<std::vector<int32_t>> sequences)
    : sequences_(std::move(sequences)) {
  sequences_.erase(std::remove_if(sequences_.begin(), sequences_.end(),
                                  [](const auto& sequence) { return sequence.empty(); }),
                   sequences_.end());
  size_t longest = 1;
  for (const auto& sequence : sequences_) longest = std::max(longest, sequence.size());
  held_.reserve(longest);
  shown_.reserve(longest);
}

absl::Span<const int32_t> StopDetector::Push(int32_t id) {
  held_.push_back(id);
  size_t keep = 0;
  for (const std::vector<int32_t>& sequence : sequences_) {
    if (EndsWithPrefix(held_, sequence, sequence.size())) {
      stopped_ = true;
      stop_sequence_ = sequence;
      shown_.assign(held_.begin(), held_.end() - static_cast<std::ptrdiff_t>(sequence.size()));
      held_.clear();
      return shown_;
    }
    for (size_t n = std::min(sequence.size() - 1, held_.size()); n > keep; --n) {
      if (EndsWithPrefix(held_, sequence, n)) keep = n;
    }
  }
  shown_.assign(held_.begin(), held_.end() - keep);
  held_.erase(held_.begin(), held_.end() - keep);
  return shown_;
}

std::vector<int32_t> StopDetector::Flush() { return std::exchange(held_, {}); }

}  // namespace edgetasks::llm
