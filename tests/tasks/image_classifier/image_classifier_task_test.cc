#include "tasks/image_classifier/image_classifier_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "core/base/error.h"
#include "tests/support/tflite_builder.h"

namespace edgetasks::tasks {
namespace {

using ir::DType;
using ir::OpCode;
using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Scores are means of 64 floats: off by some roundings of 2^-24 of the sum, below 1e-6.

// Three classes, whose scores are the means of the picture's normalized channels.
std::vector<uint8_t> ColorModel(bool channels_last) {
  test::TfliteBuilder builder;
  const int picture = builder.AddTensor(
      "picture", DType::kFloat32,
      channels_last ? std::vector<int32_t>{1, 8, 8, 3} : std::vector<int32_t>{1, 3, 8, 8});
  const int axes = channels_last ? builder.AddConstant<int32_t>("axes", {2}, {1, 2})
                                 : builder.AddConstant<int32_t>("axes", {2}, {2, 3});
  const int color = builder.AddTensor("color", DType::kFloat32, {1, 3});
  builder.AddOp(OpCode::MEAN, {picture, axes}, {color}, test::schema::ReducerOptionsT());
  builder.SetEnds({picture}, {color});
  return builder.Finish();
}

// As above with a second head that says the same in steps of 1/128 from -1.
std::vector<uint8_t> TwoHeadedModel() {
  test::TfliteBuilder builder;
  const int picture = builder.AddTensor("picture", DType::kFloat32, {1, 8, 8, 3});
  const int axes = builder.AddConstant<int32_t>("axes", {2}, {1, 2});
  const int color = builder.AddTensor("color", DType::kFloat32, {1, 3});
  const int steps = builder.AddTensor("steps", DType::kUInt8, {1, 3});
  builder.Quantize(steps, {1.0f / 128}, {128});
  builder.AddOp(OpCode::MEAN, {picture, axes}, {color}, test::schema::ReducerOptionsT());
  builder.AddOp(OpCode::QUANTIZE, {color}, {steps});
  builder.SetEnds({picture}, {color, steps});
  return builder.Finish();
}

ImageClassifierOptions OptionsFor(const std::vector<uint8_t>& model) {
  ImageClassifierOptions options;
  options.base_options.model_asset_buffer = model;
  options.base_options.num_threads = 1;
  options.labels = {"red", "green", "blue"};
  options.mean = {0};
  options.std = {255};
  return options;
}

// 2 x 1 pixels: red, then green with some blue.
constexpr uint8_t kPixels[] = {255, 0, 0, 0, 102, 51};

Image RedAndGreen() {
  Image image;
  image.data = kPixels;
  image.width = 2;
  image.height = 1;
  return image;
}

void ExpectError(const absl::Status& status, ErrorDetail detail, const std::string& message) {
  EXPECT_EQ(GetErrorDetail(status), detail) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(message));
}

class ColorModelTest : public ::testing::TestWithParam<bool> {};

TEST_P(ColorModelTest, ClassifiesTheRegionOfInterest) {
  const std::vector<uint8_t> model = ColorModel(GetParam());
  const auto task = ImageClassifierTask::Create(OptionsFor(model));
  ASSERT_TRUE(task.ok()) << task.status();
  EXPECT_THAT((*task)->assumptions(), IsEmpty());
  // The right half: columns sample x from 1 to 1.875, all of it the second pixel.
  const auto result =
      (*task)->Classify(RedAndGreen(), {RectF{0.5f, 0, 1, 1}, /*rotation_degrees=*/0});
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->classifications.size(), 1u);
  EXPECT_THAT(result->classifications[0].categories,
              ElementsAre(FieldsAre(1, testing::FloatNear(0.4f, 1e-6f), "green", ""),
                          FieldsAre(2, testing::FloatNear(0.2f, 1e-6f), "blue", ""),
                          FieldsAre(0, 0.0f, "red", "")));
  EXPECT_FALSE(result->timestamp_ms.has_value());
}

TEST_P(ColorModelTest, ClassifiesAfterRotation) {
  const std::vector<uint8_t> model = ColorModel(GetParam());
  const auto task = ImageClassifierTask::Create(OptionsFor(model));
  ASSERT_TRUE(task.ok()) << task.status();
  const auto upright = (*task)->Classify(RedAndGreen());
  const auto turned = (*task)->Classify(RedAndGreen(), {std::nullopt, 90});
  ASSERT_TRUE(upright.ok() && turned.ok());
  // Columns sample x = 0, 0.25, ..., 1.75: red 255, 191.25, 127.5, 63.75, 0, ..., rounded.
  EXPECT_NEAR(upright->classifications[0].categories[0].score, (255 + 191 + 128 + 64) / 8.0f / 255,
              1e-6);
  // Turned by 90 degrees rows sample the same x.
  EXPECT_NEAR(turned->classifications[0].categories[0].score,
              upright->classifications[0].categories[0].score, 1e-6);
}

INSTANTIATE_TEST_SUITE_P(ChannelsLastAndFirst, ColorModelTest, ::testing::Bool());

TEST(ImageClassifierTaskTest, HeadsOfDifferentTypesSayTheSame) {
  const std::vector<uint8_t> model = TwoHeadedModel();
  const auto task = ImageClassifierTask::Create(OptionsFor(model));
  ASSERT_TRUE(task.ok()) << task.status();
  const auto result = (*task)->Classify(RedAndGreen(), {RectF{0.5f, 0, 1, 1}, 0});
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_EQ(result->classifications.size(), 2u);
  EXPECT_EQ(result->classifications[1].head_index, 1);
  for (int i = 0; i < 3; ++i) {
    const Category& exact = result->classifications[0].categories[i];
    const Category& steps = result->classifications[1].categories[i];
    EXPECT_EQ(steps.index, exact.index);
    EXPECT_NEAR(steps.score, exact.score, 0.5 / 128 + 1e-6);  // half a step, and float rounding
  }
}

