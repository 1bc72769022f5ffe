#include "core/model/tflite_metadata.h"

#include <limits>
#include <memory>

#include "core/model/schema/tflite_metadata_generated.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::Bytes;
using ::edgetasks::test::BytesOf;
using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;
using ::edgetasks::test::ZipBuilder;
using ::testing::ElementsAre;
namespace fb = metadata;

Bytes Pack(const fb::ModelMetadataT& model) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::ModelMetadata::Pack(builder, &model), fb::ModelMetadataIdentifier());
  return Bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
}

std::unique_ptr<fb::AssociatedFileT> File(const std::string& name, AssociatedFileType type) {
  auto file = std::make_unique<fb::AssociatedFileT>();
  file->name = name;
  file->description = "about " + name;
  file->type = static_cast<int8_t>(type);
  file->locale = "de";
  file->version = "7";
  return file;
}

template <typename Options>
std::unique_ptr<fb::ProcessUnitT> Unit(Options options) {
  auto unit = std::make_unique<fb::ProcessUnitT>();
  unit->options.Set(std::move(options));
  return unit;
}

std::unique_ptr<fb::ProcessUnitT> NormalizationUnit(std::vector<float> mean,
                                                    std::vector<float> std) {
  fb::NormalizationOptionsT options;
  options.mean = std::move(mean);
  options.std = std::move(std);
  return Unit(std::move(options));
}

// A model with one subgraph that has one input and one output.
fb::ModelMetadataT Classifier() {
  fb::ModelMetadataT model;
  model.name = "birds";
  model.subgraph_metadata.push_back(std::make_unique<fb::SubGraphMetadataT>());
  fb::SubGraphMetadataT& graph = *model.subgraph_metadata[0];
  graph.input_tensor_metadata.push_back(std::make_unique<fb::TensorMetadataT>());
  graph.output_tensor_metadata.push_back(std::make_unique<fb::TensorMetadataT>());
  return model;
}
fb::TensorMetadataT& Input(const fb::ModelMetadataT& model) {
  return *model.subgraph_metadata[0]->input_tensor_metadata[0];
}
fb::TensorMetadataT& Output(const fb::ModelMetadataT& model) {
  return *model.subgraph_metadata[0]->output_tensor_metadata[0];
}

absl::Status ParseStatus(const fb::ModelMetadataT& model, const ZipArchive* files = nullptr) {
  return ParseTfliteMetadata(Pack(model), files).status();
}

TEST(TfliteMetadataTest, TheModelsFieldsAreRead) {
  fb::ModelMetadataT model = Classifier();
  model.description = "which bird it is";
  model.version = "v2";
  model.author = "someone";
  model.license = "Apache-2.0";
  model.min_parser_version = "1.5.0";
  model.associated_files.push_back(File("model.txt", AssociatedFileType::kDescriptions));
  model.subgraph_metadata[0]->associated_files.push_back(
      File("graph.txt", AssociatedFileType::kUnknown));
  auto custom = std::make_unique<fb::CustomMetadataT>();
  custom->name = "extra";
  custom->data = {1, 2, 3};
  model.subgraph_metadata[0]->custom_metadata.push_back(std::move(custom));
  const Bytes bytes = Pack(model);
  const auto metadata = ParseTfliteMetadata(bytes, nullptr);
  ASSERT_THAT(metadata.status(), IsOk());
  EXPECT_EQ(metadata->name, "birds");
  EXPECT_EQ(metadata->description, "which bird it is");
  EXPECT_EQ(metadata->version, "v2");
  EXPECT_EQ(metadata->author, "someone");
  EXPECT_EQ(metadata->license, "Apache-2.0");
  EXPECT_EQ(metadata->min_parser_version, "1.5.0");
  ASSERT_EQ(metadata->associated_files.size(), 2u);
  EXPECT_EQ(metadata->associated_files[0].name, "model.txt");
  EXPECT_EQ(metadata->associated_files[1].name, "graph.txt");
  EXPECT_EQ(metadata->associated_files[0].data.data(), nullptr);
  ASSERT_EQ(metadata->custom.size(), 1u);
  EXPECT_EQ(metadata->custom[0].name, "extra");
  EXPECT_THAT(metadata->custom[0].data, ElementsAre(1, 2, 3));
}

