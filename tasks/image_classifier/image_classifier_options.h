// The options of ImageClassifier.
#ifndef TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_OPTIONS_H_
#define TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_OPTIONS_H_

#include <vector>

#include "tasks/components/base_options.h"
#include "tasks/components/classifier_options.h"

namespace edgetasks {

/// The fields of ClassifierOptions and these:
struct ImageClassifierOptions : ClassifierOptions {
  /// The model and the threads.
  BaseOptions base_options;

  /// How the model's authors scaled pixels: (value - mean) / std, value in [0, 255]; one number, or
  /// one for each channel of the model's input; std not 0. Set both or neither: INVALID_ARGUMENT
  /// (kInvalidOption) otherwise. They override the model's metadata.
  ///
  /// Default: the metadata's. If it has none:
  ///   float32 input   mean 127.5 and std 127.5, which gives [-1, 1]
  ///   int8 input      value - 128, the input's whole range
  /// A uint8 input takes the pixels as they are, whatever the metadata says; only mean and std set
  /// here change that (they are then quantized with the input's scale and zero point).
  std::vector<float> mean;
  std::vector<float> std;
};

}  // namespace edgetasks

#endif  // TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_OPTIONS_H_
