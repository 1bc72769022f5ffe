#include "core/model/tflite_metadata.h"

#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/schema/tflite_metadata_generated.h"
#include "core/model/text_budget.h"

namespace edgetasks::model {
namespace {

namespace fb = metadata;

// A subgraph's metadata seldom has more than a few tensors. The limit keeps a small hostile file,
// whose vectors may point to one table a million times, from becoming large in memory.
constexpr size_t kMaxItems = 4096;

// Counts what is read and copied from one metadata, over all nesting: shared tables may be reached
// many times.
class Reader {
 public:
  Reader(size_t buffer_bytes, const ZipArchive* files) : text_(buffer_bytes), files_(files) {}

  absl::StatusOr<TfliteMetadata> ReadModel(const fb::ModelMetadata& model);

 private:
  using AssociatedFiles = flatbuffers::Vector<flatbuffers::Offset<fb::AssociatedFile>>;
  using TensorList = flatbuffers::Vector<flatbuffers::Offset<fb::TensorMetadata>>;

  absl::Status CountItems(size_t count, absl::string_view what) {
    items_ += count;
    if (items_ <= kMaxItems) return absl::OkStatus();
    return CorruptFile("the TFLite metadata lists ", count, " ", what, "; expected at most ",
                       kMaxItems, " items in all");
  }

  absl::Status ReadFiles(const AssociatedFiles* files, std::vector<AssociatedFile>* result);
  absl::Status ReadSubgraph(const fb::SubGraphMetadata& subgraph, TfliteMetadata* result);
  absl::Status ReadTensors(const TensorList* tensors, std::vector<TensorMetadata>* result);
  absl::StatusOr<TensorMetadata> ReadTensor(const fb::TensorMetadata& tensor);
  absl::Status ReadProcessUnit(const fb::ProcessUnit& unit, TensorMetadata* result);
  absl::Status ReadFloats(const flatbuffers::Vector<float>* values, absl::string_view what,
                          std::vector<float>* result);

