// Bundles that other programs wrote open, and hold what those programs' own tools show: expected
// values are from litert-lm-peek 0.18.1, `unzip -v` and MediaPipe 1.2.2's metadata displayer.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "core/model/model_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace edgetasks::model {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::StartsWith;

class BundlesTestdataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* path = std::getenv("EDGETASKS_TESTDATA");
    if (path == nullptr) GTEST_SKIP() << "EDGETASKS_TESTDATA is not set";
    testdata_ = path;
  }

  std::shared_ptr<const ModelFile> Open(const fs::path& path) {
    auto mapped = MappedFile::Open((testdata_ / path).string());
    EXPECT_TRUE(mapped.ok()) << mapped.status();
    if (!mapped.ok()) return std::make_shared<ModelFile>();
    auto file = OpenModelFile(*mapped);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? *file : std::make_shared<ModelFile>();
  }

  fs::path testdata_;
};

void ExpectSection(const ModelFile& file, size_t index, absl::string_view type, uint64_t offset,
                   uint64_t size) {
  ASSERT_LT(index, file.sections.size());
  EXPECT_EQ(file.sections[index].type, type);
  EXPECT_EQ(file.sections[index].offset, offset);
  EXPECT_EQ(file.sections[index].size, size);
}

TEST_F(BundlesTestdataTest, EveryBundleOpensInPlace) {
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(testdata_)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".task" && extension != ".litertlm") continue;
    const auto file = Open(entry.path());
    ASSERT_FALSE(file->models.empty()) << entry.path();
    EXPECT_EQ(file->models[0].type, "tf_lite_prefill_decode") << entry.path();
    EXPECT_EQ(file->tokenizers.size(), 1u) << entry.path();
    EXPECT_TRUE(file->llm.has_value()) << entry.path();
    EXPECT_TRUE(file->owned.empty()) << entry.path() << ": nothing should need a copy";
    ++count;
  }
  EXPECT_GE(count, 7);
}

TEST_F(BundlesTestdataTest, TheBundlersTaskHoldsWhatItWasGiven) {
  const auto file = Open("llm/stories260K/stories260K_f32.task");
  EXPECT_EQ(file->container, Container::kTask);
  ExpectSection(*file, 0, "TF_LITE_PREFILL_DECODE", 56, 2597356);
  ExpectSection(*file, 1, "TOKENIZER_MODEL", 2597460, 8000);
  ExpectSection(*file, 2, "METADATA", 2605500, 16);
  ASSERT_TRUE(file->llm.has_value());
  EXPECT_EQ(file->llm->start_token->text, "<s>");
  ASSERT_EQ(file->llm->stop_tokens.size(), 2u);
  EXPECT_EQ(file->llm->stop_tokens[0].text, "<s>");
  EXPECT_EQ(file->llm->stop_tokens[1].text, "</s>");
  EXPECT_EQ(file->llm->parameters->unknown_fields, 0);
}

TEST_F(BundlesTestdataTest, TheBuildersLitertlmHoldsWhatItWasGiven) {
  const auto file = Open("llm/stories260K/stories260K_tr_q8.litertlm");
  EXPECT_EQ(file->container, Container::kLitertlm);
  ASSERT_EQ(file->system_metadata.size(), 3u);
  EXPECT_EQ(file->system_metadata[0], KeyValue("Authors", ""));
  EXPECT_EQ(file->system_metadata[1], KeyValue("uuid", "1e01f636-47dc-44ee-be4f-1cc2cc0c2033"));
  EXPECT_EQ(file->system_metadata[2].first, "creation_timestamp");
  ExpectSection(*file, 0, "LlmMetadataProto", 16384, 28);
  ExpectSection(*file, 1, "SP_Tokenizer", 32768, 8000);
  ExpectSection(*file, 2, "TFLiteModel", 49152, 1906336 - 49152);
  const LlmSettings& llm = *file->llm;
  EXPECT_THAT(llm.start_token->ids, ElementsAre(1));
  ASSERT_EQ(llm.stop_tokens.size(), 2u);
  EXPECT_THAT(llm.stop_tokens[0].ids, ElementsAre(1));
  EXPECT_THAT(llm.stop_tokens[1].ids, ElementsAre(2));
  EXPECT_EQ(llm.max_num_tokens, 512);
  EXPECT_EQ(llm.model_type, "generic_model");
  EXPECT_EQ(llm.metadata->unknown_fields, 0);
  EXPECT_FALSE(file->executor.has_value());
}

