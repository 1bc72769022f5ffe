// The caller's pictures and options as core/image sees them.
#ifndef TASKS_IMAGE_CLASSIFIER_PICTURE_H_
#define TASKS_IMAGE_CLASSIFIER_PICTURE_H_

#include "absl/status/statusor.h"
#include "core/image/image_to_tensor.h"
#include "tasks/image_classifier/image.h"
#include "tasks/image_classifier/image_classifier_options.h"

namespace edgetasks::tasks {

// INVALID_ARGUMENT (kInvalidImage) for a format that does not exist (a number from another
// language), and as image::LocateChroma. The rest is left to image::Validate.
absl::StatusOr<image::PixelView> ToPixels(const Image& picture);

image::View ToView(const ImageProcessingOptions& options);

// INVALID_ARGUMENT (kInvalidOption) for numbers that are no mode or filter.
absl::StatusOr<image::Resizing> ToResizing(const ImageClassifierOptions& options);

}  // namespace edgetasks::tasks

#endif  // TASKS_IMAGE_CLASSIFIER_PICTURE_H_
