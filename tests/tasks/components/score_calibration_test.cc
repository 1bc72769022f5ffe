#include "tasks/components/score_calibration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "core/base/error.h"

namespace edgetasks::tasks {
namespace {

using model::ScoreTransformation;
using ::testing::HasSubstr;

absl::StatusOr<ScoreCalibrator> Make(ScoreTransformation transformation, absl::string_view csv,
                                     int num_classes) {
  return ScoreCalibrator::Create({transformation, 0.125f},
                                 {reinterpret_cast<const uint8_t*>(csv.data()), csv.size()},
                                 num_classes);
}

// The formula in the head of the header, in double; results are floats, hence EXPECT_FLOAT_EQ.
float Sigmoid(double scale, double slope, double offset, double g) {
  return static_cast<float>(scale / (1 + std::exp(-(slope * g + offset))));
}

TEST(ScoreCalibratorTest, IdentityPutsTheScoreIntoTheSigmoid) {
  const auto calibrator = Make(ScoreTransformation::kIdentity, "0.9,2,-1\n0.5,-3,0.5\n", 2);
  ASSERT_TRUE(calibrator.ok()) << calibrator.status();
  EXPECT_FLOAT_EQ(calibrator->Calibrate(0, 0.25f), Sigmoid(0.9f, 2, -1, 0.25));
  EXPECT_FLOAT_EQ(calibrator->Calibrate(1, 0.75f), Sigmoid(0.5, -3, 0.5, 0.75));
}

TEST(ScoreCalibratorTest, LogTakesTheLogarithmFirst) {
  const auto calibrator = Make(ScoreTransformation::kLog, "1,2,3", 1);
  ASSERT_TRUE(calibrator.ok()) << calibrator.status();
  EXPECT_FLOAT_EQ(calibrator->Calibrate(0, 0.25f), Sigmoid(1, 2, 3, std::log(0.25)));
}

TEST(ScoreCalibratorTest, LogarithmIsContinuedBelowItsThreshold) {
  const auto calibrator = Make(ScoreTransformation::kLog, "1,0.1,0", 1);
  ASSERT_TRUE(calibrator.ok()) << calibrator.status();
  // 2 log t - log(2t - 0) with t = 1e-16.
  EXPECT_FLOAT_EQ(calibrator->Calibrate(0, 0),
                  Sigmoid(1, 0.1, 0, 2 * std::log(1e-16) - std::log(2e-16)));
  // A negative score, such as a logit: finite too.
  EXPECT_FLOAT_EQ(calibrator->Calibrate(0, -1),
                  Sigmoid(1, 0.1, 0, 2 * std::log(1e-16) - std::log(2e-16 + 1)));
}

TEST(ScoreCalibratorTest, InverseLogisticTakesTheLogOdds) {
  const auto calibrator = Make(ScoreTransformation::kInverseLogistic, "1,1,0\n0.8,2,1\n", 2);
  ASSERT_TRUE(calibrator.ok()) << calibrator.status();
  EXPECT_FLOAT_EQ(calibrator->Calibrate(0, 0.3f), 0.3f);  // its own inverse
  EXPECT_FLOAT_EQ(calibrator->Calibrate(1, 0.5f), Sigmoid(0.8f, 2, 1, 0));
  // log(1 - x) is clamped at x = 1: the odds stay finite.
  EXPECT_FLOAT_EQ(calibrator->Calibrate(0, 1), 1);
}

TEST(ScoreCalibratorTest, LowScoresAndEmptyLinesGetTheDefault) {
  const auto calibrator = Make(ScoreTransformation::kIdentity, "1,1,0,0.5\n\n1,1,0\n", 3);
  ASSERT_TRUE(calibrator.ok()) << calibrator.status();
  EXPECT_EQ(calibrator->Calibrate(0, 0.4f), 0.125f);
  EXPECT_FLOAT_EQ(calibrator->Calibrate(0, 0.5f), Sigmoid(1, 1, 0, 0.5));
  EXPECT_EQ(calibrator->Calibrate(1, 0.9f), 0.125f);
  EXPECT_EQ(calibrator->Calibrate(2, std::numeric_limits<float>::quiet_NaN()), 0.125f);
}

TEST(ScoreCalibratorTest, SteepSigmoidsSaturateInsteadOfOverflowing) {
  const auto calibrator = Make(ScoreTransformation::kIdentity, "0.7,1e30,0\n0.7,-1e30,0\n", 2);
  ASSERT_TRUE(calibrator.ok()) << calibrator.status();
  EXPECT_EQ(calibrator->Calibrate(0, 1), 0.7f);
  EXPECT_EQ(calibrator->Calibrate(1, 1), 0.0f);
}

TEST(ScoreCalibratorTest, LastClassMayHaveAnEmptyLineWithOrWithoutALineEnd) {
  EXPECT_TRUE(Make(ScoreTransformation::kIdentity, "1,1,0\n", 2).ok());
  EXPECT_TRUE(Make(ScoreTransformation::kIdentity, "1,1,0\n\n", 2).ok());
}

TEST(ScoreCalibratorTest, MalformedFilesAreRefusedWithTheLine) {
  const struct {
    const char* csv;
    const char* message;
  } bad[] = {
      {"1,1,0\n1,1\n", "line 2 has 2 values"},
      {"1,1,0\n1,1,0,0,0\n", "line 2 has 5 values"},
      {"1,x,0\n1,1,0\n", "line 1: 'x' is not a finite number"},
      {"1,1,nan\n1,1,0\n", "line 1"},
      {"1,1,0\n-1,1,0\n", "line 2 has scale -1"},
      {"1,1,0\n1,1,0\n1,1,0\n",
       "the file has 3 lines, but the model has 2 classes: line 3 is too many"},
      {"1,1,0", "the file has 1 lines, but the model has 2 classes: line 2 is missing"},
  };
  for (const auto& [csv, message] : bad) {
    const absl::Status status = Make(ScoreTransformation::kIdentity, csv, 2).status();
    EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidMetadata) << csv;
    EXPECT_THAT(std::string(status.message()), HasSubstr(message));
  }
}

}  // namespace
}  // namespace edgetasks::tasks
