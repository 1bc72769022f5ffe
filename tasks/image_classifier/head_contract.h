// What a model's outputs must look like to be heads of a classifier.
#ifndef TASKS_IMAGE_CLASSIFIER_HEAD_CONTRACT_H_
#define TASKS_IMAGE_CLASSIFIER_HEAD_CONTRACT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/ir/graph.h"
#include "core/model/model_file.h"
#include "tasks/image_classifier/image_classifier_options.h"

namespace edgetasks::tasks {

// One output: the scores of one head.
struct HeadOutput {
  int num_classes = 0;
  ir::DType dtype = ir::DType::kFloat32;
  // real = scale * (integer - zero_point); 1 and 0 for floats and for integers that say nothing.
  float scale = 1;
  int32_t zero_point = 0;
  bool softmax = false;  // the numbers are logits that softmax makes scores
  const model::TensorMetadata* metadata = nullptr;  // a view into the ModelFile
};

// Checks the outputs of `graph`, the file's main one: [1, N], [1, 1, N] or [1, 1, 1, N] of
// float32, float16, uint8, int8, int16 or bool, mixed as they come.
//
// INVALID_ARGUMENT: kNotAClassifier with what was expected and found; kInvalidMetadata if the
// metadata describes another number of outputs.
absl::StatusOr<std::vector<HeadOutput>> ReadHeads(const model::ModelFile& file,
                                                  const ir::Graph& graph, ApplySoftmax softmax);

// Whether the numbers of output tensor `tensor` come out of SOFTMAX or LOGISTIC, seen through ops
// that keep values and their order.
bool EndsInProbabilities(const ir::Graph& graph, int tensor);

// scores[i] = the real value of element i of `data`, which has the type of `output`, as many as
// `scores`; after softmax if the head wants it. Softmax is taken in double from the greatest value
// down: it neither overflows nor becomes NaN for finite values.
void ReadScores(const void* data, const HeadOutput& output, absl::Span<float> scores);

}  // namespace edgetasks::tasks

#endif  // TASKS_IMAGE_CLASSIFIER_HEAD_CONTRACT_H_
