#include "tasks/components/classification_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/base/error.h"

namespace edgetasks::tasks {
namespace {

using model::AssociatedFile;
using model::AssociatedFileType;
using ::testing::ElementsAre;
using ::testing::FieldsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

AssociatedFile File(AssociatedFileType type, absl::string_view text,
                    const std::string& locale = "") {
  AssociatedFile file;
  file.name = "file.txt";
  file.type = type;
  file.locale = locale;
  file.data = {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
  return file;
}

// Three classes in two languages.
model::TensorMetadata Animals() {
  model::TensorMetadata metadata;
  metadata.name = "animal";
  metadata.associated_files = {
      File(AssociatedFileType::kTensorAxisLabels, "cat\ndog\nowl\n"),
      File(AssociatedFileType::kTensorAxisLabels, "Katze\nHund\nEule\n", "de")};
  return metadata;
}

constexpr float kScores[] = {0.2f, 0.5f, 0.3f};

absl::StatusOr<ClassificationHead> Make(const ClassifierOptions& options,
                                        const model::TensorMetadata* metadata,
                                        int num_classes = 3) {
  return ClassificationHead::Create(options, options.labels, metadata, /*head_index=*/0,
                                    num_classes);
}

Classifications Classify(const ClassifierOptions& options, const model::TensorMetadata* metadata) {
  const auto head = Make(options, metadata);
  EXPECT_TRUE(head.ok()) << head.status();
  return head.ok() ? head->Classify(kScores) : Classifications{};
}

std::vector<int> Indices(const Classifications& classifications) {
  std::vector<int> indices;
  for (const Category& category : classifications.categories) indices.push_back(category.index);
  return indices;
}

void ExpectError(const absl::Status& status, ErrorDetail detail, const std::string& message) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status), detail);
  EXPECT_THAT(std::string(status.message()), HasSubstr(message));
}

TEST(ClassificationHeadTest, SortsByScoreAndNamesClassesInBothWays) {
  const model::TensorMetadata metadata = Animals();
  ClassifierOptions options;
  options.display_names_locale = "de";
  const Classifications result = Classify(options, &metadata);
  EXPECT_THAT(result.categories,
              ElementsAre(FieldsAre(1, 0.5f, "dog", "Hund"), FieldsAre(2, 0.3f, "owl", "Eule"),
                          FieldsAre(0, 0.2f, "cat", "Katze")));
  EXPECT_EQ(result.head_index, 0);
  EXPECT_EQ(result.head_name, "animal");
}

TEST(ClassificationHeadTest, UnknownLocaleLeavesDisplayNamesEmpty) {
  const model::TensorMetadata metadata = Animals();
  const Classifications result = Classify({}, &metadata);  // "en"
  EXPECT_THAT(result.categories[0], FieldsAre(1, 0.5f, "dog", ""));
}

TEST(ClassificationHeadTest, WithoutMetadataCategoriesHaveAnIndexOnly) {
  const Classifications result = Classify({}, nullptr);
  EXPECT_THAT(result.categories[0], FieldsAre(1, 0.5f, "", ""));
  EXPECT_FALSE(result.head_name.has_value());
}

TEST(ClassificationHeadTest, OptionLabelsReplaceTheFiles) {
  const model::TensorMetadata metadata = Animals();
  ClassifierOptions options;
  options.display_names_locale = "de";
  options.labels = {"a", "b", "c"};
  EXPECT_THAT(Classify(options, &metadata).categories[0], FieldsAre(1, 0.5f, "b", ""));
}

TEST(ClassificationHeadTest, MaxResultsKeepsTheBest) {
  ClassifierOptions options;
  options.max_results = 2;
  EXPECT_THAT(Indices(Classify(options, nullptr)), ElementsAre(1, 2));
  options.max_results = 100;
  EXPECT_THAT(Indices(Classify(options, nullptr)), ElementsAre(1, 2, 0));
}

TEST(ClassificationHeadTest, EqualScoresComeByIndex) {
  const auto head = Make({}, nullptr);
  ASSERT_TRUE(head.ok());
  EXPECT_THAT(Indices(head->Classify({0.5f, 0.5f, 0.5f})), ElementsAre(0, 1, 2));
}

TEST(ClassificationHeadTest, ThresholdOfTheOptionsOverridesTheMetadatas) {
  model::TensorMetadata metadata = Animals();
  metadata.score_thresholds = {0.4f};
  EXPECT_THAT(Indices(Classify({}, &metadata)), ElementsAre(1));
  ClassifierOptions options;
  options.score_threshold = 0.3f;  // a score that equals it passes
  EXPECT_THAT(Indices(Classify(options, &metadata)), ElementsAre(1, 2));
  options.score_threshold = 0.9f;
  EXPECT_THAT(Indices(Classify(options, &metadata)), IsEmpty());
}

