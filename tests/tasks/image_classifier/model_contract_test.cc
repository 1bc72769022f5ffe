#include "tasks/image_classifier/model_contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>

#include "core/base/error.h"

namespace edgetasks::tasks {
namespace {

using image::TensorLayout;
using image::ValueTable;
using ir::DType;
using ir::Shape;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

ir::Tensor Tensor(const std::string& name, DType dtype, const Shape& shape) {
  ir::Tensor tensor;
  tensor.name = name;
  tensor.dtype = dtype;
  tensor.shape = tensor.shape_signature = shape;
  return tensor;
}

// What a reader would make of a .tflite with these inputs and outputs (and no ops: the contract
// does not look at them).
model::ModelFile File(std::vector<ir::Tensor> inputs, std::vector<ir::Tensor> outputs) {
  ir::Graph graph;
  for (ir::Tensor& tensor : inputs) {
    graph.inputs.push_back(static_cast<int>(graph.tensors.size()));
    graph.tensors.push_back(std::move(tensor));
  }
  for (ir::Tensor& tensor : outputs) {
    graph.outputs.push_back(static_cast<int>(graph.tensors.size()));
    graph.tensors.push_back(std::move(tensor));
  }
  model::ModelFile file;
  file.models.emplace_back();
  file.models[0].model.graphs.push_back(std::move(graph));
  return file;
}

model::ModelFile FileWithInput(ir::Tensor input) {
  return File({std::move(input)}, {Tensor("out", DType::kFloat32, {1, 10})});
}
model::ModelFile FileWithOutput(ir::Tensor output) {
  return File({Tensor("in", DType::kFloat32, {1, 8, 6, 3})}, {std::move(output)});
}

void ExpectError(const absl::Status& status, ErrorDetail detail, const std::string& message) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status), detail);
  EXPECT_THAT(std::string(status.message()), HasSubstr(message));
}

TEST(ModelContractTest, ChannelsLastIsReadFromTheShape) {
  const auto contract =
      CheckContract(FileWithInput(Tensor("in", DType::kFloat32, {1, 8, 6, 3})), {});
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(contract->input.spec.height, 8);
  EXPECT_EQ(contract->input.spec.width, 6);
  EXPECT_EQ(contract->input.spec.channels, 3);
  EXPECT_EQ(contract->input.spec.layout, TensorLayout::kNhwc);
}

TEST(ModelContractTest, ChannelsFirstIsReadFromTheShape) {
  const auto contract =
      CheckContract(FileWithInput(Tensor("in", DType::kFloat32, {1, 1, 8, 6})), {});
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(contract->input.spec.height, 8);
  EXPECT_EQ(contract->input.spec.width, 6);
  EXPECT_EQ(contract->input.spec.channels, 1);
  EXPECT_EQ(contract->input.spec.layout, TensorLayout::kNchw);
}

TEST(ModelContractTest, FloatWithoutMetadataGetsTheDocumentedDefaultAndSaysSo) {
  const auto contract =
      CheckContract(FileWithInput(Tensor("in", DType::kFloat32, {1, 8, 6, 3})), {});
  ASSERT_TRUE(contract.ok()) << contract.status();
  const auto& values = std::get<ValueTable<float>>(contract->input.values);
  EXPECT_EQ(values[0][0], -1.0f);
  EXPECT_EQ(values[2][255], 1.0f);
  EXPECT_THAT(contract->assumptions,
              ElementsAre(HasSubstr("mean 127.5 and std 127.5 are assumed; set mean and std")));
}

TEST(ModelContractTest, MetadataNormalizesEachChannelAndOptionsOverrideIt) {
  model::ModelFile file = FileWithInput(Tensor("in", DType::kFloat32, {1, 8, 6, 3}));
  file.metadata.emplace().inputs.emplace_back().normalizations = {{{1, 2, 3}, {1, 2, 4}}};
  auto contract = CheckContract(file, {});
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(std::get<ValueTable<float>>(contract->input.values)[2][11], 2.0f);
  EXPECT_THAT(contract->assumptions, IsEmpty());
  ImageClassifierOptions options;
  options.mean = {0};
  options.std = {255};
  contract = CheckContract(file, options);
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(std::get<ValueTable<float>>(contract->input.values)[2][255], 1.0f);
}

