#include "tasks/image_classifier/image_classifier_task.h"

#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "tasks/components/label_file.h"
#include "tasks/components/model_source.h"
#include "tasks/components/options_check.h"
#include "tasks/image_classifier/picture.h"

namespace edgetasks::tasks {
namespace {

// ClassifierOptions'; it may be nobody's wish.
constexpr char kDefaultLocale[] = "en";

const char* NameOf(RunningMode mode) {
  switch (mode) {
    case RunningMode::kImage:
      return "kImage";
    case RunningMode::kVideo:
      return "kVideo";
    case RunningMode::kLiveStream:
      return "kLiveStream";
  }
  return "no mode";
}

absl::Status CheckMode(const ImageClassifierOptions& options) {
  switch (options.running_mode) {
    case RunningMode::kImage:
    case RunningMode::kVideo:
      if (!options.result_callback) return absl::OkStatus();
      return InvalidOption(
          "result_callback is set, but running_mode is ", NameOf(options.running_mode),
          ", whose calls return their results; leave it empty, or set kLiveStream");
    case RunningMode::kLiveStream:
      if (options.result_callback) return absl::OkStatus();
      return InvalidOption(
          "running_mode is kLiveStream, but nobody would get the results; set "
          "result_callback");
  }
  return InvalidOption("running_mode is ", static_cast<int>(options.running_mode),
                       "; it must be 0 to 2");
}

}  // namespace

absl::StatusOr<std::unique_ptr<ImageClassifierTask>> ImageClassifierTask::Create(
    const ImageClassifierOptions& options) {
  ET_RETURN_IF_ERROR(CheckOptions(options));
  ET_RETURN_IF_ERROR(CheckMode(options));
  ET_ASSIGN_OR_RETURN(const image::Resizing resizing, ToResizing(options));
  ET_ASSIGN_OR_RETURN(const int num_threads, ResolveNumThreads(options.base_options));
  ET_ASSIGN_OR_RETURN(std::shared_ptr<const model::ModelFile> file,
                      OpenModel(options.base_options));
  absl::StatusOr<ModelContract> contract = CheckContract(*file, options);
  if (!contract.ok()) return Annotate(contract.status(), file->file->name());
  ET_ASSIGN_OR_RETURN(image::ImageToTensor converter,
                      image::ImageToTensor::Create(contract->input.spec,
                                                   std::move(contract->input.values), resizing));
  std::unique_ptr<ImageClassifierTask> task(
      new ImageClassifierTask(std::move(file), std::move(converter)));
  task->assumptions_ = std::move(contract->assumptions);
  task->mode_ = options.running_mode;
  task->ReadCustomMetadata();
  absl::Status status = task->CreateHeads(options, contract->heads);
  if (status.ok()) status = task->CreateRunner(num_threads);
  if (!status.ok()) return Annotate(status, task->file_->file->name());
  if (task->mode_ == RunningMode::kLiveStream) {
    const auto run = [raw = task.get()] {
      const std::lock_guard<std::mutex> lock(raw->mutex_);
      return raw->Run();
    };
    ET_ASSIGN_OR_RETURN(task->stream_, LiveStream::Create(run, options.result_callback));
  }
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
  ET_RETURN_IF_ERROR(CheckLocale(options));
  if (!all_have_labels) {
    assumptions_.push_back(
        "the model has no labels: categories have an index only; set labels or labels_path");
  }
  return absl::OkStatus();
}

void ImageClassifierTask::ReadCustomMetadata() {
  if (!file_->metadata.has_value()) return;
  for (const model::CustomMetadata& custom : file_->metadata->custom) {
    custom_metadata_.push_back({custom.name, custom.data});
  }
}

absl::Status ImageClassifierTask::CheckLocale(const ImageClassifierOptions& options) const {
  const std::string& locale = options.display_names_locale;
  const bool own_labels = !options.labels.empty() || !options.labels_path.empty();
  if (locale.empty() || locale == kDefaultLocale || own_labels) return absl::OkStatus();
  std::set<std::string> known;
  for (const Head& head : heads_) {
    if (head.head.has_display_names()) return absl::OkStatus();
    if (head.output.metadata == nullptr) continue;
    for (const model::AssociatedFile& file : head.output.metadata->associated_files) {
      if (file.type != model::AssociatedFileType::kTensorAxisLabels) continue;
      known.insert(absl::StrCat("'", file.locale, "' (", file.name, ")"));
    }
  }
  return InvalidOption("display_names_locale is '", locale, "', which the model does not have; ",
                       known.empty() ? "it has no labels in its metadata"
                                     : absl::StrCat("it has ", absl::StrJoin(known, ", ")));
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

absl::Status ImageClassifierTask::CheckCall(RunningMode needed, const char* method) const {
  if (mode_ == needed) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, ErrorDetail::kInvalidOption,
                   absl::StrCat(method, " needs running_mode ", NameOf(needed),
                                ", but the classifier was created with ", NameOf(mode_)));
}

absl::Status ImageClassifierTask::FillInput(const image::PixelView& pixels,
                                            const ImageProcessingOptions& options) {
  if (closed_) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorDetail::kClosed,
                     "the classifier is closed");
  }
  return converter_.Convert(pixels, ToView(options), runner_->input_data(0));
}

