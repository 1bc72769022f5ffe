// What to report of a classification: the options that all classifiers share.
#ifndef TASKS_COMPONENTS_CLASSIFIER_OPTIONS_H_
#define TASKS_COMPONENTS_CLASSIFIER_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

namespace edgetasks {

/// All errors below are INVALID_ARGUMENT (kInvalidOption), returned when the task is created.
struct ClassifierOptions {
  /// The locale, as in the model's metadata ("en", "de-CH"), whose label file gives the
  /// display_name of the categories. A locale that no head of the model has is an error that names
  /// those there are; but "en" and "" then leave display names empty, and so do options.labels.
  std::string display_names_locale = "en";

  /// At most this many categories a head, the best ones. Negative: all. 0 is an error.
  int max_results = -1;

  /// Categories with a lower score are left out. Overrides the threshold in the model's metadata.
  /// Not set: that threshold, or none. NaN is an error.
  std::optional<float> score_threshold;

  /// If not empty, only categories with these labels are reported. Labels that the model does not
  /// have are ignored. Needs labels. Not together with category_denylist: an error.
  std::vector<std::string> category_allowlist;

  /// If not empty, categories with these labels are not reported. As above.
  std::vector<std::string> category_denylist;

  /// The labels of the classes, in order, instead of those in the model's metadata. Every head must
  /// have as many classes, or it is an error. Not together with labels_path: an error.
  std::vector<std::string> labels;

  /// A text file with one label a line, in place of `labels`. NOT_FOUND (kFileNotFound) and
  /// INVALID_ARGUMENT (kFileUnreadable) as for model files.
  std::string labels_path;
};

}  // namespace edgetasks

#endif  // TASKS_COMPONENTS_CLASSIFIER_OPTIONS_H_