TEST_F(BundlesTestdataTest, TheExportersLitertlmDescribesItsState) {
  const auto file = Open("llm/stories260K/stories260K_hfexport_q8.litertlm");
  EXPECT_EQ(file->llm->start_token->text, "<s>");
  EXPECT_THAT(file->llm->stop_tokens[0].ids, ElementsAre(2));
  ASSERT_TRUE(file->executor.has_value());
  EXPECT_EQ(file->executor->max_history_size, 512);
  ASSERT_EQ(file->executor->state_buffers.size(), 10u);
  const StateBuffer& key = file->executor->state_buffers[0];
  EXPECT_EQ(key.prefill_input_name, "kv_cache_k_0");
  EXPECT_EQ(key.decode_output_name, "kv_cache_k_0");
  EXPECT_EQ(key.type, StateBufferType::kGlobalKey);
  EXPECT_EQ(key.sequence_axis, 2);
  EXPECT_EQ(key.maximum_sequence_length, 512);
  EXPECT_EQ(file->executor->state_buffers[1].type, StateBufferType::kGlobalValue);
}

TEST_F(BundlesTestdataTest, ClassifiersHaveTheirLabelsAndNormalization) {
  for (const char* name :
       {"mobilenet_v1_0.25_128_quant.tflite", "mobilenet_v2_1.0_224_quant.tflite",
        "tf2_mobilenet_v2_1.0_224_ptq.tflite", "mobilenet_v2_f32_meta.tflite"}) {
    const auto file = Open(fs::path("vision/models") / name);
    ASSERT_TRUE(file->metadata.has_value()) << name;
    const TfliteMetadata& metadata = *file->metadata;
    ASSERT_EQ(metadata.inputs.size(), 1u) << name;
    EXPECT_EQ(metadata.name, "ImageClassifier") << name;
    EXPECT_EQ(metadata.min_parser_version, "1.0.0") << name;
    ASSERT_EQ(metadata.inputs[0].normalizations.size(), 1u) << name;
    EXPECT_THAT(metadata.inputs[0].normalizations[0].mean, ElementsAre(127.5f)) << name;
    EXPECT_THAT(metadata.inputs[0].normalizations[0].std, ElementsAre(127.5f)) << name;
    ASSERT_EQ(metadata.outputs.size(), 1u) << name;
    ASSERT_FALSE(metadata.outputs[0].associated_files.empty()) << name;
    const AssociatedFile& labels = metadata.outputs[0].associated_files[0];
    EXPECT_EQ(labels.type, AssociatedFileType::kTensorAxisLabels) << name;
    EXPECT_THAT(std::string(labels.data.begin(), labels.data.end()),
                StartsWith("background\ntench, Tinca tinca\n"))
        << name;
  }
  EXPECT_FALSE(Open("vision/models/mobilenet_v2_f32_nchw.tflite")->metadata.has_value());
}

// The models that ship with the project.
TEST(ShippedModelsTest, StoryAndEmojiOpen) {
  const fs::path models = fs::path(EDGETASKS_SOURCE_DIR) / "models";
  if (!fs::exists(models)) GTEST_SKIP() << models << " is not there";
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(models)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".task" && extension != ".litertlm" && extension != ".tflite") continue;
    auto mapped = MappedFile::Open(entry.path().string());
    ASSERT_TRUE(mapped.ok()) << mapped.status();
    const auto file = OpenModelFile(*mapped);
    ASSERT_TRUE(file.ok()) << file.status();
    if (extension == ".tflite") {
      EXPECT_TRUE((*file)->metadata.has_value()) << entry.path();
    } else {
      EXPECT_EQ((*file)->tokenizers.size(), 1u) << entry.path();
    }
    ++count;
  }
  EXPECT_GE(count, 4);
}

}  // namespace
}  // namespace edgetasks::model