TEST(ClassificationHeadTest, ListsSelectByLabelAndIgnoreUnknownOnes) {
  const model::TensorMetadata metadata = Animals();
  ClassifierOptions options;
  options.category_allowlist = {"owl", "cat", "unicorn"};
  EXPECT_THAT(Indices(Classify(options, &metadata)), ElementsAre(2, 0));
  options.category_allowlist = {"unicorn"};
  EXPECT_THAT(Indices(Classify(options, &metadata)), IsEmpty());
  options.category_allowlist.clear();
  options.category_denylist = {"dog", "unicorn"};
  EXPECT_THAT(Indices(Classify(options, &metadata)), ElementsAre(2, 0));
}

TEST(ClassificationHeadTest, ScoresThatAreNoNumbersAreLeftOut) {
  const auto head = Make({}, nullptr);
  ASSERT_TRUE(head.ok());
  EXPECT_THAT(Indices(head->Classify({NAN, -INFINITY, INFINITY})), ElementsAre(2, 1));
}

TEST(ClassificationHeadTest, CalibrationComesBeforeThresholdAndOrder) {
  model::TensorMetadata metadata = Animals();
  metadata.score_calibrations = {{model::ScoreTransformation::kIdentity, 0.0f}};
  // dog: no line, default 0; cat: 1 / (1 + e^0) = 0.5; owl: 0.25.
  metadata.associated_files.push_back(
      File(AssociatedFileType::kTensorAxisScoreCalibration, "1,0,0\n\n0.5,0,0\n"));
  ClassifierOptions options;
  options.score_threshold = 0.1f;
  EXPECT_THAT(Classify(options, &metadata).categories,
              ElementsAre(FieldsAre(0, 0.5f, "cat", ""), FieldsAre(2, 0.25f, "owl", "")));
}

TEST(ClassificationHeadTest, LabelCountErrorsNameBothCounts) {
  ClassifierOptions options;
  options.labels = {"a", "b"};
  ExpectError(Make(options, nullptr).status(), ErrorDetail::kInvalidOption,
              "head 0 has 3 classes, but 2 labels are given");
  const model::TensorMetadata metadata = Animals();
  ExpectError(
      Make({}, &metadata, 4).status(), ErrorDetail::kInvalidMetadata,
      "'file.txt' has 3 labels, but the model has 4 classes: line 4 is missing; set labels or "
      "labels_path");
  ExpectError(Make({}, &metadata, 2).status(), ErrorDetail::kInvalidMetadata,
              "line 3 ('owl') is too many");
  options.labels_path = "my.txt";  // read by the caller
  ExpectError(Make(options, nullptr).status(), ErrorDetail::kInvalidOption,
              "labels_path 'my.txt' has 2 labels, but the model has 3 classes: line 3 is missing");
}

TEST(ClassificationHeadTest, ListsWithoutLabelsAreRefused) {
  ClassifierOptions options;
  options.category_denylist = {"cat"};
  ExpectError(Make(options, nullptr).status(), ErrorDetail::kInvalidOption,
              "category_denylist is set, but head 0 has no labels");
}

TEST(ClassificationHeadTest, LabelFileThatTheModelDoesNotContainIsNamed) {
  model::TensorMetadata metadata = Animals();
  metadata.associated_files[0].data = {};
  ExpectError(Make({}, &metadata).status(), ErrorDetail::kInvalidMetadata,
              "'file.txt', but the model file does not contain it");
}

TEST(ClassificationHeadTest, MalformedCalibrationIsNamedByFileAndLine) {
  model::TensorMetadata metadata = Animals();
  metadata.score_calibrations.resize(1);
  metadata.associated_files.push_back(
      File(AssociatedFileType::kTensorAxisScoreCalibration, "1,1,0\n1,x,0\n\n"));
  ExpectError(
      Make({}, &metadata).status(), ErrorDetail::kInvalidMetadata,
      "head 0 ('animal'): 'file.txt': score calibration: line 2: 'x' is not a finite number");
}

TEST(ClassificationHeadTest, RepeatedOrIncompleteMetadataIsRefused) {
  model::TensorMetadata metadata = Animals();
  metadata.score_thresholds = {0.1f, 0.2f};
  ExpectError(Make({}, &metadata).status(), ErrorDetail::kInvalidMetadata, "2 score thresholds");
  metadata = Animals();
  metadata.score_calibrations.resize(2);
  ExpectError(Make({}, &metadata).status(), ErrorDetail::kInvalidMetadata, "2 score calibrations");
  metadata.score_calibrations.resize(1);
  ExpectError(Make({}, &metadata).status(), ErrorDetail::kInvalidMetadata,
              "contains no score calibration file");
}

}  // namespace
}  // namespace edgetasks::tasks
