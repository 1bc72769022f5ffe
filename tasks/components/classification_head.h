// From the scores of one output tensor to a list of categories.
#ifndef TASKS_COMPONENTS_CLASSIFICATION_HEAD_H_
#define TASKS_COMPONENTS_CLASSIFICATION_HEAD_H_

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/tflite_metadata.h"
#include "tasks/components/category.h"
#include "tasks/components/classifier_options.h"
#include "tasks/components/score_calibration.h"

namespace edgetasks::tasks {

// Calibration, threshold, lists, order and labels of one head. Immutable: share it between threads.
class ClassificationHead {
 public:
  // `options` passed CheckOptions; `labels` are those of options.labels or options.labels_path,
  // empty if neither is set; `metadata` is the output tensor's, null if there is none.
  //
  // INVALID_ARGUMENT: kInvalidOption if `labels` are not num_classes or a list is given and there
  // are no labels; kInvalidMetadata if the metadata's label files do not fit or are not there, or
  // it has more than one threshold or calibration, or a calibration without its file.
  static absl::StatusOr<ClassificationHead> Create(const ClassifierOptions& options,
                                                   const std::vector<std::string>& labels,
                                                   const model::TensorMetadata* metadata,
                                                   int head_index, int num_classes);

  // `scores`: num_classes real values. Scores that are not numbers are left out.
  Classifications Classify(absl::Span<const float> scores) const;

  int num_classes() const { return num_classes_; }
  // The label of each class; empty if there are none.
  const std::vector<std::string>& labels() const { return labels_; }
  bool has_labels() const { return !labels_.empty(); }
  bool has_display_names() const { return !display_names_.empty(); }

 private:
  ClassificationHead() = default;
  absl::Status ReadMetadata(const ClassifierOptions& options, bool need_labels,
                            const model::TensorMetadata& metadata);
  absl::StatusOr<std::vector<std::string>> ReadLabelFile(const model::AssociatedFile& file) const;
  absl::Status ReadCalibration(const model::TensorMetadata& metadata);
  absl::Status ApplyLists(const ClassifierOptions& options);
  // "head 1 ('score')", for messages.
  std::string Where() const;

  int head_index_ = 0, num_classes_ = 0;
  std::optional<std::string> head_name_;
  std::vector<std::string> labels_, display_names_;  // empty or num_classes_
  std::optional<ScoreCalibrator> calibrator_;
  float score_threshold_ = -std::numeric_limits<float>::infinity();
  int max_results_ = -1;
  std::vector<int> candidates_;  // the classes that the lists let pass, rising
};

}  // namespace edgetasks::tasks

#endif  // TASKS_COMPONENTS_CLASSIFICATION_HEAD_H_
