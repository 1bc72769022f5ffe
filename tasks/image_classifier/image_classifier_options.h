// The options of ImageClassifier.
#ifndef TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_OPTIONS_H_
#define TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_OPTIONS_H_

#include <vector>

#include "tasks/components/base_options.h"
#include "tasks/components/classifier_options.h"
#include "tasks/image_classifier/running_mode.h"

namespace edgetasks {

/// How a picture whose shape is not the model input's is brought to it.
enum class ResizeMode {
  kStretch = 0,     ///< each side by its own factor, as MediaPipe does
  kLetterbox = 1,   ///< whole, in the middle of black bars; rounded as Pillow's ImageOps.pad rounds
  kCenterCrop = 2,  ///< the largest part in the middle that has the input's shape (ImageOps.fit)
};

/// How a pixel of the model's input is made.
enum class ResizeFilter {
  kBilinear = 0,  ///< from the four pixels around its upper left corner, exactly as in MediaPipe
  kArea = 1,      ///< the mean over what it covers: OpenCV's INTER_AREA
  kBicubic = 2,   ///< a = -1/2, wider where the picture shrinks: Pillow's BICUBIC
};

/// The order of the channels of the model's input.
enum class ColorOrder { kRgb = 0, kBgr = 1 };

/// The order of the axes of the model's input.
enum class InputLayout {
  kAuto = 0,  ///< by its shape: channels last where both fit
  kNhwc = 1,  ///< [1, height, width, channels]
  kNchw = 2,  ///< [1, channels, height, width]
};

/// Whether a head's numbers are logits, to be made probabilities by softmax.
enum class ApplySoftmax {
  kNever = 0,   ///< scores are what the model says, as in MediaPipe
  kAlways = 1,  ///< of every head, before score calibration
  kAuto = 2,    ///< as the model looks; see ImageClassifierOptions::apply_softmax
};

/// The fields of ClassifierOptions and these:
struct ImageClassifierOptions : ClassifierOptions {
  /// The model and the threads.
  BaseOptions base_options;

  /// How the classifier is fed.
  RunningMode running_mode = RunningMode::kImage;

  /// Needed in RunningMode::kLiveStream, and an error in the other modes: INVALID_ARGUMENT
  /// (kInvalidOption).
  ResultCallback result_callback;

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

  /// As the model was trained. Default: as MediaPipe.
  ResizeMode resize_mode = ResizeMode::kStretch;
  ResizeFilter resize_filter = ResizeFilter::kBilinear;

  /// Of models with 3 or 4 channels. mean and std are in this order.
  ColorOrder color_order = ColorOrder::kRgb;

  /// A layout that the model's input does not fit is an error.
  InputLayout input_layout = InputLayout::kAuto;

  /// kAuto applies softmax to a head unless one of these says that its numbers are final: they come
  /// out of SOFTMAX or LOGISTIC (seen through ops that keep values: reshapes, casts,
  /// quantization); they are integers whose scale and zero point allow nothing outside [0, 1];
  /// there is one class; the metadata has a score calibration, which was fitted to them.
  /// ImageClassifier::assumptions() names the heads that it is applied to.
  ApplySoftmax apply_softmax = ApplySoftmax::kNever;
};

}  // namespace edgetasks

#endif  // TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_OPTIONS_H_
