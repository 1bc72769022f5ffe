// The running modes of ImageClassifierTask: who may call what, and that the answers are the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "tasks/image_classifier/image_classifier_task.h"
#include "tests/support/testdata.h"

namespace edgetasks::tasks {
namespace {

using ::testing::HasSubstr;

ImageClassifierOptions Options(RunningMode mode) {
  ImageClassifierOptions options;
  options.base_options.model_asset_path = test::SourcePath("models/emoji/emoji_int8.tflite");
  options.base_options.num_threads = 1;
  options.running_mode = mode;
  if (mode == RunningMode::kLiveStream) {
    options.result_callback = [](absl::StatusOr<ClassificationResult>, int64_t) {};
  }
  return options;
}

std::unique_ptr<ImageClassifierTask> Open(const ImageClassifierOptions& options) {
  auto task = ImageClassifierTask::Create(options);
  EXPECT_TRUE(task.ok()) << task.status();
  return task.ok() ? *std::move(task) : nullptr;
}

// A picture of one byte for all its channels.
struct Plain {
  explicit Plain(uint8_t value = 200) : pixels(size_t{3} * 40 * 30, value) {
    image.data = pixels;
    image.width = 40;
    image.height = 30;
  }
  std::vector<uint8_t> pixels;
  Image image;
};

void ExpectOptionError(const ImageClassifierOptions& options, const char* message) {
  const absl::Status status = ImageClassifierTask::Create(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(status.message()), HasSubstr(message));
}

TEST(RunningModeTest, ACallbackIsNeededInALiveStreamAndForbiddenElsewhere) {
  ImageClassifierOptions options = Options(RunningMode::kLiveStream);
  const ResultCallback callback = options.result_callback;
  options.result_callback = nullptr;
  ExpectOptionError(options, "set result_callback");
  for (const RunningMode mode : {RunningMode::kImage, RunningMode::kVideo}) {
    options = Options(mode);
    options.result_callback = callback;
    ExpectOptionError(options, mode == RunningMode::kImage ? "kImage" : "kVideo");
  }
  options = Options(static_cast<RunningMode>(3));
  ExpectOptionError(options, "running_mode is 3");
}

absl::Status Call(ImageClassifierTask& task, RunningMode method, int64_t time, const Image& image) {
  switch (method) {
    case RunningMode::kImage:
      return task.Classify(image).status();
    case RunningMode::kVideo:
      return task.ClassifyForVideo(image, time).status();
    case RunningMode::kLiveStream:
      return task.ClassifyAsync(image, time);
  }
  return absl::UnknownError("no mode");
}

constexpr RunningMode kModes[] = {RunningMode::kImage, RunningMode::kVideo,
                                  RunningMode::kLiveStream};
constexpr const char* kModeNames[] = {"kImage", "kVideo", "kLiveStream"};
constexpr const char* kMethods[] = {"Classify ", "ClassifyForVideo ", "ClassifyAsync "};

TEST(RunningModeTest, MethodsOfOtherModesRefuseByName) {
  const Plain picture;
  for (int mode = 0; mode < 3; ++mode) {
    const auto task = Open(Options(kModes[mode]));
    for (int method = 0; method < 3; ++method) {
      const absl::Status status = Call(*task, kModes[method], 1, picture.image);
      if (method == mode) {
        EXPECT_TRUE(status.ok()) << status;
        continue;
      }
      EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
      const std::string message(status.message());
      EXPECT_THAT(message, HasSubstr(kMethods[method]));
      EXPECT_THAT(message, HasSubstr(std::string("needs running_mode ") + kModeNames[method]));
      EXPECT_THAT(message, HasSubstr(std::string("created with ") + kModeNames[mode]));
    }
    const Image images[] = {picture.image, picture.image};
    for (const auto& result : task->ClassifyAll(images)) {
      EXPECT_EQ(result.ok(), mode == 0) << result.status();
    }
  }
}

TEST(RunningModeTest, ClosedClassifiersRefuseInEveryMode) {
  const Plain picture;
  for (const RunningMode mode : kModes) {
    const auto task = Open(Options(mode));
    EXPECT_TRUE(Call(*task, mode, 1, picture.image).ok());
    task->Close();
    task->Close();
    const absl::Status status = Call(*task, mode, 2, picture.image);
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kClosed);
    EXPECT_FALSE(task->labels(0).empty() && task->assumptions().empty());  // still there
    const Image images[] = {picture.image, picture.image};
    for (const auto& result : task->ClassifyAll(images)) EXPECT_FALSE(result.ok());
  }
}

TEST(RunningModeTest, RefusedPicturesHaveNoTime) {
  const Plain picture;
  Image broken = picture.image;
  broken.data = broken.data.first(100);
  ImageProcessingOptions slanted;
  slanted.rotation_degrees = 45;
  for (const RunningMode mode : {RunningMode::kVideo, RunningMode::kLiveStream}) {
    const auto task = Open(Options(mode));
    EXPECT_EQ(GetErrorDetail(Call(*task, mode, 9, broken)), ErrorDetail::kInvalidImage);
    const absl::Status status = mode == RunningMode::kVideo
                                    ? task->ClassifyForVideo(picture.image, 9, slanted).status()
                                    : task->ClassifyAsync(picture.image, 9, slanted);
    EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
    EXPECT_TRUE(Call(*task, mode, 5, picture.image).ok());
    EXPECT_EQ(GetErrorDetail(Call(*task, mode, 5, picture.image)), ErrorDetail::kBadValue);
    EXPECT_EQ(GetErrorDetail(Call(*task, mode, -3, picture.image)), ErrorDetail::kBadValue);
    EXPECT_TRUE(Call(*task, mode, 6, picture.image).ok());
  }
}

void ExpectEqual(const ClassificationResult& got, const ClassificationResult& expected) {
  const auto &a = got.classifications.at(0).categories,
             &b = expected.classifications.at(0).categories;
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].index, b[i].index);
    EXPECT_EQ(a[i].score, b[i].score);
  }
}

TEST(RunningModeTest, AnswersAreThoseOfClassifyWithTheTime) {
  const auto image_mode = Open(Options(RunningMode::kImage));
  const auto video_mode = Open(Options(RunningMode::kVideo));
  std::promise<ClassificationResult> told;
  ImageClassifierOptions options = Options(RunningMode::kLiveStream);
  options.result_callback = [&](absl::StatusOr<ClassificationResult> result, int64_t) {
    told.set_value(*std::move(result));
  };
  const auto live_mode = Open(options);
  ImageProcessingOptions part;
  part.region_of_interest = RectF{0.1f, 0.2f, 0.7f, 0.9f};
  Plain picture;
  for (size_t i = 0; i < picture.pixels.size(); ++i)
    picture.pixels[i] = static_cast<uint8_t>(i * 7);
  const auto expected = image_mode->Classify(picture.image, part);
  ASSERT_TRUE(expected.ok());
  EXPECT_FALSE(expected->timestamp_ms.has_value());
  const auto video = video_mode->ClassifyForVideo(picture.image, 33, part);
  ASSERT_TRUE(video.ok());
  EXPECT_EQ(video->timestamp_ms, 33);
  ExpectEqual(*video, *expected);
  ASSERT_TRUE(live_mode->ClassifyAsync(picture.image, 34, part).ok());
  // The camera may have its memory back at once.
  std::fill(picture.pixels.begin(), picture.pixels.end(), uint8_t{0});
  const ClassificationResult live = told.get_future().get();
  EXPECT_EQ(live.timestamp_ms, 34);
  ExpectEqual(live, *expected);
}

}  // namespace
}  // namespace edgetasks::tasks
