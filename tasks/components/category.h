// The results of classification tasks.
#ifndef TASKS_COMPONENTS_CATEGORY_H_
#define TASKS_COMPONENTS_CATEGORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks {

/// One class and how well it fits.
struct Category {
  /// The class's position in the model's output, from 0.
  int index = 0;
  /// What the model says of it, after score calibration if the model has one. Most models give a
  /// probability in [0, 1]; nothing enforces it.
  float score = 0.0f;
  /// The class's label; "" if neither the model nor the options have labels.
  std::string category_name;
  /// The label in the locale of display_names_locale; "" if the model has none in it.
  std::string display_name;
};

/// What one head (one output tensor) of the model says.
struct Classifications {
  /// Sorted by falling score; equal scores by rising index.
  std::vector<Category> categories;
  /// The position of the head among the model's outputs, from 0.
  int head_index = 0;
  /// The output's name in the model's metadata, if it has one.
  std::optional<std::string> head_name;
};

struct ClassificationResult {
  /// One for each head, in the order of the model's outputs.
  std::vector<Classifications> classifications;
  /// The time of the classified frame in milliseconds. Not set for single pictures.
  std::optional<int64_t> timestamp_ms;
};

/// An entry of a model's metadata that is nobody's but its author's.
struct CustomMetadata {
  std::string name;
  absl::Span<const uint8_t> data;  ///< in the model's memory
};

}  // namespace edgetasks

#endif  // TASKS_COMPONENTS_CATEGORY_H_
