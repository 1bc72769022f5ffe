// The measures of `edgetasks evaluate` against scikit-learn's and numpy's
// (tests/golden/record_evaluation.py).
#include "cpp_api/cli/evaluation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "tests/support/testdata.h"

namespace edgetasks::cli {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Both divide the same integers; means are sums of at most 40 quotients in another order, each
// rounded to 2^-53 of at most 40.
constexpr double kTolerance = 40 * 40 * 0x1p-53;

json Golden() {
  std::ifstream file(test::SourcePath("tests/golden/data/evaluation_sklearn.json"));
  return json::parse(file);
}

TEST(EvaluationTest, EqualsScikitLearn) {
  const json golden = Golden();
  ASSERT_EQ(golden["cases"].size(), 5u);
  for (const json& expected : golden["cases"]) {
    Evaluation evaluation;
    for (size_t i = 0; i < expected["truth"].size(); ++i) {
      evaluation.Add(expected["truth"][i], expected["ranked"][i].get<std::vector<int>>());
    }
    EXPECT_EQ(evaluation.count(), static_cast<int64_t>(expected["truth"].size()));
    EXPECT_NEAR(evaluation.top1(), expected["top1"], kTolerance);
    EXPECT_NEAR(evaluation.top5(), expected["top5"], kTolerance);
    const auto classes = expected["classes"].get<std::vector<int>>();
    ASSERT_EQ(evaluation.Classes(), classes);
    for (size_t i = 0; i < classes.size(); ++i) {
      const ClassMetrics metrics = evaluation.Of(classes[i]);
      EXPECT_EQ(metrics.support, expected["support"][i]);
      EXPECT_NEAR(metrics.precision, expected["precision"][i], kTolerance);
      EXPECT_NEAR(metrics.recall, expected["recall"][i], kTolerance);
      EXPECT_NEAR(metrics.f1, expected["f1"][i], kTolerance);
      for (size_t j = 0; j < classes.size(); ++j) {
        EXPECT_EQ(evaluation.Confusions(classes[i], classes[j]), expected["confusion"][i][j]);
      }
    }
    const ClassMetrics macro = evaluation.MacroAverage();
    EXPECT_NEAR(macro.precision, expected["macro"][0], kTolerance);
    EXPECT_NEAR(macro.recall, expected["macro"][1], kTolerance);
    EXPECT_NEAR(macro.f1, expected["macro"][2], kTolerance);
  }
}

TEST(EvaluationTest, PercentilesEqualNumpys) {
  const json golden = Golden();
  for (const json& expected : golden["latencies"]) {
    const auto values = expected["values"].get<std::vector<double>>();
    for (size_t i = 0; i < golden["percents"].size(); ++i) {
      // A difference, a product and a sum of values below 100.
      EXPECT_NEAR(Percentile(values, golden["percents"][i]), expected["percentiles"][i],
                  4 * 100 * 0x1p-53);
    }
  }
  EXPECT_EQ(Percentile({}, 50), 0);
}

TEST(EvaluationTest, NothingAddedIsZero) {
  const Evaluation evaluation;
  EXPECT_EQ(evaluation.top1(), 0);
  EXPECT_EQ(evaluation.top5(), 0);
  EXPECT_THAT(evaluation.Classes(), IsEmpty());
  EXPECT_EQ(evaluation.MacroAverage().f1, 0);
}

TEST(EvaluationTest, AModelMayNameNothingAndMoreThanFive) {
  Evaluation evaluation;
  evaluation.Add(4, {});
  evaluation.Add(4, {0, 1, 2, 3, 5, 4});  // sixth: too late
  EXPECT_EQ(evaluation.top5(), 0);
  EXPECT_EQ(evaluation.Confusions(4, kNoClass), 1);
  EXPECT_THAT(evaluation.Classes(), ElementsAre(0, 4));
  EXPECT_EQ(evaluation.Of(4).support, 2);
}

}  // namespace
}  // namespace edgetasks::cli
