#include "tasks/image_classifier/image_classifier_task.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "tasks/components/label_file.h"
#include "tasks/components/model_source.h"
#include "tasks/components/options_check.h"

namespace edgetasks::tasks {
namespace {

image::PixelView ToPixels(const Image& picture) {
  image::PixelView pixels;
  pixels.data = picture.data;
  pixels.width = picture.width;
  pixels.height = picture.height;
  switch (picture.format) {
    case PixelFormat::kRgb:
      pixels.format = image::PixelFormat::kRgb;
      break;
    case PixelFormat::kRgba:
      pixels.format = image::PixelFormat::kRgba;
      break;
    case PixelFormat::kGray:
      pixels.format = image::PixelFormat::kGray;
      break;
  }
  pixels.stride = picture.stride != 0 ? picture.stride
                                      : int64_t{picture.width} * image::ChannelsOf(pixels.format);
  return pixels;
}

image::View ToView(const ImageProcessingOptions& options) {
  image::View view;
  view.rotation_degrees = options.rotation_degrees;
  if (options.region_of_interest.has_value()) {
    const RectF& region = *options.region_of_interest;
    view.left = region.left;
    view.top = region.top;
    view.right = region.right;
    view.bottom = region.bottom;
  }
  return view;
}

template <typename T>
void Dequantize(const T* values, const HeadOutput& output, std::vector<float>& scores) {
  for (size_t i = 0; i < scores.size(); ++i) {
    // In 64 bits: a file's zero point may be any int32.
    const int64_t steps = int64_t{values[i]} - output.zero_point;
    scores[i] = static_cast<float>(steps) * output.scale;
  }
}

// CheckContract lets only these types pass.
void ReadScores(const void* data, const HeadOutput& output, std::vector<float>& scores) {
  switch (output.dtype) {
    case ir::DType::kUInt8:
      return Dequantize(static_cast<const uint8_t*>(data), output, scores);
    case ir::DType::kInt8:
      return Dequantize(static_cast<const int8_t*>(data), output, scores);
    case ir::DType::kInt16:
      return Dequantize(static_cast<const int16_t*>(data), output, scores);
    default: {
      const float* values = static_cast<const float*>(data);
      scores.assign(values, values + scores.size());
    }
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<ImageClassifierTask>> ImageClassifierTask::Create(
    const ImageClassifierOptions& options) {
  ET_RETURN_IF_ERROR(CheckOptions(options));
  ET_ASSIGN_OR_RETURN(const int num_threads, ResolveNumThreads(options.base_options));
  ET_ASSIGN_OR_RETURN(std::shared_ptr<const model::ModelFile> file,
                      OpenModel(options.base_options));
  absl::StatusOr<ModelContract> contract = CheckContract(*file, options);
  if (!contract.ok()) return Annotate(contract.status(), file->file->name());
  ET_ASSIGN_OR_RETURN(
      image::ImageToTensor converter,
      image::ImageToTensor::Create(contract->input.spec, std::move(contract->input.values)));
  std::unique_ptr<ImageClassifierTask> task(
      new ImageClassifierTask(std::move(file), std::move(converter)));
  task->assumptions_ = std::move(contract->assumptions);
  absl::Status status = task->CreateHeads(options, contract->heads);
  if (status.ok()) status = task->CreateRunner(num_threads);
  if (!status.ok()) return Annotate(status, task->file_->file->name());
  return task;
}

absl::Status ImageClassifierTask::CreateHeads(const ImageClassifierOptions& options,
                                              const std::vector<HeadOutput>& outputs) {
  std::vector<std::string> labels = options.labels;
  if (!options.labels_path.empty()) {
    ET_ASSIGN_OR_RETURN(labels, ReadLabels(options.labels_path));
  }
  bool all_have_labels = true;
  for (const HeadOutput& output : outputs) {
    ET_ASSIGN_OR_RETURN(
        ClassificationHead head,
        ClassificationHead::Create(options, labels, output.metadata,
                                   static_cast<int>(heads_.size()), output.num_classes));
    all_have_labels = all_have_labels && head.has_labels();
    heads_.push_back({output, std::move(head), std::vector<float>(output.num_classes)});
  }
  if (!all_have_labels) {
    assumptions_.push_back(
        "the model has no labels: categories have an index only; set labels or labels_path");
  }
  return absl::OkStatus();
}

absl::Status ImageClassifierTask::CreateRunner(int num_threads) {
  ET_ASSIGN_OR_RETURN(engine_, exec::Engine::Create(num_threads));
  ET_ASSIGN_OR_RETURN(runner_, exec::Runner::ForGraph(file_->main_model(), 0, engine_));
  return runner_->Prepare();
}

absl::Status ImageClassifierTask::CheckOutputShape(int i) const {
  const ir::Shape& shape = runner_->output_shape(i);
  const int num_classes = heads_[i].output.num_classes;
  if (shape.num_elements() == num_classes) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kNotAClassifier,
                   absl::StrCat("not an image classifier: output ", i, " is ", shape.ToString(),
                                " after running, but the file says ", num_classes, " classes"));
}

std::vector<std::string> ImageClassifierTask::labels(int head_index) const {
  if (head_index < 0 || head_index >= static_cast<int>(heads_.size())) return {};
  const ClassificationHead& head = heads_[head_index].head;
  return head.has_labels() ? head.labels() : std::vector<std::string>(head.num_classes());
}

absl::StatusOr<ClassificationResult> ImageClassifierTask::Classify(
    const Image& image, const ImageProcessingOptions& options) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ET_RETURN_IF_ERROR(converter_.Convert(ToPixels(image), ToView(options), runner_->input_data(0)));
  ET_RETURN_IF_ERROR(runner_->Run());
  ClassificationResult result;
  for (int i = 0; i < static_cast<int>(heads_.size()); ++i) {
    ET_RETURN_IF_ERROR(CheckOutputShape(i));
    Head& head = heads_[i];
    ReadScores(runner_->output_data(i), head.output, head.scores);
    result.classifications.push_back(head.head.Classify(head.scores));
  }
  return result;
}

}  // namespace edgetasks::tasks
