// What a model must look like to be an image classifier, and what is derived from it.
#ifndef TASKS_IMAGE_CLASSIFIER_MODEL_CONTRACT_H_
#define TASKS_IMAGE_CLASSIFIER_MODEL_CONTRACT_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/image/image_to_tensor.h"
#include "core/ir/graph.h"
#include "core/model/model_file.h"
#include "tasks/image_classifier/head_contract.h"
#include "tasks/image_classifier/image_classifier_options.h"

namespace edgetasks::tasks {

// The model's only input.
struct ImageInput {
  image::TensorSpec spec;
  image::AnyValueTable values;
};

struct ModelContract {
  ImageInput input;
  std::vector<HeadOutput> heads;
  // What had to be assumed because the model does not say it, each a sentence with what to set.
  std::vector<std::string> assumptions;
};

// Checks the main graph of `file`: one input [1, H, W, C] or [1, C, H, W] with C of 1, 3 or 4
// (channels last where both fit and the options do not say), uint8, int8, int16, float16 or
// float32; outputs as ReadHeads.
//
// INVALID_ARGUMENT: kNotAClassifier with what was expected and found; kInvalidMetadata;
// kInvalidOption for mean, std, color_order, input_layout and apply_softmax.
absl::StatusOr<ModelContract> CheckContract(const model::ModelFile& file,
                                            const ImageClassifierOptions& options);

}  // namespace edgetasks::tasks

#endif  // TASKS_IMAGE_CLASSIFIER_MODEL_CONTRACT_H_