TEST(ModelContractTest, UInt8TakesPixelsAsTheyAreUnlessTheOptionsSayOtherwise) {
  ir::Tensor input = Tensor("in", DType::kUInt8, {1, 8, 6, 3});
  input.quantization.scales = {0.5f};
  input.quantization.zero_points = {10};
  model::ModelFile file = FileWithInput(input);
  file.metadata.emplace().inputs.emplace_back().normalizations = {{{127.5f}, {127.5f}}};
  auto contract = CheckContract(file, {});
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(std::get<ValueTable<uint8_t>>(contract->input.values)[1][77], 77);
  EXPECT_THAT(contract->assumptions, IsEmpty());
  ImageClassifierOptions options;
  options.mean = {7};
  options.std = {2};
  contract = CheckContract(file, options);
  ASSERT_TRUE(contract.ok()) << contract.status();
  // (77 - 7) / 2 / 0.5 + 10.
  EXPECT_EQ(std::get<ValueTable<uint8_t>>(contract->input.values)[1][77], 80);
}

TEST(ModelContractTest, Int8IsQuantizedFromTheNormalizedValue) {
  ir::Tensor input = Tensor("in", DType::kInt8, {1, 8, 6, 3});
  input.quantization.scales = {0.00611628545448184f};
  input.quantization.zero_points = {3};
  model::ModelFile file = FileWithInput(input);
  file.metadata.emplace().inputs.emplace_back().normalizations = {{{127.5f}, {127.5f}}};
  const auto contract = CheckContract(file, {});
  ASSERT_TRUE(contract.ok()) << contract.status();
  const auto& values = std::get<ValueTable<int8_t>>(contract->input.values);
  EXPECT_EQ(values[0][0], -128);  // -163.5 + 3
  // (150 - 127.5) / 127.5 / 0.00611628... = 28.85.
  EXPECT_EQ(values[0][150], 32);
}

TEST(ModelContractTest, Int8WithoutNormalizationCoversItsRangeAndSaysSo) {
  ir::Tensor input = Tensor("in", DType::kInt8, {1, 8, 6, 3});
  const auto contract = CheckContract(FileWithInput(input), {});
  ASSERT_TRUE(contract.ok()) << contract.status();
  EXPECT_EQ(std::get<ValueTable<int8_t>>(contract->input.values)[0][255], 127);
  EXPECT_THAT(contract->assumptions, ElementsAre(HasSubstr("value - 128 is assumed")));
  ImageClassifierOptions options;
  options.mean = {0};
  options.std = {255};
  ExpectError(CheckContract(FileWithInput(input), options).status(), ErrorDetail::kInvalidOption,
              "without quantization");
}

TEST(ModelContractTest, InputsThatAreNoPicturesAreRefusedWithWhatWasFound) {
  const std::pair<ir::Tensor, const char*> bad[] = {
      {Tensor("x", DType::kFloat32, {1, 8, 6}), "input 'x' is float32 [1, 8, 6]"},
      {Tensor("x", DType::kFloat32, {2, 8, 6, 3}), "expected [1, height, width, channels]"},
      {Tensor("x", DType::kFloat32, {1, 8, 6, 5}), "with 1, 3 or 4 channels"},
      {Tensor("x", DType::kFloat32, {1, 0, 6, 3}), "height and width must be 1 to"},
      {Tensor("x", DType::kFloat32, {}), "input 'x' is float32 []"},
      {Tensor("x", DType::kInt32, {1, 8, 6, 3}), "expected uint8, int8, int16, float16 or float32"},
  };
  for (const auto& [tensor, message] : bad) {
    ExpectError(CheckContract(FileWithInput(tensor), {}).status(), ErrorDetail::kNotAClassifier,
                message);
  }
}

TEST(ModelContractTest, OpenHeightOrWidthIsRefusedAndOpenBatchIsNot) {
  ir::Tensor tensor = Tensor("x", DType::kFloat32, {1, 8, 6, 3});
  tensor.shape_signature.set_dim(0, -1);
  EXPECT_TRUE(CheckContract(FileWithInput(tensor), {}).ok());
  tensor.shape_signature.set_dim(2, -1);
  ExpectError(CheckContract(FileWithInput(tensor), {}).status(), ErrorDetail::kNotAClassifier,
              "[-1, 8, -1, 3]; only the first dimension may be open");
}