absl::StatusOr<ClassificationResult> ImageClassifierTask::Run() {
  ET_RETURN_IF_ERROR(runner_->Run());
  ClassificationResult result;
  for (int i = 0; i < static_cast<int>(heads_.size()); ++i) {
    ET_RETURN_IF_ERROR(CheckOutputShape(i));
    Head& head = heads_[i];
    ReadScores(runner_->output_data(i), head.output, absl::MakeSpan(head.scores));
    result.classifications.push_back(head.head.Classify(head.scores));
  }
  return result;
}

absl::StatusOr<ClassificationResult> ImageClassifierTask::Classify(
    const Image& image, const ImageProcessingOptions& options) {
  ET_RETURN_IF_ERROR(CheckCall(RunningMode::kImage, "Classify"));
  ET_ASSIGN_OR_RETURN(const image::PixelView pixels, ToPixels(image));
  const std::lock_guard<std::mutex> lock(mutex_);
  ET_RETURN_IF_ERROR(FillInput(pixels, options));
  return Run();
}

absl::StatusOr<ClassificationResult> ImageClassifierTask::ClassifyForVideo(
    const Image& image, int64_t timestamp_ms, const ImageProcessingOptions& options) {
  ET_RETURN_IF_ERROR(CheckCall(RunningMode::kVideo, "ClassifyForVideo"));
  ET_ASSIGN_OR_RETURN(const image::PixelView pixels, ToPixels(image));
  const std::lock_guard<std::mutex> lock(mutex_);
  ET_RETURN_IF_ERROR(FillInput(pixels, options));
  ET_RETURN_IF_ERROR(clock_.Advance(timestamp_ms));
  ET_ASSIGN_OR_RETURN(ClassificationResult result, Run());
  result.timestamp_ms = timestamp_ms;
  return result;
}

absl::Status ImageClassifierTask::ClassifyAsync(const Image& image, int64_t timestamp_ms,
                                                const ImageProcessingOptions& options) {
  ET_RETURN_IF_ERROR(CheckCall(RunningMode::kLiveStream, "ClassifyAsync"));
  // Before the frame may be dropped: whether a picture is refused must not depend on that.
  ET_ASSIGN_OR_RETURN(const image::PixelView pixels, ToPixels(image));
  ET_RETURN_IF_ERROR(image::Validate(pixels));
  ET_RETURN_IF_ERROR(image::Validate(ToView(options)));
  return stream_->Offer(timestamp_ms, [&] {
    const std::lock_guard<std::mutex> lock(mutex_);
    return FillInput(pixels, options);
  });
}

void ImageClassifierTask::Close() {
  if (stream_ != nullptr) stream_->Close();
  const std::lock_guard<std::mutex> lock(mutex_);
  // A frame that came before this is still to be converted.
  closed_ = stream_ == nullptr;
}

LiveStreamStatistics ImageClassifierTask::live_stream_statistics() const {
  return stream_ == nullptr ? LiveStreamStatistics() : stream_->statistics();
}

}  // namespace edgetasks::tasks
