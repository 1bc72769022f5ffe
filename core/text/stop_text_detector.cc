#include "core/text/stop_text_detector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"

namespace edgetasks::text {
namespace {

// The length of the longest end of `text` that is a proper beginning of `stop`.
size_t OverlapBytes(absl::string_view text, absl::string_view stop) {
  for (size_t n = std::min(text.size(), stop.size() - 1); n > 0; --n) {
    if (absl::EndsWith(text, stop.substr(0, n))) return n;
  }
  return 0;
}

}  // namespace

StopTextDetector::StopTextDetector(std::vector<std::string> stops) : stops_(std::move(stops)) {
  stops_.erase(std::remove(stops_.begin(), stops_.end(), ""), stops_.end());
}

std::string StopTextDetector::Push(absl::string_view text) {
  if (stopped_) return "";
  held_.append(text.data(), text.size());
  size_t first_stop = std::string::npos;
  size_t overlap = 0;
  for (const std::string& stop : stops_) {
    first_stop = std::min(first_stop, held_.find(stop));
    overlap = std::max(overlap, OverlapBytes(held_, stop));
  }
  if (first_stop != std::string::npos) {
    stopped_ = true;
    held_.resize(first_stop);
    return std::exchange(held_, std::string());
  }
  std::string shown = held_.substr(0, held_.size() - overlap);
  held_.erase(0, shown.size());
  return shown;
}

std::string StopTextDetector::Flush() { return std::exchange(held_, std::string()); }

}  // namespace edgetasks::text
