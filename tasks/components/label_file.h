// Text files with one line for each class.
#ifndef TASKS_COMPONENTS_LABEL_FILE_H_
#define TASKS_COMPONENTS_LABEL_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace edgetasks::tasks {

// The lines of a file, without their ends ("\n" or "\r\n") and without a UTF-8 byte-order mark.
// What follows the last line end is a line of its own unless it is empty: "a\nb\n" and "a\nb" both
// have two lines.
std::vector<absl::string_view> SplitLines(absl::Span<const uint8_t> bytes);

// SplitLines as strings: the label of each class.
std::vector<std::string> ParseLabels(absl::Span<const uint8_t> bytes);

// What is wrong with `labels` of a file for `num_classes` classes, with the line: "'x.txt' has 3
// labels, but the model has 4 classes: line 4 is missing", or "... line 5 ('owl') is too many".
std::string LabelCountError(absl::string_view file, const std::vector<std::string>& labels,
                            int num_classes);

// Reads a label file. NOT_FOUND (kFileNotFound) or INVALID_ARGUMENT (kFileUnreadable).
absl::StatusOr<std::vector<std::string>> ReadLabels(const std::string& path);

}  // namespace edgetasks::tasks

#endif  // TASKS_COMPONENTS_LABEL_FILE_H_
