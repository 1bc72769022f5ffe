// ImageClassifier: what is in a picture. Options and model -> checks -> core -> categories.
#ifndef TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_TASK_H_
#define TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_TASK_H_

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/exec/runner.h"
#include "core/image/image_to_tensor.h"
#include "core/model/model_file.h"
#include "tasks/components/category.h"
#include "tasks/components/classification_head.h"
#include "tasks/image_classifier/image.h"
#include "tasks/image_classifier/image_classifier_options.h"
#include "tasks/image_classifier/model_contract.h"

namespace edgetasks::tasks {

// Thread safe: calls from several threads take turns.
class ImageClassifierTask {
 public:
  // Opens and checks the model and plans it. Errors: those of OpenModel, CheckOptions,
  // CheckContract, ClassificationHead::Create and Runner::Prepare.
  static absl::StatusOr<std::unique_ptr<ImageClassifierTask>> Create(
      const ImageClassifierOptions& options);

  // INVALID_ARGUMENT (kInvalidImage, kInvalidOption); run-time errors of the model's ops.
  absl::StatusOr<ClassificationResult> Classify(const Image& image,
                                                const ImageProcessingOptions& options = {});

  // classify_all.cc: the pictures one by one, each on one thread, as many at a time as there are
  // threads. Results and errors stand where their pictures do, and are those of Classify.
  std::vector<absl::StatusOr<ClassificationResult>> ClassifyAll(
      absl::Span<const Image> images, const ImageProcessingOptions& options = {});

  // The label of each class of a head, in order; empty strings if it has none. Empty if there is no
  // such head.
  std::vector<std::string> labels(int head_index) const;

  // What had to be assumed because the model does not say it, each a sentence with what to set:
  // normalization, labels. Empty for a model with metadata.
  const std::vector<std::string>& assumptions() const { return assumptions_; }

  // Views into the model's file, as long as this lives.
  const std::vector<CustomMetadata>& custom_metadata() const { return custom_metadata_; }

 private:
  ImageClassifierTask(std::shared_ptr<const model::ModelFile> file, image::ImageToTensor converter)
      : file_(std::move(file)), converter_(std::move(converter)) {}

  // A head, and how its output's integers become scores.
  struct Head {
    HeadOutput output;
    ClassificationHead head;
    std::vector<float> scores;  // [num_classes], reused from call to call
  };

  absl::Status CreateHeads(const ImageClassifierOptions& options,
                           const std::vector<HeadOutput>& outputs);
  // INVALID_ARGUMENT (kInvalidOption) if display_names_locale names a locale that no head has.
  absl::Status CheckLocale(const ImageClassifierOptions& options) const;
  void ReadCustomMetadata();
  absl::Status CreateRunner(int num_threads);
  // Makes lanes_ `wanted` long, or as long as memory allows.
  void CreateLanes(int wanted);
  // After a run: the shape that the kernels fixed, perhaps by values, holds all classes.
  absl::Status CheckOutputShape(int i) const;

  std::shared_ptr<const model::ModelFile> file_;
  std::vector<std::string> assumptions_;
  std::vector<CustomMetadata> custom_metadata_;

  std::mutex mutex_;  // guards all below, after creation
  image::ImageToTensor converter_;
  std::vector<Head> heads_;
  std::shared_ptr<exec::Engine> engine_;
  std::unique_ptr<exec::Runner> runner_;
  // Tasks of one thread over the same file, for ClassifyAll; made when first needed, then kept.
  std::vector<std::unique_ptr<ImageClassifierTask>> lanes_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_IMAGE_CLASSIFIER_IMAGE_CLASSIFIER_TASK_H_
