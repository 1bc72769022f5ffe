// ClassifyAll is Classify for each picture, to the last bit, whatever the threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "tasks/image_classifier/image_classifier_task.h"
#include "tests/support/testdata.h"

namespace edgetasks::tasks {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<ImageClassifierTask> Open(const std::string& model, int num_threads) {
  ImageClassifierOptions options;
  options.base_options.model_asset_path = test::SourcePath("models/emoji/" + model);
  options.base_options.num_threads = num_threads;
  auto task = ImageClassifierTask::Create(options);
  EXPECT_TRUE(task.ok()) << task.status();
  return task.ok() ? *std::move(task) : nullptr;
}

// Noise of many sizes and formats.
struct Pictures {
  explicit Pictures(int count) {
    std::mt19937 random(7);
    for (int i = 0; i < count; ++i) {
      Image image;
      image.width = 1 + static_cast<int>(random() % 90);
      image.height = 1 + static_cast<int>(random() % 90);
      image.format = i % 3 == 0   ? PixelFormat::kRgb
                     : i % 3 == 1 ? PixelFormat::kRgba
                                  : PixelFormat::kGray;
      const int channels = i % 3 == 0 ? 3 : i % 3 == 1 ? 4 : 1;
      std::vector<uint8_t> bytes(size_t{1} * image.width * image.height * channels);
      std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<uint8_t>(random()); });
      pixels.push_back(std::move(bytes));
      images.push_back(image);
      images.back().data = pixels.back();
    }
  }
  std::vector<std::vector<uint8_t>> pixels;
  std::vector<Image> images;
};

// Equal in every bit of every score.
void ExpectEqual(const ClassificationResult& got, const ClassificationResult& expected) {
  ASSERT_EQ(got.classifications.size(), expected.classifications.size());
  for (size_t head = 0; head < got.classifications.size(); ++head) {
    const auto& a = got.classifications[head].categories;
    const auto& b = expected.classifications[head].categories;
    ASSERT_EQ(a.size(), b.size());
    for (size_t i = 0; i < a.size(); ++i) {
      EXPECT_EQ(a[i].index, b[i].index);
      EXPECT_EQ(a[i].score, b[i].score);
      EXPECT_EQ(a[i].category_name, b[i].category_name);
    }
  }
}

class ClassifyAllTest : public ::testing::TestWithParam<std::tuple<const char*, int>> {};

TEST_P(ClassifyAllTest, EqualsOneByOneInOrder) {
  const auto [model, num_threads] = GetParam();
  const auto task = Open(model, num_threads), reference = Open(model, 2);
  ASSERT_TRUE(task && reference);
  const Pictures pictures(31);
  const ImageProcessingOptions turned = {RectF{0.1f, 0.2f, 0.9f, 1.0f}, 90};
  for (const ImageProcessingOptions& options : {ImageProcessingOptions{}, turned}) {
    const auto results = task->ClassifyAll(pictures.images, options);
    ASSERT_EQ(results.size(), pictures.images.size());
    for (size_t i = 0; i < results.size(); ++i) {
      SCOPED_TRACE(i);
      const auto expected = reference->Classify(pictures.images[i], options);
      ASSERT_TRUE(results[i].ok() && expected.ok()) << results[i].status();
      ExpectEqual(*results[i], *expected);
    }
  }
}

TEST_P(ClassifyAllTest, AnErrorStandsWhereItsPictureDoes) {
  const auto [model, num_threads] = GetParam();
  const auto task = Open(model, num_threads);
  ASSERT_TRUE(task);
  Pictures pictures(12);
  pictures.images[0].width = 0;
  pictures.images[5].data = {};
  pictures.images[11].height += 1;
  const auto results = task->ClassifyAll(pictures.images);
  for (size_t i = 0; i < results.size(); ++i) {
    SCOPED_TRACE(i);
    EXPECT_EQ(results[i].ok(), i != 0 && i != 5 && i != 11);
    if (!results[i].ok()) {
      EXPECT_EQ(GetErrorDetail(results[i].status()), ErrorDetail::kInvalidImage);
      EXPECT_EQ(results[i].status(), task->Classify(pictures.images[i]).status());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(ModelsAndThreads, ClassifyAllTest,
                         ::testing::Combine(::testing::Values("emoji_f32.tflite",
                                                              "emoji_int8.tflite"),
                                            ::testing::Values(1, 2, 3, 8)));

TEST(ClassifyAllTaskTest, NoPicturesAndOnePicture) {
  const auto task = Open("emoji_int8.tflite", 2);
  ASSERT_TRUE(task);
  EXPECT_THAT(task->ClassifyAll({}), IsEmpty());
  const Pictures pictures(1);
  const auto results = task->ClassifyAll(pictures.images);
  ASSERT_EQ(results.size(), 1u);
  const auto expected = task->Classify(pictures.images[0]);
  ASSERT_TRUE(results[0].ok() && expected.ok());
  ExpectEqual(*results[0], *expected);
}

TEST(ClassifyAllTaskTest, BadOptionsAreEveryPicturesError) {
  const auto task = Open("emoji_int8.tflite", 2);
  ASSERT_TRUE(task);
  const Pictures pictures(3);
  for (const auto& result : task->ClassifyAll(pictures.images, {std::nullopt, 45})) {
    EXPECT_THAT(std::string(result.status().message()), HasSubstr("rotation_degrees is 45"));
  }
}

TEST(ClassifyAllTaskTest, CallsFromSeveralThreadsTakeTurns) {
  const auto task = Open("emoji_int8.tflite", 2);
  ASSERT_TRUE(task);
  const Pictures pictures(8);
  const auto expected = task->ClassifyAll(pictures.images);
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int round = 0; round < 3; ++round) {
        if (t == 0) {  // single pictures between the others' batches
          const auto one = task->Classify(pictures.images[round]);
          ASSERT_TRUE(one.ok());
          ExpectEqual(*one, *expected[round]);
          continue;
        }
        const auto results = task->ClassifyAll(pictures.images);
        for (size_t i = 0; i < results.size(); ++i) {
          ASSERT_TRUE(results[i].ok());
          ExpectEqual(*results[i], *expected[i]);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace edgetasks::tasks
