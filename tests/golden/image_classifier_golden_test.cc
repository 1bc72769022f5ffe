// Scores of real classifiers against MediaPipe 1.2.2's ImageClassifier.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "cpp_api/cli/picture_reader.h"
#include "tasks/image_classifier/image_classifier_task.h"

namespace edgetasks::tasks {
namespace {

using nlohmann::json;

// The same bytes go into the network; what is left is the order of float sums through about 50
// layers, far below this. 0.01 allows for another JPEG decoder (0.005 was seen).
constexpr double kFloatTolerance = 0.01;
// The reference ran XNNPACK, which requantizes in float; EdgeTasks requantizes as TFLite's own
// kernels do, whose scores it equals to the last step. Activations that round the other way add up
// over the layers (0.067 was seen, in the network with the fewest channels).
constexpr double kQuantizedTolerance = 0.08;
// The best class must agree where the golden's is ahead of the second by more than this.
constexpr double kClearMargin = 0.1;

std::string VisionFolder() {
  const char* root = std::getenv("EDGETASKS_TESTDATA");
  return root == nullptr ? "" : std::string(root) + "/vision";
}

json ReadJson(const std::string& path) {
  std::ifstream file(path);
  return file ? json::parse(file) : json::array();
}

ImageClassifierOptions ToOptions(const json& golden) {
  ImageClassifierOptions options;
  options.base_options.model_asset_path =
      VisionFolder() + "/models/" + golden.at("model").get<std::string>();
  const json given = golden.value("options", json::object());
  if (given.contains("max_results")) options.max_results = given["max_results"];
  if (given.contains("score_threshold")) options.score_threshold = given["score_threshold"];
  if (given.contains("category_allowlist")) {
    options.category_allowlist = given["category_allowlist"].get<std::vector<std::string>>();
  }
  if (given.contains("category_denylist")) {
    options.category_denylist = given["category_denylist"].get<std::vector<std::string>>();
  }
  return options;
}

ImageProcessingOptions ToProcessing(const json& golden) {
  ImageProcessingOptions processing;
  processing.rotation_degrees = golden.value("rotation_degrees", 0);
  const json region = golden.value("region_of_interest", json());
  if (!region.is_null()) {
    processing.region_of_interest =
        RectF{region["left"], region["top"], region["right"], region["bottom"]};
  }
  return processing;
}

absl::StatusOr<ClassificationResult> Classify(const ImageClassifierOptions& options,
                                              const json& golden) {
  const std::string path = VisionFolder() + "/images/" + golden.at("image").get<std::string>();
  const auto picture = cli::ReadPicture(path);
  if (!picture.ok()) return picture.status();
  const auto task = ImageClassifierTask::Create(options);
  if (!task.ok()) return task.status();
  return (*task)->Classify(picture->view(), ToProcessing(golden));
}

bool IsFloat(const json& golden) {
  return golden.at("model").get<std::string>().find("f32") != std::string::npos;
}

double Tolerance(const json& golden) {
  return IsFloat(golden) ? kFloatTolerance : kQuantizedTolerance;
}

// Every score that the golden names.
void ExpectScores(const json& golden, const Classifications& all) {
  std::map<int, const Category*> by_index;
  for (const Category& category : all.categories) by_index[category.index] = &category;
  for (const json& expected : golden.at("categories")) {
    const auto it = by_index.find(expected.at("index").get<int>());
    ASSERT_NE(it, by_index.end()) << expected;
    EXPECT_EQ(it->second->category_name, expected.at("name").get<std::string>());
    EXPECT_NEAR(it->second->score, expected.at("score").get<double>(), Tolerance(golden))
        << expected;
  }
}

void ExpectSameBest(const json& golden, const Classifications& got) {
  const json& expected = golden.at("categories");
  ASSERT_FALSE(got.categories.empty());
  const double margin =
      expected.size() < 2 ? 1.0
                          : expected[0]["score"].get<double>() - expected[1]["score"].get<double>();
  if (margin > kClearMargin) {
    EXPECT_EQ(got.categories[0].index, expected[0]["index"].get<int>());
  }
}

std::string NameOf(const json& golden) {
  json head = golden;
  head.erase("categories");
  return head.dump();
}

TEST(ImageClassifierGoldenTest, ScoresOfWholePicturesAreMediaPipes) {
  const json goldens = ReadJson(VisionFolder() + "/goldens_mediapipe.json");
  if (goldens.empty()) GTEST_SKIP() << "EDGETASKS_TESTDATA: vision/goldens_mediapipe.json";
  for (const json& golden : goldens) {
    SCOPED_TRACE(NameOf(golden));
    const auto result = Classify(ToOptions(golden), golden);
    ASSERT_TRUE(result.ok()) << result.status();
    ASSERT_EQ(result->classifications.size(), 1u);
    ExpectScores(golden, result->classifications[0]);
    ExpectSameBest(golden, result->classifications[0]);
  }
}

TEST(ImageClassifierGoldenTest, OptionsRegionsAndRotationsActAsInMediaPipe) {
  const json goldens = ReadJson(VisionFolder() + "/goldens_mediapipe_options.json");
  if (goldens.empty()) GTEST_SKIP() << "EDGETASKS_TESTDATA: vision/goldens_mediapipe_options.json";
  for (const json& golden : goldens) {
    SCOPED_TRACE(NameOf(golden));
    const ImageClassifierOptions options = ToOptions(golden);
    const auto result = Classify(options, golden);
    ASSERT_TRUE(result.ok()) << result.status();
    const Classifications& head = result->classifications.at(0);
    EXPECT_EQ(head.head_name, golden.at("head_name").get<std::string>());
    EXPECT_EQ(head.categories.size(), golden.at("categories").size());
    ExpectSameBest(golden, head);
    // The scores themselves, without the options that hide those a step too low.
    ImageClassifierOptions open = options;
    open.max_results = -1;
    open.score_threshold.reset();
    const auto all = Classify(open, golden);
    ASSERT_TRUE(all.ok()) << all.status();
    ExpectScores(golden, all->classifications.at(0));
  }
}

// The same network with channels first and no metadata: labels and normalization from the options.
TEST(ImageClassifierGoldenTest, ChannelsFirstWithoutMetadataScoresTheSame) {
  const std::string folder = VisionFolder();
  const json goldens = ReadJson(folder + "/goldens_mediapipe.json");
  if (goldens.empty()) GTEST_SKIP() << "EDGETASKS_TESTDATA: vision/goldens_mediapipe.json";
  for (json golden : goldens) {
    if (golden.at("model") != "mobilenet_v2_f32_meta.tflite") continue;
    golden["model"] = "mobilenet_v2_f32_nchw.tflite";
    SCOPED_TRACE(NameOf(golden));
    ImageClassifierOptions options = ToOptions(golden);
    options.labels_path = folder + "/models/imagenet_labels.txt";
    options.mean = {127.5f, 127.5f, 127.5f};
    options.std = {127.5f};
    const auto result = Classify(options, golden);
    ASSERT_TRUE(result.ok()) << result.status();
    ExpectScores(golden, result->classifications.at(0));
    ExpectSameBest(golden, result->classifications.at(0));
  }
}

}  // namespace
}  // namespace edgetasks::tasks
