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

// Reads a label file. NOT_FOUND (kFileNotFound) or INVALID_ARGUMENT (kFileUnreadable).
absl::StatusOr<std::vector<std::string>> ReadLabels(const std::string& path);

}  // namespace edgetasks::tasks

#endif  // TASKS_COMPONENTS_LABEL_FILE_H_
