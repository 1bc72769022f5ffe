// Every graph file of the test data opens, and holds what its makers put into it.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/mapped_file.h"
#include "core/model/tflite_reader.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace edgetasks::model {
namespace {

namespace fs = std::filesystem;

class TfliteTestdataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* path = std::getenv("EDGETASKS_TESTDATA");
    if (path == nullptr) GTEST_SKIP() << "EDGETASKS_TESTDATA is not set";
    testdata_ = path;
  }

  struct Read {
    std::shared_ptr<const MappedFile> file;
    std::vector<std::unique_ptr<std::vector<uint64_t>>> owned;
    ir::Model model;
  };

  static absl::Status ReadPath(const fs::path& path, Read* read) {
    auto file = MappedFile::Open(path.string());
    if (!file.ok()) return file.status();
    read->file = *std::move(file);
    auto model = ReadTflite(read->file->bytes(), &read->owned);
    if (!model.ok()) return model.status();
    read->model = *std::move(model);
    return absl::OkStatus();
  }

  fs::path testdata_;
};

TEST_F(TfliteTestdataTest, EveryGraphFileOpens) {
  int count = 0;
  for (const char* folder : {"ops", "llm", "vision"}) {
    for (const auto& entry : fs::recursive_directory_iterator(testdata_ / folder)) {
      if (!entry.is_regular_file() || entry.path().extension() != ".tflite") continue;
      Read read;
      const absl::Status status = ReadPath(entry.path(), &read);
      EXPECT_TRUE(status.ok()) << entry.path() << ": " << status.message();
      // Converters align what they write: a copy would mean that the reader misjudges it.
      EXPECT_TRUE(read.owned.empty()) << entry.path();
      ++count;
    }
  }
  EXPECT_GE(count, 120);
}

TEST_F(TfliteTestdataTest, LanguageModelHasItsSignatures) {
  Read read;
  ASSERT_TRUE(ReadPath(testdata_ / "llm/stories260K/stories260K_f32_ekv512.tflite", &read).ok());
  const ir::Signature* decode = nullptr;
  for (const ir::Signature& signature : read.model.signatures) {
    if (signature.key == "decode") decode = &signature;
  }
  ASSERT_NE(decode, nullptr);
  // Tokens, input_pos, and a key and a value cache for each of five layers.
  ASSERT_EQ(decode->inputs.size(), 12u);
  const ir::Graph& graph = read.model.graphs[decode->graph];
  for (const ir::NamedTensor& input : decode->inputs) {
    if (input.name != "tokens") continue;
    EXPECT_EQ(graph.tensors[input.tensor].shape, (ir::Shape{1, 1}));
    EXPECT_EQ(graph.tensors[input.tensor].dtype, ir::DType::kInt32);
  }
}

TEST_F(TfliteTestdataTest, BlockwiseWeightsHaveTheirScales) {
  Read read;
  ASSERT_TRUE(ReadPath(testdata_ / "llm/zoo/tinyllama_q4_block32_ekv128.tflite", &read).ok());
  int blockwise = 0;
  for (const ir::Graph& graph : read.model.graphs) {
    for (const ir::Tensor& tensor : graph.tensors) {
      if (!tensor.quantization.blockwise()) continue;
      ++blockwise;
      EXPECT_EQ(tensor.dtype, ir::DType::kInt4);
      EXPECT_EQ(tensor.quantization.block_size, 32);
      EXPECT_EQ(static_cast<int64_t>(tensor.quantization.block_scales.size()),
                tensor.shape.num_elements() / 32);
    }
  }
  EXPECT_GT(blockwise, 0);
}

TEST_F(TfliteTestdataTest, CompositesHaveTheirAttributes) {
  Read read;
  ASSERT_TRUE(
      ReadPath(
          testdata_ / "ops/tflite_delegates_xnnpack_odml_sdpa_composite_gqa.tflite/model.tflite",
          &read)
          .ok());
  int composites = 0;
  for (const ir::Op& op : read.model.graphs[0].ops) {
    const auto* params = std::get_if<ir::CompositeParams>(&op.params);
    if (params == nullptr) continue;
    ++composites;
    EXPECT_EQ(params->name, "odml.scaled_dot_product_attention");
    EXPECT_EQ(params->attributes.count("scale"), 1u);
  }
  EXPECT_EQ(composites, 1);
}

TEST_F(TfliteTestdataTest, OpsInTheWrongOrderAreSorted) {
  for (const char* name : {"litert_topo_sort_fork", "litert_topo_sort_fork_violation"}) {
    Read read;
    ASSERT_TRUE(ReadPath(testdata_ / "ops" / name / "model.tflite", &read).ok());
    const ir::Graph& graph = read.model.graphs[0];
    std::vector<bool> written(graph.tensors.size(), false);
    for (int input : graph.inputs) written[input] = true;
    for (const ir::Op& op : graph.ops) {
      for (int input : op.inputs) {
        EXPECT_TRUE(input < 0 || written[input] || graph.tensors[input].is_constant()) << name;
      }
      for (int output : op.outputs) written[output] = true;
    }
  }
}

}  // namespace
}  // namespace edgetasks::model
