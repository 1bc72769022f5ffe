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
}

std::vector<int32_t> StopDetector::Push(int32_t id) {
  held_.push_back(id);
  size_t keep = 0;
  for (const std::vector<int32_t>& sequence : sequences_) {
    if (EndsWithPrefix(held_, sequence, sequence.size())) {
      stopped_ = true;
      stop_sequence_ = sequence;
      held_.resize(held_.size() - sequence.size());
      return std::exchange(held_, {});
    }
    for (size_t n = std::min(sequence.size() - 1, held_.size()); n > keep; --n) {
      if (EndsWithPrefix(held_, sequence, n)) keep = n;
    }
  }
  std::vector<int32_t> shown(held_.begin(), held_.end() - keep);
  held_.erase(held_.begin(), held_.end() - keep);
  return shown;
}

std::vector<int32_t> StopDetector::Flush() { return std::exchange(held_, {}); }

}  // namespace edgetasks::llm
