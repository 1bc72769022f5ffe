#include "core/text/stop_text_detector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace edgetasks::text {
namespace {

// The length of the longest end of `text` that is a proper beginning of `stop`.
size_t OverlapBytes(absl::string_view text, absl::string_view stop) {
  if (stop.empty()) return 0;
  for (size_t n = std::min(text.size(), stop.size() - 1); n > 0; --n) {
    if (absl::EndsWith(text, stop.substr(0, n))) return n;
  }
  return 0;
}

// More than parts of a response usually have, beside the longest stop string.
constexpr size_t kUsualPartBytes = 1024;

}  // namespace

StopTextDetector::StopTextDetector(std::vector<std::string> stops) : stops_(std::move(stops)) {
  size_t longest = 0;
  for (const std::string& stop : stops_) longest = std::max(longest, stop.size());
  held_.reserve(longest + kUsualPartBytes);
  shown_.reserve(longest + kUsualPartBytes);
}

absl::string_view StopTextDetector::Push(absl::string_view text) {
  shown_.clear();
  if (stopped()) return shown_;
  held_.append(text.data(), text.size());
  size_t first_stop = std::string::npos;
  size_t overlap = 0;
  for (size_t i = 0; i < stops_.size(); ++i) {
    const std::string& stop = stops_[i];
    const size_t found = stop.empty() ? std::string::npos : held_.find(stop);
    if (found < first_stop) {
      first_stop = found;
      stopped_by_ = static_cast<int>(i);
    }
    overlap = std::max(overlap, OverlapBytes(held_, stop));
  }
  const size_t bytes = stopped() ? first_stop : held_.size() - overlap;
  shown_.assign(held_, 0, bytes);
  held_.erase(0, stopped() ? held_.size() : bytes);
  return shown_;
}

absl::string_view StopTextDetector::Flush() {
  shown_.assign(held_);
  held_.clear();
  return shown_;
}

}  // namespace edgetasks::text
