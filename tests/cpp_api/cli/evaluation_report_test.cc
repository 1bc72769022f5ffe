#include "cpp_api/cli/evaluation_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "cpp_api/cli/picture_reader.h"

namespace edgetasks::cli {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// Two cats, one of them taken for a dog; a dog; a <bird> in which the model sees nothing.
EvaluationReport Animals() {
  EvaluationReport report;
  report.model = "model.tflite";
  report.folder = "animals";
  report.names = {"cat", "dog", "<bird>", ""};
  report.evaluation.Add(0, {0, 1});
  report.evaluation.Add(0, {1, 0});
  report.evaluation.Add(1, {1});
  report.evaluation.Add(2, {});
  report.latencies_ms = {1, 2, 3, 4};
  return report;
}

TEST(EvaluationReportTest, TextHasTheFiguresAndALineForEachClass) {
  EXPECT_THAT(
      ToText(Animals()),
      AllOf(HasSubstr("4 pictures, top-1 0.5000, top-5 0.7500"), HasSubstr("p50 2.500, p90 3.700"),
            ContainsRegex("cat +2 +1.0000 +0.5000 +0.6667 +dog \\(1\\)"),
            ContainsRegex("dog +1 +0.5000 +1.0000 +0.6667"),
            ContainsRegex("<bird> +1 +0.0000 +0.0000 +0.0000 +\\(none\\) \\(1\\)")));
}

TEST(EvaluationReportTest, JsonHasEveryConfusion) {
  const auto json = ToJson(Animals());
  EXPECT_EQ(json["pictures"], 4);
  EXPECT_EQ(json["latency_ms"]["mean"], 2.5);
  EXPECT_EQ(json["classes"].size(), 3u);
  EXPECT_EQ(json["classes"][0]["correct"], 1);
  EXPECT_EQ(json["confusions"].size(), 4u);
  EXPECT_EQ(json["confusions"][3]["predicted"], kNoClass);
}

TEST(EvaluationReportTest, ThePageIsEscapedAndNeedsNothingOutside) {
  const std::string page = ToHtml(Animals());
  EXPECT_THAT(page,
              AllOf(HasSubstr("<th>&lt;bird&gt;</th>"), HasSubstr("<th>(none)</th>"),
                    Not(HasSubstr("<bird>")), Not(HasSubstr("http")), Not(HasSubstr("src="))));
  // Half of the cats are right, half are dogs: the same shade in two colours.
  EXPECT_THAT(
      page, AllOf(HasSubstr("rgba(30,110,60,0.550)\">1"), HasSubstr("rgba(190,50,40,0.550)\">1")));
  EXPECT_EQ(HtmlEscape("a&b\"'"), "a&amp;b&quot;&#39;");
}

TEST(EvaluationReportTest, ManyClassesGetTheirMistakesInsteadOfAMatrix) {
  EvaluationReport report;
  report.names.resize(300);
  for (int c = 0; c < 300; ++c) report.evaluation.Add(c, {c % 3 == 0 ? (c + 1) % 300 : c});
  report.evaluation.Add(3, {4});
  const std::string page = ToHtml(report);
  EXPECT_THAT(page, AllOf(HasSubstr("class 3</td><td class=\"l\">class 4</td><td>2"),
                          Not(HasSubstr("class=\"m\""))));
}

TEST(EvaluationReportTest, ThePictureHasACellForEachPair) {
  const auto picture = DecodePicture(ConfusionPng(Animals().evaluation), "confusion.png");
  ASSERT_TRUE(picture.ok()) << picture.status();
  ASSERT_EQ(picture->width, 3 * 24);
  ASSERT_EQ(picture->height, 3 * 24);
  const auto red = [&](int row, int column) {
    return picture->pixels[3 * ((row * 24 + 12) * picture->width + column * 24 + 12)];
  };
  EXPECT_EQ(red(1, 1), 0);                                   // all dogs
  EXPECT_EQ(red(0, 0), static_cast<int>(255 * 0.85 * 0.5));  // half of the cats
  EXPECT_EQ(red(0, 1), red(0, 0));
  for (int column = 0; column < 3; ++column) EXPECT_EQ(red(2, column), 255);
  EXPECT_EQ(red(1, 0), 255);
}

TEST(EvaluationReportTest, NothingIsStillAPicture) {
  EXPECT_TRUE(DecodePicture(ConfusionPng(Evaluation()), "empty.png").ok());
}

}  // namespace
}  // namespace edgetasks::cli
