// Score calibration of TFLite metadata: what a raw score of each class is worth.
//
// Formula (metadata schema, ScoreCalibrationOptions): for class i, with "scale,slope,offset" or
// "scale,slope,offset,min_score" in line i of the calibration file,
//   f(x) = scale / (1 + e^-(slope * g(x) + offset)), clamped to [0, scale], if x >= min_score;
//   f(x) = default_score where x is lower or the line is empty;
//   g(x) = x (IDENTITY), log x (LOG) or log x - log(1 - x) (INVERSE_LOGISTIC).
#ifndef TASKS_COMPONENTS_SCORE_CALIBRATION_H_
#define TASKS_COMPONENTS_SCORE_CALIBRATION_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/model/tflite_metadata.h"

namespace edgetasks::tasks {

// Immutable: share it between threads.
class ScoreCalibrator {
 public:
  // `file`: the CSV described above. INVALID_ARGUMENT (kInvalidMetadata) with the line's number if
  // the file has not num_classes lines, a line has not 0, 3 or 4 numbers, or a scale is negative.
  // Lines as in label files, but where the last class's line is empty it may lack its own end.
  static absl::StatusOr<ScoreCalibrator> Create(const model::ScoreCalibration& calibration,
                                                absl::Span<const uint8_t> file, int num_classes);

  // The calibrated score of class `index`; default_score for NaN.
  float Calibrate(int index, float score) const;

 private:
  struct Sigmoid {
    float scale, slope, offset;
    std::optional<float> min_score;
  };

  ScoreCalibrator() = default;
  static absl::StatusOr<std::optional<Sigmoid>> ParseLine(absl::string_view line, int number);

  model::ScoreCalibration calibration_;
  std::vector<std::optional<Sigmoid>> sigmoids_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_COMPONENTS_SCORE_CALIBRATION_H_
