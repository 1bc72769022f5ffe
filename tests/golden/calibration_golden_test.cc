// Metadata as MediaPipe's own writer writes it: what MediaPipe 1.2.2 says of calibrated scores and
// of labels in two languages. record_calibration.py says how it was made.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "tasks/image_classifier/image_classifier_task.h"
#include "tests/golden/golden_data.h"

namespace edgetasks::tasks {
namespace {

using nlohmann::json;

// MediaPipe computes the sigmoid in float: three operations of relative error 2^-24 each, on
// exponents up to 40 (the logarithm of 1e-16, times a slope), which the exponential takes on.
constexpr double kTolerance = 40 * 3.0 / (1 << 24) + 1e-6;

void ExpectAnswers(ImageClassifierTask& task, const json& answers) {
  for (const json& answer : answers) {
    SCOPED_TRACE(answer.dump());
    std::vector<uint8_t> pixels;
    for (int i = 0; i < 5 * 6; ++i) {
      for (int c = 0; c < 3; ++c) pixels.push_back(answer["color"][c]);
    }
    Image image;
    image.data = pixels;
    image.width = 6;
    image.height = 5;
    const auto result = task.Classify(image);
    ASSERT_TRUE(result.ok()) << result.status();
    const Classifications& head = result->classifications.at(0);
    EXPECT_EQ(head.head_name, "means");
    const json& expected = answer["categories"];
    ASSERT_EQ(head.categories.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      const Category& got = head.categories[i];
      EXPECT_EQ(got.index, expected[i][0].get<int>());
      EXPECT_NEAR(got.score, expected[i][1].get<double>(), kTolerance);
      EXPECT_EQ(got.category_name, expected[i][2].get<std::string>());
      EXPECT_EQ(got.display_name, expected[i][3].get<std::string>());
    }
  }
}

TEST(CalibrationGoldenTest, EveryTransformationAndLocaleIsMediaPipes) {
  const json goldens =
      testing::ReadJson(std::string(EDGETASKS_SOURCE_DIR) + "/tests/golden/data/calibration.json");
  ASSERT_EQ(goldens["cases"].size(), 12u);
  for (const json& golden : goldens["cases"]) {
    SCOPED_TRACE(golden["transformation"].get<std::string>() + " " +
                 golden["parameters"].get<std::string>());
    std::string bytes;
    ASSERT_TRUE(absl::Base64Unescape(golden["model"].get<std::string>(), &bytes));
    std::vector<uint32_t> model((bytes.size() + 3) / 4);  // aligned to 4, as buffers must be
    std::memcpy(model.data(), bytes.data(), bytes.size());
    ImageClassifierOptions options;
    options.base_options.model_asset_buffer = {reinterpret_cast<const uint8_t*>(model.data()),
                                               bytes.size()};
    options.base_options.num_threads = 1;
    options.display_names_locale = golden["locale"].get<std::string>();
    const auto task = ImageClassifierTask::Create(options);
    ASSERT_TRUE(task.ok()) << task.status();
    ExpectAnswers(**task, golden["answers"]);
  }
}

}  // namespace
}  // namespace edgetasks::tasks
