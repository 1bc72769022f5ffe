// TFLite Model Metadata: what a .tflite says about its inputs and outputs, and the files behind it.
// Source of the tables: metadata schema with file identifier "M001".
#ifndef CORE_MODEL_TFLITE_METADATA_H_
#define CORE_MODEL_TFLITE_METADATA_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/zip_archive.h"

namespace edgetasks::model {

enum class AssociatedFileType {
  kUnknown = 0,
  kDescriptions = 1,
  kTensorAxisLabels = 2,
  kTensorValueLabels = 3,
  kTensorAxisScoreCalibration = 4,
  kVocabulary = 5,
  kScannIndexFile = 6,
};

struct AssociatedFile {
  std::string name, description, locale, version;
  AssociatedFileType type = AssociatedFileType::kUnknown;
  // The file's bytes, from the ZIP behind the model; null data() if it is not there.
  absl::Span<const uint8_t> data;
};

// (value - mean) / std for each channel; one value stands for all channels.
struct Normalization {
  std::vector<float> mean, std;
};

enum class ScoreTransformation { kIdentity = 0, kLog = 1, kInverseLogistic = 2 };

struct ScoreCalibration {
  ScoreTransformation transformation = ScoreTransformation::kIdentity;
  float default_score = 0.0f;
};

enum class ColorSpace { kUnknown = 0, kRgb = 1, kGrayscale = 2 };

struct TensorMetadata {
  std::string name, description;
  std::vector<std::string> dimension_names;
  std::optional<ColorSpace> color_space;  // present if the content is an image
  std::vector<float> stats_min, stats_max;
  std::vector<Normalization> normalizations;  // more than one is an error of the task's
  std::vector<ScoreCalibration> score_calibrations;
  std::vector<float> score_thresholds;
  std::vector<AssociatedFile> associated_files;
};

struct CustomMetadata {
  std::string name;
  absl::Span<const uint8_t> data;
};

struct TfliteMetadata {
  std::string name, description, version, author, license, min_parser_version;
  std::vector<AssociatedFile> associated_files;  // of the model and of its subgraph
  std::vector<TensorMetadata> inputs, outputs;   // of the first subgraph; may be shorter than it
  std::vector<CustomMetadata> custom;
};

// The newest metadata schema that is understood: its version string is compared with a file's
// min_parser_version.
inline constexpr char kMetadataParserVersion[] = "1.5.0";

// Parses a metadata FlatBuffer; `files` are the entries of the ZIP behind the model, null if there
// is none. The result holds views into both, which must outlive it. `bytes` must be aligned to 8.
// Errors: kCorruptFile; kUnsupportedFormat if the file asks for a newer parser; kInvalidMetadata
// for numbers outside their ranges.
absl::StatusOr<TfliteMetadata> ParseTfliteMetadata(absl::Span<const uint8_t> bytes,
                                                   const ZipArchive* files);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TFLITE_METADATA_H_