  TextBudget text_;
  const ZipArchive* files_;
  size_t items_ = 0;
};

absl::Status Reader::ReadFiles(const AssociatedFiles* files, std::vector<AssociatedFile>* result) {
  if (files == nullptr) return absl::OkStatus();
  ET_RETURN_IF_ERROR(CountItems(files->size(), "associated files"));
  for (const fb::AssociatedFile* file : *files) {
    AssociatedFile read;
    read.name = text_.Copy(file->name());
    read.description = text_.Copy(file->description());
    read.locale = text_.Copy(file->locale());
    read.version = text_.Copy(file->version());
    read.type = static_cast<AssociatedFileType>(file->type());
    const ZipEntry* entry = files_ == nullptr ? nullptr : files_->Find(read.name);
    if (entry != nullptr) {
      if (!entry->obstacle.empty()) {
        return Unsupported(ErrorDetail::kUnsupportedFormat, "the associated file '", read.name,
                           "' is compressed (", entry->obstacle,
                           "), expected stored; pack it again without compression");
      }
      read.data = entry->data;
    }
    result->push_back(std::move(read));
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadFloats(const flatbuffers::Vector<float>* values, absl::string_view what,
                                std::vector<float>* result) {
  if (values == nullptr) return absl::OkStatus();
  ET_RETURN_IF_ERROR(CountItems(values->size(), what));
  for (const float value : *values) {
    if (!std::isfinite(value)) {
      return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidMetadata,
                       absl::StrCat("the TFLite metadata holds a ", what, " of ", value,
                                    "; expected finite numbers"));
    }
    result->push_back(value);
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadProcessUnit(const fb::ProcessUnit& unit, TensorMetadata* result) {
  if (const auto* options = unit.options_as_NormalizationOptions()) {
    Normalization normalization;
    ET_RETURN_IF_ERROR(ReadFloats(options->mean(), "normalization mean", &normalization.mean));
    ET_RETURN_IF_ERROR(ReadFloats(options->std(), "normalization std", &normalization.std));
    result->normalizations.push_back(std::move(normalization));
  } else if (const auto* calibration = unit.options_as_ScoreCalibrationOptions()) {
    result->score_calibrations.push_back(
        {static_cast<ScoreTransformation>(calibration->score_transformation()),
         calibration->default_score()});
  } else if (const auto* threshold = unit.options_as_ScoreThresholdingOptions()) {
    result->score_thresholds.push_back(threshold->global_score_threshold());
  }
  return absl::OkStatus();
}

absl::StatusOr<TensorMetadata> Reader::ReadTensor(const fb::TensorMetadata& tensor) {
  TensorMetadata result;
  result.name = text_.Copy(tensor.name());
  result.description = text_.Copy(tensor.description());
  if (tensor.dimension_names() != nullptr) {
    ET_RETURN_IF_ERROR(CountItems(tensor.dimension_names()->size(), "dimension names"));
    for (const flatbuffers::String* name : *tensor.dimension_names()) {
      result.dimension_names.push_back(text_.Copy(name));
    }
  }
  if (tensor.content() != nullptr) {
    if (const auto* image = tensor.content()->content_properties_as_ImageProperties()) {
      result.color_space = static_cast<ColorSpace>(image->color_space());
    }
  }
  if (tensor.process_units() != nullptr) {
    ET_RETURN_IF_ERROR(CountItems(tensor.process_units()->size(), "process units"));
    for (const fb::ProcessUnit* unit : *tensor.process_units()) {
      ET_RETURN_IF_ERROR(ReadProcessUnit(*unit, &result));
    }
  }
  if (tensor.stats() != nullptr) {
    ET_RETURN_IF_ERROR(ReadFloats(tensor.stats()->min(), "minimum", &result.stats_min));
    ET_RETURN_IF_ERROR(ReadFloats(tensor.stats()->max(), "maximum", &result.stats_max));
  }
  ET_RETURN_IF_ERROR(ReadFiles(tensor.associated_files(), &result.associated_files));
  return result;
}

absl::Status Reader::ReadTensors(const TensorList* tensors, std::vector<TensorMetadata>* result) {
  if (tensors == nullptr) return absl::OkStatus();
  ET_RETURN_IF_ERROR(CountItems(tensors->size(), "tensors"));
  for (const fb::TensorMetadata* tensor : *tensors) {
    ET_ASSIGN_OR_RETURN(TensorMetadata read, ReadTensor(*tensor));
    result->push_back(std::move(read));
  }
  return absl::OkStatus();
}

absl::Status Reader::ReadSubgraph(const fb::SubGraphMetadata& subgraph, TfliteMetadata* result) {
  ET_RETURN_IF_ERROR(ReadTensors(subgraph.input_tensor_metadata(), &result->inputs));
  ET_RETURN_IF_ERROR(ReadTensors(subgraph.output_tensor_metadata(), &result->outputs));
  ET_RETURN_IF_ERROR(ReadFiles(subgraph.associated_files(), &result->associated_files));
  if (subgraph.custom_metadata() != nullptr) {
    ET_RETURN_IF_ERROR(CountItems(subgraph.custom_metadata()->size(), "custom metadata"));
    for (const fb::CustomMetadata* custom : *subgraph.custom_metadata()) {
      absl::Span<const uint8_t> data;
      if (custom->data() != nullptr) data = {custom->data()->data(), custom->data()->size()};
      result->custom.push_back({text_.Copy(custom->name()), data});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<TfliteMetadata> Reader::ReadModel(const fb::ModelMetadata& model) {
  TfliteMetadata result;
  result.name = text_.Copy(model.name());
  result.description = text_.Copy(model.description());
  result.version = text_.Copy(model.version());
  result.author = text_.Copy(model.author());
  result.license = text_.Copy(model.license());
  result.min_parser_version = text_.Copy(model.min_parser_version());
  ET_RETURN_IF_ERROR(ReadFiles(model.associated_files(), &result.associated_files));
  // The format allows one entry a subgraph, and its readers know the first only.
  if (model.subgraph_metadata() != nullptr && model.subgraph_metadata()->size() > 0) {
    ET_RETURN_IF_ERROR(ReadSubgraph(*model.subgraph_metadata()->Get(0), &result));
  }
  if (text_.exceeded()) {
    return CorruptFile("the TFLite metadata repeats its strings beyond all measure");
  }
  return result;
}

// "1.10.2" as numbers; missing parts are 0. False if a part is not a number.
bool ParseVersion(absl::string_view text, std::array<int, 3>* version) {
  version->fill(0);
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() > version->size()) return false;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!absl::SimpleAtoi(parts[i], &(*version)[i]) || (*version)[i] < 0) return false;
  }
  return true;
}

absl::Status CheckParserVersion(const flatbuffers::String* min_parser_version) {
  if (min_parser_version == nullptr) return absl::OkStatus();
  const absl::string_view asked(min_parser_version->data(), min_parser_version->size());
  std::array<int, 3> needed, ours;
  ParseVersion(kMetadataParserVersion, &ours);
  if (!ParseVersion(asked, &needed)) {
    return CorruptFile("the TFLite metadata has min_parser_version '", asked,
                       "'; expected a version such as '1.0.0'");
  }
  if (needed > ours) {
    return Unsupported(ErrorDetail::kUnsupportedFormat, "the TFLite metadata needs parser version ",
                       asked, ", this one reads up to ", kMetadataParserVersion,
                       "; write the metadata with an older schema, or update EdgeTasks");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TfliteMetadata> ParseTfliteMetadata(absl::Span<const uint8_t> bytes,
                                                   const ZipArchive* files) {
  // The identifier stands behind the root offset, at bytes 4 to 7.
  if (bytes.size() < 8 || !fb::ModelMetadataBufferHasIdentifier(bytes.data())) {
    return CorruptFile("the TFLITE_METADATA buffer of ", bytes.size(),
                       " bytes does not begin with the identifier M001; write the metadata again");
  }
  flatbuffers::Verifier verifier(bytes.data(), bytes.size());
  if (!fb::VerifyModelMetadataBuffer(verifier)) {
    return CorruptFile(
        "the TFLite metadata is not a valid FlatBuffer; write the metadata again, "
        "or download the file again");
  }
  const fb::ModelMetadata& model = *fb::GetModelMetadata(bytes.data());
  ET_RETURN_IF_ERROR(CheckParserVersion(model.min_parser_version()));
  return Reader(bytes.size(), files).ReadModel(model);
}

}  // namespace edgetasks::model