TEST(TfliteMetadataTest, AnInputsFieldsAreRead) {
  fb::ModelMetadataT model = Classifier();
  fb::TensorMetadataT& input = Input(model);
  input.name = "image";
  input.description = "a picture";
  input.dimension_names = {"batch", "height"};
  input.content = std::make_unique<fb::ContentT>();
  fb::ImagePropertiesT image;
  image.color_space = 1;
  input.content->content_properties.Set(image);
  input.process_units.push_back(NormalizationUnit({1.0f, 2.0f, 3.0f}, {4.0f}));
  input.stats = std::make_unique<fb::StatsT>();
  input.stats->min = {-1.0f};
  input.stats->max = {1.0f, 2.0f};
  const auto metadata = ParseTfliteMetadata(Pack(model), nullptr);
  ASSERT_THAT(metadata.status(), IsOk());
  ASSERT_EQ(metadata->inputs.size(), 1u);
  const TensorMetadata& read = metadata->inputs[0];
  EXPECT_EQ(read.name, "image");
  EXPECT_EQ(read.description, "a picture");
  EXPECT_THAT(read.dimension_names, ElementsAre("batch", "height"));
  EXPECT_EQ(read.color_space, ColorSpace::kRgb);
  ASSERT_EQ(read.normalizations.size(), 1u);
  EXPECT_THAT(read.normalizations[0].mean, ElementsAre(1, 2, 3));
  EXPECT_THAT(read.normalizations[0].std, ElementsAre(4));
  EXPECT_THAT(read.stats_min, ElementsAre(-1));
  EXPECT_THAT(read.stats_max, ElementsAre(1, 2));
}

TEST(TfliteMetadataTest, AnOutputsFieldsAreRead) {
  fb::ModelMetadataT model = Classifier();
  fb::TensorMetadataT& output = Output(model);
  fb::ScoreCalibrationOptionsT calibration;
  calibration.score_transformation = 2;
  calibration.default_score = 0.25f;
  output.process_units.push_back(Unit(calibration));
  fb::ScoreThresholdingOptionsT threshold;
  threshold.global_score_threshold = 0.5f;
  output.process_units.push_back(Unit(threshold));
  output.process_units.push_back(Unit(fb::BertTokenizerOptionsT()));
  output.associated_files.push_back(File("labels.txt", AssociatedFileType::kTensorAxisLabels));
  output.associated_files.push_back(File("absent.txt", AssociatedFileType::kTensorValueLabels));
  const Bytes zip_bytes =
      ZipBuilder().Behind(Bytes(40)).Add("labels.txt", BytesOf("owl\ncrow\n")).Finish();
  const auto zip = ZipArchive::Open(zip_bytes);
  ASSERT_THAT(zip.status(), IsOk());
  const auto metadata = ParseTfliteMetadata(Pack(model), &*zip);
  ASSERT_THAT(metadata.status(), IsOk());
  const TensorMetadata& read = metadata->outputs[0];
  EXPECT_FALSE(read.color_space.has_value());
  ASSERT_EQ(read.score_calibrations.size(), 1u);
  EXPECT_EQ(read.score_calibrations[0].transformation, ScoreTransformation::kInverseLogistic);
  EXPECT_EQ(read.score_calibrations[0].default_score, 0.25f);
  EXPECT_THAT(read.score_thresholds, ElementsAre(0.5f));
  ASSERT_EQ(read.associated_files.size(), 2u);
  const AssociatedFile& labels = read.associated_files[0];
  EXPECT_EQ(labels.name, "labels.txt");
  EXPECT_EQ(labels.description, "about labels.txt");
  EXPECT_EQ(labels.type, AssociatedFileType::kTensorAxisLabels);
  EXPECT_EQ(labels.locale, "de");
  EXPECT_EQ(labels.version, "7");
  EXPECT_EQ(std::string(labels.data.begin(), labels.data.end()), "owl\ncrow\n");
  EXPECT_EQ(read.associated_files[1].data.data(), nullptr);
}

