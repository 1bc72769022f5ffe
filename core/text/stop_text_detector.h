// Finds stop strings in streamed text.
#ifndef CORE_TEXT_STOP_TEXT_DETECTOR_H_
#define CORE_TEXT_STOP_TEXT_DETECTOR_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace edgetasks::text {

// Text goes in as it is generated and comes out again as soon as it cannot be the beginning of a
// stop string. Not thread safe. What comes out is a view into its own memory, valid until the next
// call; nothing is allocated for parts of ordinary length.
class StopTextDetector {
 public:
  // Empty stop strings never come.
  explicit StopTextDetector(std::vector<std::string> stops);

  // Adds `text`; returns what may be shown. Once a stop string is complete, stopped() is true, the
  // text before it has been returned, and it and all that follows are dropped.
  absl::string_view Push(absl::string_view text);

  // The generation ended otherwise: returns what is held back.
  absl::string_view Flush();

  bool stopped() const { return stopped_by_ >= 0; }
  // The index of the stop string that came first, of equal beginnings the first one; or -1.
  int stopped_by() const { return stopped_by_; }

 private:
  std::vector<std::string> stops_;
  std::string held_;   // the beginning of some stop string
  std::string shown_;  // what came out last
  int stopped_by_ = -1;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_STOP_TEXT_DETECTOR_H_