TEST(ImageClassifierTaskTest, SaysWhatItAssumesOfAModelWithoutMetadata) {
  const std::vector<uint8_t> model = ColorModel(true);
  ImageClassifierOptions options;
  options.base_options.model_asset_buffer = model;
  const auto task = ImageClassifierTask::Create(options);
  ASSERT_TRUE(task.ok()) << task.status();
  EXPECT_THAT((*task)->assumptions(),
              ElementsAre(HasSubstr("set mean and std"), HasSubstr("set labels or labels_path")));
  const auto result = (*task)->Classify(RedAndGreen(), {RectF{0.5f, 0, 1, 1}, 0});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(result->classifications[0].categories[0],
              FieldsAre(1, testing::FloatNear(-0.2f, 1e-6f), "", ""));  // (102 - 127.5) / 127.5
}

TEST(ImageClassifierTaskTest, AcceptsRgbaAndGrayWithStride) {
  const std::vector<uint8_t> model = ColorModel(true);
  const auto task = ImageClassifierTask::Create(OptionsFor(model));
  ASSERT_TRUE(task.ok()) << task.status();
  const std::vector<uint8_t> rgba = {51, 102, 0, 7, 99, 99, 99, 99, 51, 102, 0, 9};
  const auto colored =
      (*task)->Classify(Image{absl::MakeConstSpan(rgba), 1, 2, 8, PixelFormat::kRgba});
  ASSERT_TRUE(colored.ok()) << colored.status();
  EXPECT_THAT(colored->classifications[0].categories[0],
              FieldsAre(1, testing::FloatNear(0.4f, 1e-6f), "green", ""));
  const std::vector<uint8_t> gray = {102};
  const auto flat =
      (*task)->Classify(Image{absl::MakeConstSpan(gray), 1, 1, 0, PixelFormat::kGray});
  ASSERT_TRUE(flat.ok()) << flat.status();
  for (const Category& category : flat->classifications[0].categories) {
    EXPECT_NEAR(category.score, 0.4f, 1e-6);
  }
}

TEST(ImageClassifierTaskTest, BadPicturesAndViewsAreErrorsAndTheNextCallWorks) {
  const std::vector<uint8_t> model = ColorModel(true);
  const auto task = ImageClassifierTask::Create(OptionsFor(model));
  ASSERT_TRUE(task.ok()) << task.status();
  Image image = RedAndGreen();
  image.height = 2;
  ExpectError((*task)->Classify(image).status(), ErrorDetail::kInvalidImage,
              "the data holds 6 bytes");
  ExpectError((*task)->Classify(RedAndGreen(), {RectF{0.5f, 0, 0.2f, 1}, 0}).status(),
              ErrorDetail::kInvalidOption, "region_of_interest");
  ExpectError((*task)->Classify(RedAndGreen(), {std::nullopt, 45}).status(),
              ErrorDetail::kInvalidOption, "rotation_degrees is 45");
  EXPECT_TRUE((*task)->Classify(RedAndGreen()).ok());
}

TEST(ImageClassifierTaskTest, CreationErrorsSayWhatToSet) {
  const std::vector<uint8_t> model = ColorModel(true);
  ImageClassifierOptions options = OptionsFor(model);
  options.labels.pop_back();
  ExpectError(ImageClassifierTask::Create(options).status(), ErrorDetail::kInvalidOption,
              "has 3 classes, but 2 labels are given");
  options = OptionsFor(model);
  options.max_results = 0;
  ExpectError(ImageClassifierTask::Create(options).status(), ErrorDetail::kInvalidOption,
              "max_results is 0");
  ExpectError(ImageClassifierTask::Create({}).status(), ErrorDetail::kInvalidOption,
              "model_asset_path");
  const std::vector<uint8_t> text(64, 'a');
  options.max_results = -1;
  options.base_options.model_asset_buffer = text;
  ExpectError(ImageClassifierTask::Create(options).status(), ErrorDetail::kNotAModelFile, "memory");
}

TEST(ImageClassifierTaskTest, AModelThatIsNoClassifierIsRefused) {
  test::TfliteBuilder builder;
  const int x = builder.AddTensor("x", DType::kFloat32, {1, 4});
  const int y = builder.AddTensor("y", DType::kFloat32, {1, 4});
  builder.AddOp(OpCode::ABS, {x}, {y});
  builder.SetEnds({x}, {y});
  const std::vector<uint8_t> model = builder.Finish();
  ExpectError(ImageClassifierTask::Create(OptionsFor(model)).status(), ErrorDetail::kNotAClassifier,
              "memory: not an image classifier: input 'x' is float32");
}

TEST(ImageClassifierTaskTest, ThreadsTakeTurns) {
  const std::vector<uint8_t> model = ColorModel(true);
  const auto task = ImageClassifierTask::Create(OptionsFor(model));
  ASSERT_TRUE(task.ok()) << task.status();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&task, t] {
      // Each thread has a picture of one color, which must not meet another's.
      const std::vector<uint8_t> pixel = {static_cast<uint8_t>(51 * t), 0, 255};
      for (int i = 0; i < 50; ++i) {
        const auto result = (*task)->Classify(Image{absl::MakeConstSpan(pixel), 1, 1});
        ASSERT_TRUE(result.ok()) << result.status();
        for (const Category& category : result->classifications[0].categories) {
          if (category.index == 0) {
            EXPECT_NEAR(category.score, static_cast<float>(t) / 5, 1e-6);
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace edgetasks::tasks
