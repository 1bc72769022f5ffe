#include "tasks/components/options_check.h"

#include <cmath>

namespace edgetasks::tasks {

absl::Status CheckOptions(const ClassifierOptions& options) {
  if (options.max_results == 0) {
    return InvalidOption("max_results is 0; give the number of categories, or -1 for all");
  }
  if (options.score_threshold.has_value() && std::isnan(*options.score_threshold)) {
    return InvalidOption("score_threshold is not a number");
  }
  if (!options.category_allowlist.empty() && !options.category_denylist.empty()) {
    return InvalidOption(
        "category_allowlist and category_denylist are both set; set one of them, as each of them "
        "says what happens to all other categories");
  }
  if (!options.labels.empty() && !options.labels_path.empty()) {
    return InvalidOption("labels and labels_path are both set; set one of them");
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::tasks
