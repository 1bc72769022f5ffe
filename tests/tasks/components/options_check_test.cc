#include "tasks/components/options_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace edgetasks::tasks {
namespace {

using ::testing::HasSubstr;

void ExpectInvalid(const ClassifierOptions& options, const std::string& part_of_message) {
  const absl::Status status = CheckOptions(options);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(status.message()), HasSubstr(part_of_message));
}

TEST(CheckOptionsTest, DefaultsAreValid) { EXPECT_TRUE(CheckOptions({}).ok()); }

TEST(CheckOptionsTest, NegativeMaxResultsMeansAllAndZeroIsRefused) {
  ClassifierOptions options;
  options.max_results = -7;
  EXPECT_TRUE(CheckOptions(options).ok());
  options.max_results = 0;
  ExpectInvalid(options, "max_results is 0");
}

TEST(CheckOptionsTest, ThresholdMustBeANumber) {
  ClassifierOptions options;
  options.score_threshold = -std::numeric_limits<float>::infinity();
  EXPECT_TRUE(CheckOptions(options).ok());
  options.score_threshold = std::numeric_limits<float>::quiet_NaN();
  ExpectInvalid(options, "score_threshold");
}

TEST(CheckOptionsTest, ListsExcludeEachOther) {
  ClassifierOptions options;
  options.category_allowlist = {"cat"};
  EXPECT_TRUE(CheckOptions(options).ok());
  options.category_denylist = {"dog"};
  ExpectInvalid(options, "category_allowlist and category_denylist");
}

TEST(CheckOptionsTest, LabelsComeFromOnePlace) {
  ClassifierOptions options;
  options.labels = {"cat"};
  options.labels_path = "labels.txt";
  ExpectInvalid(options, "labels and labels_path");
}

}  // namespace
}  // namespace edgetasks::tasks