TEST(ModelContractTest, OneInputIsExpected) {
  const ir::Tensor picture = Tensor("in", DType::kFloat32, {1, 8, 6, 3});
  const ir::Tensor scores = Tensor("out", DType::kFloat32, {1, 10});
  ExpectError(CheckContract(File({picture, picture}, {scores}), {}).status(),
              ErrorDetail::kNotAClassifier, "the model has 2 inputs; expected one");
  ExpectError(CheckContract(File({}, {scores}), {}).status(), ErrorDetail::kNotAClassifier,
              "the model has 0 inputs");
  ExpectError(CheckContract(File({picture}, {}), {}).status(), ErrorDetail::kNotAClassifier,
              "no output");
}

TEST(ModelContractTest, HeadsMayBeMixed) {
  ir::Tensor quantized = Tensor("b", DType::kUInt8, {1, 1, 1, 7});
  quantized.quantization.scales = {0.25f};
  quantized.quantization.zero_points = {4};
  const auto contract = CheckContract(File({Tensor("in", DType::kFloat32, {1, 8, 6, 3})},
                                           {Tensor("a", DType::kFloat32, {1, 10}), quantized}),
                                      {});
  ASSERT_TRUE(contract.ok()) << contract.status();
  ASSERT_EQ(contract->heads.size(), 2u);
  EXPECT_EQ(contract->heads[0].num_classes, 10);
  EXPECT_EQ(contract->heads[1].num_classes, 7);
  EXPECT_EQ(contract->heads[1].scale, 0.25f);
  EXPECT_EQ(contract->heads[1].zero_point, 4);
}

TEST(ModelContractTest, OutputsThatAreNoScoresAreRefused) {
  const std::pair<ir::Tensor, const char*> bad[] = {
      {Tensor("y", DType::kFloat32, {10}), "output 'y' is float32 [10]; expected [1, classes]"},
      {Tensor("y", DType::kFloat32, {1, 7, 7, 10}), "[1, 1, 1, classes]"},
      {Tensor("y", DType::kFloat32, {1, 0}), "with 1 to"},
      {Tensor("y", DType::kFloat32, {}), "output 'y' is float32 []"},
      {Tensor("y", DType::kInt64, {1, 10}),
       "expected float32, float16, uint8, int8, int16 or bool"},
  };
  for (const auto& [tensor, message] : bad) {
    ExpectError(CheckContract(FileWithOutput(tensor), {}).status(), ErrorDetail::kNotAClassifier,
                message);
  }
}

TEST(ModelContractTest, ScalesPerChannelAreRefused) {
  ir::Tensor tensor = Tensor("y", DType::kInt8, {1, 2});
  tensor.quantization.scales = {1, 2};
  tensor.quantization.zero_points = {0, 0};
  tensor.quantization.axis = 1;
  ExpectError(CheckContract(FileWithOutput(tensor), {}).status(), ErrorDetail::kNotAClassifier,
              "one scale a channel");
}

TEST(ModelContractTest, MetadataMustDescribeEveryOutput) {
  model::ModelFile file = FileWithOutput(Tensor("y", DType::kFloat32, {1, 10}));
  file.metadata.emplace().outputs.resize(2);
  ExpectError(CheckContract(file, {}).status(), ErrorDetail::kInvalidMetadata,
              "describes 2 outputs, but the model has 1");
}

TEST(ModelContractTest, NormalizationErrorsBlameTheirSource) {
  model::ModelFile file = FileWithInput(Tensor("in", DType::kFloat32, {1, 8, 6, 3}));
  ImageClassifierOptions options;
  options.mean = {1, 2};
  options.std = {1};
  ExpectError(CheckContract(file, options).status(), ErrorDetail::kInvalidOption,
              "mean has 2 values");
  options.std.clear();
  ExpectError(CheckContract(file, options).status(), ErrorDetail::kInvalidOption,
              "mean is set without std");
  file.metadata.emplace().inputs.emplace_back().normalizations = {{{1}, {0}}};
  ExpectError(CheckContract(file, {}).status(), ErrorDetail::kInvalidMetadata,
              "set mean and std to override it");
  file.metadata->inputs[0].normalizations.resize(2);
  ExpectError(CheckContract(file, {}).status(), ErrorDetail::kInvalidMetadata, "2 normalizations");
}

TEST(ModelContractTest, BundlesAreSentToTheOtherTask) {
  model::ModelFile file = FileWithInput(Tensor("in", DType::kFloat32, {1, 8, 6, 3}));
  file.container = model::Container::kTask;
  ExpectError(CheckContract(file, {}).status(), ErrorDetail::kNotAClassifier, "use LlmInference");
}

}  // namespace
}  // namespace edgetasks::tasks
