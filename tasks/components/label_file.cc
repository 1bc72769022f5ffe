#include "tasks/components/label_file.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/error.h"
#include "core/base/mapped_file.h"

namespace edgetasks::tasks {

std::vector<absl::string_view> SplitLines(absl::Span<const uint8_t> bytes) {
  absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  std::vector<absl::string_view> lines;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    lines.push_back(absl::StripSuffix(text.substr(0, end), "\r"));
    text = end == absl::string_view::npos ? absl::string_view() : text.substr(end + 1);
  }
  return lines;
}

std::vector<std::string> ParseLabels(absl::Span<const uint8_t> bytes) {
  std::vector<std::string> labels;
  for (const absl::string_view line : SplitLines(bytes)) labels.emplace_back(line);
  return labels;
}

std::string LabelCountError(absl::string_view file, const std::vector<std::string>& labels,
                            int num_classes) {
  std::string message = absl::StrCat("'", file, "' has ", labels.size(),
                                     " labels, but the model has ", num_classes, " classes: line ");
  const size_t count = num_classes;
  if (labels.size() < count) {
    absl::StrAppend(&message, labels.size() + 1, " is missing");
  } else {
    absl::StrAppend(&message, count + 1, " ('", labels[count], "') is too many");
  }
  return message;
}

absl::StatusOr<std::vector<std::string>> ReadLabels(const std::string& path) {
  const absl::StatusOr<std::shared_ptr<const MappedFile>> file = MappedFile::Open(path);
  if (!file.ok()) return Annotate(file.status(), "labels_path");
  return ParseLabels((*file)->bytes());
}

}  // namespace edgetasks::tasks
