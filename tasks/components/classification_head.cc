#include "tasks/components/classification_head.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

#include "core/base/status_macros.h"
#include "tasks/components/label_file.h"
#include "tasks/components/options_check.h"

namespace edgetasks::tasks {
namespace {

using model::AssociatedFile;
using model::AssociatedFileType;

// The first file of that type, and of that locale if one is given; null if there is none.
const AssociatedFile* FindFile(const model::TensorMetadata& metadata, AssociatedFileType type,
                               const std::string* locale = nullptr) {
  for (const AssociatedFile& file : metadata.associated_files) {
    if (file.type == type && (locale == nullptr || file.locale == *locale)) return &file;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<ClassificationHead> ClassificationHead::Create(
    const ClassifierOptions& options, const std::vector<std::string>& labels,
    const model::TensorMetadata* metadata, int head_index, int num_classes) {
  ClassificationHead head;
  head.head_index_ = head_index;
  head.num_classes_ = num_classes;
  head.max_results_ = options.max_results;
  head.labels_ = labels;
  if (metadata != nullptr && !metadata->name.empty()) head.head_name_ = metadata->name;
  if (!labels.empty() && labels.size() != static_cast<size_t>(num_classes)) {
    if (!options.labels_path.empty()) {
      return InvalidOption(head.Where(), ": labels_path ",
                           LabelCountError(options.labels_path, labels, num_classes));
    }
    return InvalidOption(head.Where(), " has ", num_classes, " classes, but ", labels.size(),
                         " labels are given; set labels or labels_path to one label a class");
  }
  if (metadata != nullptr) {
    ET_RETURN_IF_ERROR(head.ReadMetadata(options, labels.empty(), *metadata));
  }
  if (options.score_threshold.has_value()) head.score_threshold_ = *options.score_threshold;
  ET_RETURN_IF_ERROR(head.ApplyLists(options));
  return head;
}

std::string ClassificationHead::Where() const {
  return absl::StrCat("head ", head_index_,
                      head_name_.has_value() ? absl::StrCat(" ('", *head_name_, "')") : "");
}

absl::Status ClassificationHead::ReadMetadata(const ClassifierOptions& options, bool need_labels,
                                              const model::TensorMetadata& metadata) {
  if (need_labels) {
    const AssociatedFile* names = FindFile(metadata, AssociatedFileType::kTensorAxisLabels);
    if (names != nullptr) {
      ET_ASSIGN_OR_RETURN(labels_, ReadLabelFile(*names));
    }
    const AssociatedFile* display =
        FindFile(metadata, AssociatedFileType::kTensorAxisLabels, &options.display_names_locale);
    if (display != nullptr) {
      ET_ASSIGN_OR_RETURN(display_names_, ReadLabelFile(*display));
    }
  }
  if (metadata.score_thresholds.size() > 1) {
    return InvalidMetadata(Where(), ": the metadata has ", metadata.score_thresholds.size(),
                           " score thresholds; at most one is expected");
  }
  if (!metadata.score_thresholds.empty()) {
    score_threshold_ = metadata.score_thresholds[0];
    if (std::isnan(score_threshold_)) {
      return InvalidMetadata(Where(), ": the metadata's score threshold is not a number");
    }
  }
  return ReadCalibration(metadata);
}

absl::StatusOr<std::vector<std::string>> ClassificationHead::ReadLabelFile(
    const AssociatedFile& file) const {
  if (file.data.data() == nullptr) {
    return InvalidMetadata(Where(), ": the metadata names the label file '", file.name,
                           "', but the model file does not contain it; set labels or labels_path");
  }
  std::vector<std::string> labels = ParseLabels(file.data);
  if (labels.size() != static_cast<size_t>(num_classes_)) {
    return InvalidMetadata(Where(), ": the label file ",
                           LabelCountError(file.name, labels, num_classes_),
                           "; set labels or labels_path");
  }
  return labels;
}

absl::Status ClassificationHead::ReadCalibration(const model::TensorMetadata& metadata) {
  if (metadata.score_calibrations.empty()) return absl::OkStatus();
  if (metadata.score_calibrations.size() > 1) {
    return InvalidMetadata(Where(), ": the metadata has ", metadata.score_calibrations.size(),
                           " score calibrations; at most one is expected");
  }
  const AssociatedFile* file = FindFile(metadata, AssociatedFileType::kTensorAxisScoreCalibration);
  if (file == nullptr || file->data.data() == nullptr) {
    return InvalidMetadata(Where(),
                           ": the metadata asks for score calibration, but the model file "
                           "contains no score calibration file");
  }
  absl::StatusOr<ScoreCalibrator> calibrator =
      ScoreCalibrator::Create(metadata.score_calibrations[0], file->data, num_classes_);
  if (!calibrator.ok()) {
    return Annotate(calibrator.status(), absl::StrCat(Where(), ": '", file->name, "'"));
  }
  calibrator_ = *std::move(calibrator);
  return absl::OkStatus();
}

absl::Status ClassificationHead::ApplyLists(const ClassifierOptions& options) {
  const bool allow = !options.category_allowlist.empty();
  const std::vector<std::string>& list =
      allow ? options.category_allowlist : options.category_denylist;
  if (!list.empty() && labels_.empty()) {
    return InvalidOption(allow ? "category_allowlist" : "category_denylist", " is set, but ",
                         Where(), " has no labels to compare with; set labels or labels_path");
  }
  const std::unordered_set<std::string> names(list.begin(), list.end());
  for (int i = 0; i < num_classes_; ++i) {
    if (names.empty() || (names.count(labels_[i]) > 0) == allow) candidates_.push_back(i);
  }
  return absl::OkStatus();
}

Classifications ClassificationHead::Classify(absl::Span<const float> scores) const {
  std::vector<std::pair<float, int>> passed;  // score, index
  passed.reserve(candidates_.size());
  for (const int index : candidates_) {
    const float score =
        calibrator_.has_value() ? calibrator_->Calibrate(index, scores[index]) : scores[index];
    if (score >= score_threshold_) passed.emplace_back(score, index);  // false for NaN
  }
  const size_t count =
      max_results_ < 0 ? passed.size() : std::min(passed.size(), static_cast<size_t>(max_results_));
  std::partial_sort(passed.begin(), passed.begin() + static_cast<std::ptrdiff_t>(count),
                    passed.end(), [](const auto& a, const auto& b) {
                      return a.first != b.first ? a.first > b.first : a.second < b.second;
                    });
  Classifications result;
  result.head_index = head_index_;
  result.head_name = head_name_;
  result.categories.resize(count);
  for (size_t i = 0; i < count; ++i) {
    const auto& [score, index] = passed[i];
    Category& category = result.categories[i];
    category.index = index;
    category.score = score;
    if (!labels_.empty()) category.category_name = labels_[index];
    if (!display_names_.empty()) category.display_name = display_names_[index];
  }
  return result;
}

}  // namespace edgetasks::tasks