TEST(TfliteMetadataTest, EverythingIsOptional) {
  const auto metadata = ParseTfliteMetadata(Pack(fb::ModelMetadataT()), nullptr);
  ASSERT_THAT(metadata.status(), IsOk());
  EXPECT_TRUE(metadata->inputs.empty());
}

TEST(TfliteMetadataTest, CompressedAssociatedFilesAreRefused) {
  fb::ModelMetadataT model = Classifier();
  Output(model).associated_files.push_back(
      File("labels.txt", AssociatedFileType::kTensorAxisLabels));
  const Bytes zip_bytes = ZipBuilder().Add({"labels.txt", BytesOf("owl"), 8}).Finish();
  const auto zip = ZipArchive::Open(zip_bytes);
  ASSERT_THAT(zip.status(), IsOk());
  EXPECT_THAT(ParseStatus(model, &*zip),
              IsError(ErrorDetail::kUnsupportedFormat,
                      "'labels.txt' is compressed (deflate), expected stored"));
}

TEST(TfliteMetadataTest, NewerParserVersionsAreRefused) {
  fb::ModelMetadataT model = Classifier();
  for (const char* version : {"1.5.1", "1.10.0", "2.0.0"}) {
    model.min_parser_version = version;
    EXPECT_THAT(ParseStatus(model),
                IsError(ErrorDetail::kUnsupportedFormat, "this one reads up to 1.5.0"));
  }
  for (const char* version : {"1.0.0", "1.4.9", "1", ""}) {
    model.min_parser_version = version;
    EXPECT_THAT(ParseStatus(model), IsOk()) << version;
  }
  for (const char* version : {"new", "1.2.3.4", "1.-2.0", "1..0"}) {
    model.min_parser_version = version;
    EXPECT_THAT(ParseStatus(model),
                IsError(ErrorDetail::kCorruptFile, "expected a version such as '1.0.0'"));
  }
}

TEST(TfliteMetadataTest, OtherBytesAreCorrupt) {
  EXPECT_THAT(ParseTfliteMetadata(Bytes(4), nullptr).status(),
              IsError(ErrorDetail::kCorruptFile, "identifier M001"));
  EXPECT_THAT(ParseTfliteMetadata(Bytes(64), nullptr).status(),
              IsError(ErrorDetail::kCorruptFile, "identifier M001"));
  Bytes bytes = Pack(Classifier());
  bytes[0] = 0xff;  // the root table lies outside
  EXPECT_THAT(ParseTfliteMetadata(bytes, nullptr).status(),
              IsError(ErrorDetail::kCorruptFile, "not a valid FlatBuffer"));
}

TEST(TfliteMetadataTest, NumbersThatAreNotFiniteAreRefused) {
  fb::ModelMetadataT model = Classifier();
  Input(model).process_units.push_back(
      NormalizationUnit({std::numeric_limits<float>::quiet_NaN()}, {1.0f}));
  EXPECT_THAT(ParseStatus(model),
              IsError(ErrorDetail::kInvalidMetadata, "a normalization mean of nan"));
}

TEST(TfliteMetadataTest, ListsBeyondAllMeasureAreCorrupt) {
  fb::ModelMetadataT model = Classifier();
  Input(model).dimension_names.resize(4097);
  EXPECT_THAT(ParseStatus(model), IsError(ErrorDetail::kCorruptFile, "lists 4097 dimension names"));
}

// A small file that would be large in memory: many tables that point to one long string.
TEST(TfliteMetadataTest, RepeatedStringsAreBounded) {
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString(std::string(100000, 'x'));
  std::vector<flatbuffers::Offset<fb::AssociatedFile>> files;
  for (int i = 0; i < 1000; ++i) {
    fb::AssociatedFileBuilder file(builder);
    file.add_name(name);
    files.push_back(file.Finish());
  }
  const auto list = builder.CreateVector(files);
  fb::ModelMetadataBuilder model(builder);
  model.add_associated_files(list);
  builder.Finish(model.Finish(), fb::ModelMetadataIdentifier());
  const Bytes bytes(builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize());
  EXPECT_THAT(ParseTfliteMetadata(bytes, nullptr).status(),
              IsError(ErrorDetail::kCorruptFile, "repeats its strings"));
}

}  // namespace
}  // namespace edgetasks::model
