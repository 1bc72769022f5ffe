// Models that MediaPipe refuses, and cameras' frames, all the way to categories.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "tasks/image_classifier/image_classifier_task.h"
#include "tests/support/tflite_builder.h"

namespace edgetasks::tasks {
namespace {

using ir::DType;
using ir::OpCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Three classes: the means of the channels, read as `input` and said as `output`, both of them
// quantized where they are integers.
std::vector<uint8_t> ColorModel(DType input, DType output, const std::vector<int32_t>& result) {
  test::TfliteBuilder builder;
  const int picture = builder.AddTensor("picture", input, {1, 5, 5, 3});
  const int floats = builder.AddTensor("floats", DType::kFloat32, {1, 5, 5, 3});
  const int axes = builder.AddConstant<int32_t>("axes", {2}, {1, 2});
  const int color = builder.AddTensor("color", DType::kFloat32, {1, 3});
  const int shaped = builder.AddTensor("shaped", DType::kFloat32, result);
  const int scores = builder.AddTensor("scores", output, result);
  const auto quantize = [&](int tensor, DType dtype) {
    if (dtype == DType::kUInt8) builder.Quantize(tensor, {1.0f / 255}, {0});
    if (dtype == DType::kInt8) builder.Quantize(tensor, {1.0f / 255}, {-128});
    if (dtype == DType::kInt16) builder.Quantize(tensor, {1.0f / 32767}, {0});
  };
  quantize(picture, input);
  quantize(scores, output);
  const auto is_half = [](DType dtype) { return dtype == DType::kFloat16; };
  int source = picture;
  if (input != DType::kFloat32) {
    builder.AddOp(is_half(input) ? OpCode::CAST : OpCode::DEQUANTIZE, {picture}, {floats});
    source = floats;
  }
  builder.AddOp(OpCode::MEAN, {source, axes}, {color}, test::schema::ReducerOptionsT());
  const int shape =
      builder.AddConstant<int32_t>("shape", {static_cast<int32_t>(result.size())}, result);
  builder.AddOp(OpCode::RESHAPE, {color, shape}, {shaped});
  int end = shaped;
  if (output != DType::kFloat32) {
    builder.AddOp(is_half(output) ? OpCode::CAST : OpCode::QUANTIZE, {shaped}, {scores});
    end = scores;
  }
  builder.SetEnds({picture}, {end});
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

std::vector<float> ByIndex(const ClassificationResult& result) {
  std::vector<float> scores(result.classifications.at(0).categories.size());
  for (const Category& category : result.classifications[0].categories) {
    scores.at(category.index) = category.score;
  }
  return scores;
}

constexpr uint8_t kPixel[] = {51, 255, 102};  // 0.2, 1, 0.4

std::vector<float> Classify(const ImageClassifierOptions& options, const Image& image) {
  const auto task = ImageClassifierTask::Create(options);
  EXPECT_TRUE(task.ok()) << task.status();
  if (!task.ok()) return {};
  const auto result = (*task)->Classify(image);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? ByIndex(*result) : std::vector<float>{};
}

std::vector<float> Classify(const ImageClassifierOptions& options) {
  return Classify(options, Image{kPixel, 1, 1});
}

struct Types {
  DType input, output;
};

class EveryTypeTest : public ::testing::TestWithParam<Types> {};

TEST_P(EveryTypeTest, SaysTheSame) {
  for (const std::vector<int32_t>& shape : {std::vector<int32_t>{1, 3}, {1, 1, 3}, {1, 1, 1, 3}}) {
    const std::vector<uint8_t> model = ColorModel(GetParam().input, GetParam().output, shape);
    const std::vector<float> scores = Classify(OptionsFor(model));
    ASSERT_EQ(scores.size(), 3u);
    // Half a step of 1/255 for the bytes; float16 has 2^-12 of 1, int16 2^-16.
    const double bytes =
        GetParam().output == DType::kUInt8 || GetParam().output == DType::kInt8 ? 0.5 / 255 : 0;
    const double tolerance = bytes + 0x1p-11;
    EXPECT_NEAR(scores[0], 0.2, tolerance);
    EXPECT_NEAR(scores[1], 1, tolerance);
    EXPECT_NEAR(scores[2], 0.4, tolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Types, EveryTypeTest,
    ::testing::Values(Types{DType::kUInt8, DType::kUInt8}, Types{DType::kInt8, DType::kInt8},
                      Types{DType::kInt16, DType::kInt16}, Types{DType::kFloat16, DType::kFloat16},
                      Types{DType::kFloat32, DType::kFloat32},
                      Types{DType::kUInt8, DType::kFloat32}, Types{DType::kInt8, DType::kFloat16},
                      Types{DType::kFloat32, DType::kInt16}));

TEST(OddModelsTest, BgrModelsGetBlueFirst) {
  const std::vector<uint8_t> model = ColorModel(DType::kFloat32, DType::kFloat32, {1, 3});
  ImageClassifierOptions options = OptionsFor(model);
  options.color_order = ColorOrder::kBgr;
  const std::vector<float> scores = Classify(options);
  EXPECT_NEAR(scores.at(0), 0.4, 1e-6);
  EXPECT_NEAR(scores.at(2), 0.2, 1e-6);
}

TEST(OddModelsTest, SoftmaxMakesProbabilities) {
  const std::vector<uint8_t> model = ColorModel(DType::kFloat32, DType::kFloat32, {1, 3});
  ImageClassifierOptions options = OptionsFor(model);
  options.apply_softmax = ApplySoftmax::kAuto;
  const std::vector<float> scores = Classify(options);
  const double sum = std::exp(0.2) + std::exp(1.0) + std::exp(0.4);
  EXPECT_NEAR(scores.at(1), std::exp(1.0) / sum, 1e-6);
  EXPECT_NEAR(scores.at(0) + scores.at(1) + scores.at(2), 1, 1e-6);
  const auto task = ImageClassifierTask::Create(options);
  ASSERT_TRUE(task.ok());
  EXPECT_THAT((*task)->assumptions(),
              ::testing::ElementsAre(HasSubstr("head 0 do not look like probabilities")));
}

TEST(OddModelsTest, FramesOfACameraWithoutACopy) {
  const std::vector<uint8_t> model = ColorModel(DType::kFloat32, DType::kFloat32, {1, 3});
  // Red of BT.601, full range: Y 76, U 85, V 255; 3 x 3 with gaps of 9.
  std::vector<uint8_t> luma(5 * 2 + 3, 9);
  for (int i = 0; i < 9; ++i) luma[i / 3 * 5 + i % 3] = 76;
  const std::vector<uint8_t> u = {85, 9, 85, 9, 9, 85, 9, 85}, v = {255, 9, 255, 9, 9, 255, 9, 255};
  Image image{luma, 3, 3, 5, PixelFormat::kYuv420};
  image.chroma[0] = {u, 5, 2};
  image.chroma[1] = {v, 5, 2};
  const std::vector<float> scores = Classify(OptionsFor(model), image);
  // R = 76 + 1.402 * 127 = 254.05, G = 76 + 0.344136 * 43 - 0.714136 * 127 = 0.10, B = 76 - 1.772 *
  // 43 = -0.2.
  EXPECT_NEAR(scores.at(0), 254.0 / 255, 1e-6);
  EXPECT_NEAR(scores.at(1), 0, 1e-6);
  EXPECT_NEAR(scores.at(2), 0, 1e-6);
}

void ExpectCreateError(const ImageClassifierOptions& options, const std::string& message) {
  const auto task = ImageClassifierTask::Create(options);
  EXPECT_EQ(GetErrorDetail(task.status()), ErrorDetail::kInvalidOption) << task.status();
  EXPECT_THAT(std::string(task.status().message()), HasSubstr(message));
}

TEST(OddModelsTest, OptionsThatTheModelCannotTakeSayWhy) {
  const std::vector<uint8_t> model = ColorModel(DType::kFloat32, DType::kFloat32, {1, 3});
  ImageClassifierOptions options = OptionsFor(model);
  options.input_layout = InputLayout::kNchw;
  ExpectCreateError(options, "input_layout is NCHW, but input 'picture' is float32 [1, 5, 5, 3]");
  options = OptionsFor(model);
  options.labels.clear();
  options.display_names_locale = "de";
  ExpectCreateError(options,
                    "display_names_locale is 'de', which the model does not have; it has "
                    "no labels in its metadata");
  // Numbers from another language.
  options = OptionsFor(model);
  options.resize_mode = static_cast<ResizeMode>(3);
  ExpectCreateError(options, "resize_mode is 3");
  options = OptionsFor(model);
  options.resize_filter = static_cast<ResizeFilter>(-1);
  ExpectCreateError(options, "resize_filter is -1");
  options = OptionsFor(model);
  options.color_order = static_cast<ColorOrder>(2);
  ExpectCreateError(options, "color_order is 2");
  options = OptionsFor(model);
  options.apply_softmax = static_cast<ApplySoftmax>(9);
  ExpectCreateError(options, "apply_softmax is 9");
}

TEST(OddModelsTest, FormatsThatDoNotExistAreRefused) {
  const std::vector<uint8_t> model = ColorModel(DType::kFloat32, DType::kFloat32, {1, 3});
  const auto task = ImageClassifierTask::Create(OptionsFor(model));
  ASSERT_TRUE(task.ok()) << task.status();
  EXPECT_THAT((*task)->custom_metadata(), IsEmpty());
  const auto result = (*task)->Classify(Image{kPixel, 1, 1, 0, static_cast<PixelFormat>(10)});
  EXPECT_EQ(GetErrorDetail(result.status()), ErrorDetail::kInvalidImage);
  EXPECT_THAT(std::string(result.status().message()), HasSubstr("format 10; it must be 0 to 9"));
}

TEST(OddModelsTest, SeveralInputsAreNamed) {
  test::TfliteBuilder builder;
  const int a = builder.AddTensor("left", DType::kFloat32, {1, 5, 5, 3});
  const int b = builder.AddTensor("right", DType::kFloat32, {1, 5, 5, 3});
  const int sum = builder.AddTensor("sum", DType::kFloat32, {1, 5, 5, 3});
  builder.AddOp(OpCode::ADD, {a, b}, {sum}, test::schema::AddOptionsT());
  builder.SetEnds({a, b}, {sum});
  const std::vector<uint8_t> model = builder.Finish();
  const auto task = ImageClassifierTask::Create(OptionsFor(model));
  EXPECT_EQ(GetErrorDetail(task.status()), ErrorDetail::kNotAClassifier);
  EXPECT_THAT(std::string(task.status().message()),
              HasSubstr("2 inputs; expected one, the image: input 'left' is float32 [1, 5, 5, 3], "
                        "input 'right'"));
}

}  // namespace
}  // namespace edgetasks::tasks
