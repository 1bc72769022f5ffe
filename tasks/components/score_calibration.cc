#include "tasks/components/score_calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "core/base/status_macros.h"
#include "tasks/components/label_file.h"
#include "tasks/components/options_check.h"

namespace edgetasks::tasks {
namespace {

// Below this the logarithm is continued by 2 log t - log(2t - x), which meets it at t with the same
// slope and is finite for every finite x. Source: the clamped logarithm of MediaPipe's score
// calibration, t = 1e-16.
constexpr double kLogThreshold = 1e-16;

double ClampedLog(double x) {
  if (x >= kLogThreshold) return std::log(x);
  return 2 * std::log(kLogThreshold) - std::log(2 * kLogThreshold - x);
}

double Transform(model::ScoreTransformation transformation, double x) {
  switch (transformation) {
    case model::ScoreTransformation::kIdentity:
      return x;
    case model::ScoreTransformation::kLog:
      return ClampedLog(x);
    case model::ScoreTransformation::kInverseLogistic:
      return ClampedLog(x) - ClampedLog(1 - x);
  }
  return x;
}

}  // namespace

absl::StatusOr<std::optional<ScoreCalibrator::Sigmoid>> ScoreCalibrator::ParseLine(
    absl::string_view line, int number) {
  line = absl::StripAsciiWhitespace(line);
  if (line.empty()) return std::optional<Sigmoid>();
  const std::vector<absl::string_view> fields = absl::StrSplit(line, ',');
  if (fields.size() != 3 && fields.size() != 4) {
    return InvalidMetadata("score calibration: line ", number, " has ", fields.size(),
                           " values; expected scale,slope,offset[,min_score] or nothing");
  }
  std::array<float, 4> values{};
  for (size_t i = 0; i < fields.size(); ++i) {
    if (!absl::SimpleAtof(fields[i], &values[i]) || !std::isfinite(values[i])) {
      return InvalidMetadata("score calibration: line ", number, ": '", fields[i],
                             "' is not a finite number");
    }
  }
  if (values[0] < 0) {
    return InvalidMetadata("score calibration: line ", number, " has scale ", values[0],
                           "; it must be >= 0");
  }
  Sigmoid sigmoid{values[0], values[1], values[2], std::nullopt};
  if (fields.size() == 4) sigmoid.min_score = values[3];
  return sigmoid;
}

absl::StatusOr<ScoreCalibrator> ScoreCalibrator::Create(const model::ScoreCalibration& calibration,
                                                        absl::Span<const uint8_t> file,
                                                        int num_classes) {
  std::vector<absl::string_view> lines = SplitLines(file);
  if (lines.size() + 1 == static_cast<size_t>(num_classes) &&
      (file.empty() || file.back() == '\n')) {
    lines.emplace_back();
  }
  if (lines.size() != static_cast<size_t>(num_classes)) {
    const size_t count = num_classes;
    return InvalidMetadata("score calibration: the file has ", lines.size(),
                           " lines, but the model has ", num_classes, " classes: line ",
                           std::min(lines.size(), count) + 1,
                           lines.size() < count ? " is missing" : " is too many");
  }
  ScoreCalibrator calibrator;
  calibrator.calibration_ = calibration;
  calibrator.sigmoids_.reserve(lines.size());
  for (const absl::string_view line : lines) {
    ET_ASSIGN_OR_RETURN(std::optional<Sigmoid> sigmoid,
                        ParseLine(line, static_cast<int>(calibrator.sigmoids_.size()) + 1));
    calibrator.sigmoids_.push_back(std::move(sigmoid));
  }
  return calibrator;
}

float ScoreCalibrator::Calibrate(int index, float score) const {
  const std::optional<Sigmoid>& sigmoid = sigmoids_[index];
  if (!sigmoid.has_value() || std::isnan(score) ||
      (sigmoid->min_score.has_value() && score < *sigmoid->min_score)) {
    return calibration_.default_score;
  }
  const double scale = sigmoid->scale;
  const double x = sigmoid->slope * Transform(calibration_.transformation, score) + sigmoid->offset;
  // The sign decides the form whose exponential cannot overflow.
  const double value =
      x >= 0 ? scale / (1 + std::exp(-x)) : scale * std::exp(x) / (1 + std::exp(x));
  return static_cast<float>(std::clamp(value, 0.0, scale));
}

}  // namespace edgetasks::tasks
