// Opening whole files, made in memory: what comes out, and every refusal.
#include "core/model/model_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <protozero/pbf_writer.hpp>

#include "core/model/litertlm_bundle.h"
#include "core/model/schema/tflite_metadata_generated.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::Bytes;
using ::edgetasks::test::BytesOf;
using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;
using ::edgetasks::test::LitertlmBuilder;
using ::edgetasks::test::TinyTflite;
using ::edgetasks::test::ZipBuilder;
using ::testing::ElementsAre;
namespace fb = litertlm;

using Opened = absl::StatusOr<std::shared_ptr<const ModelFile>>;

// `file` must outlive the result.
Opened Open(const Bytes& file) {
  auto mapped = MappedFile::FromMemory(file);
  if (!mapped.ok()) return mapped.status();
  return OpenModelFile(*mapped);
}

std::string TextOf(absl::Span<const uint8_t> bytes) {
  return std::string(bytes.begin(), bytes.end());
}

// A graph with one custom op.
Bytes TfliteWithCustomOp(const std::string& name) {
  test::TfliteBuilder builder;
  const int x = builder.AddTensor("x", ir::DType::kFloat32, {1});
  const int y = builder.AddTensor("y", ir::DType::kFloat32, {1});
  builder.AddCustomOp(name, {x}, {y});
  builder.SetEnds({x}, {y});
  return builder.Finish();
}

// ---- .tflite

// A classifier with labels in the ZIP behind it.
Bytes TfliteWithMetadata() {
  metadata::ModelMetadataT model;
  model.name = "birds";
  model.associated_files.push_back(std::make_unique<metadata::AssociatedFileT>());
  model.associated_files[0]->name = "labels.txt";
  flatbuffers::FlatBufferBuilder fbb;
  fbb.Finish(metadata::ModelMetadata::Pack(fbb, &model), metadata::ModelMetadataIdentifier());
  test::TfliteBuilder builder;
  const int x = builder.AddTensor("x", ir::DType::kFloat32, {1});
  const int y = builder.AddTensor("y", ir::DType::kFloat32, {1});
  builder.AddOp(ir::OpCode::RELU, {x}, {y});
  builder.SetEnds({x}, {y});
  builder.AddMetadata("TFLITE_METADATA",
                      Bytes(fbb.GetBufferPointer(), fbb.GetBufferPointer() + fbb.GetSize()));
  return builder.Finish();
}

TEST(ModelFileTest, ABareTfliteIsOneModel) {
  const Bytes file = TinyTflite();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  const ModelFile& m = **opened;
  EXPECT_EQ(m.container, Container::kTflite);
  ASSERT_EQ(m.models.size(), 1u);
  EXPECT_EQ(m.models[0].type, "");
  EXPECT_EQ(m.main_model().signatures[0].key, "decode");
  ASSERT_EQ(m.sections.size(), 1u);
  EXPECT_EQ(m.sections[0].type, "TFLiteModel");
  EXPECT_EQ(m.sections[0].size, file.size());
  EXPECT_FALSE(m.metadata || m.llm || m.executor);
}

TEST(ModelFileTest, MetadataAndTheFilesBehindTheModelAreRead) {
  const Bytes file =
      ZipBuilder().Behind(TfliteWithMetadata()).Add("labels.txt", BytesOf("owl\ncrow\n")).Finish();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  ASSERT_TRUE((*opened)->metadata.has_value());
  EXPECT_EQ((*opened)->metadata->name, "birds");
  EXPECT_EQ(TextOf((*opened)->metadata->associated_files[0].data), "owl\ncrow\n");
}

TEST(ModelFileTest, MetadataWithoutFilesBehindTheModelIsFine) {
  const Bytes file = TfliteWithMetadata();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  EXPECT_EQ((*opened)->metadata->associated_files[0].data.data(), nullptr);
}

TEST(ModelFileTest, ABrokenZipBehindTheModelIsCorrupt) {
  Bytes file = ZipBuilder()
                   .Behind(TfliteWithMetadata())
                   .Add({"labels.txt", BytesOf("owl"), 0, 0, 1000})
                   .Finish();
  EXPECT_THAT(Open(file).status(),
              IsError(ErrorDetail::kCorruptFile, "memory: the associated files behind the model"));
}

TEST(ModelFileTest, NpuGraphsAreRefused) {
  EXPECT_THAT(Open(TfliteWithCustomOp("DISPATCH_OP")).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "NPU"));
}

// ---- .task

TEST(ModelFileTest, ATaskHasGraphTokenizerAndSettings) {
  const Bytes file = test::TinyTask();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  const ModelFile& m = **opened;
  EXPECT_EQ(m.container, Container::kTask);
  ASSERT_EQ(m.models.size(), 1u);
  EXPECT_EQ(m.models[0].type, "tf_lite_prefill_decode");
  ASSERT_EQ(m.sections.size(), 3u);
  EXPECT_EQ(m.sections[0].type, "TF_LITE_PREFILL_DECODE");
  EXPECT_EQ(m.sections[0].offset % 4, 0u);
  ASSERT_EQ(m.tokenizers.size(), 1u);
  EXPECT_EQ(m.tokenizers[0].kind, TokenizerKind::kSentencePiece);
  EXPECT_EQ(m.tokenizers[0].bytes.data(), file.data() + m.sections[1].offset);
  EXPECT_EQ(TextOf(m.tokenizers[0].bytes), "pieces");
  EXPECT_EQ(m.llm->start_token->text, "<s>");
  EXPECT_EQ(m.llm->stop_tokens[0].text, "</s>");
}

TEST(ModelFileTest, ATaskMayLackTokenizerAndMetadata) {
  const Bytes file = ZipBuilder().Padded().Add("TF_LITE_PREFILL_DECODE", TinyTflite()).Finish();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  EXPECT_TRUE((*opened)->tokenizers.empty());
  EXPECT_FALSE((*opened)->llm.has_value());
}

TEST(ModelFileTest, FurtherGraphsOfATaskComeBehindTheMainOne) {
  const Bytes file = ZipBuilder()
                         .Padded()
                         .Add("TF_LITE_EMBEDDER", TinyTflite())
                         .Add("TF_LITE_VISION_ENCODER", TfliteWithCustomOp("DISPATCH_OP"))
                         .Add("TF_LITE_PREFILL_DECODE", TinyTflite())
                         .Finish();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  ASSERT_EQ((*opened)->models.size(), 2u);
  EXPECT_EQ((*opened)->models[0].type, "tf_lite_prefill_decode");
  EXPECT_EQ((*opened)->models[0].section, 2);
  EXPECT_EQ((*opened)->models[1].type, "tf_lite_embedder");
  EXPECT_THAT((*opened)->sections[1].skipped, ::testing::HasSubstr("NPU"));
}

TEST(ModelFileTest, CompressedEntriesOfATaskAreRefused) {
  const Bytes file = ZipBuilder()
                         .Add("TF_LITE_PREFILL_DECODE", TinyTflite())
                         .Add({"METADATA", BytesOf("x"), 8})
                         .Finish();
  EXPECT_THAT(Open(file).status(),
              IsError(ErrorDetail::kUnsupportedFormat,
                      "entry 'METADATA' of the .task bundle cannot be mapped (deflate), expected "
                      "stored"));
}

TEST(ModelFileTest, TwoEntriesOfOneNameAreCorrupt) {
  const Bytes file = ZipBuilder()
                         .Padded()
                         .Add("TF_LITE_PREFILL_DECODE", TinyTflite())
                         .Add("METADATA", {})
                         .Add("METADATA", {})
                         .Finish();
  EXPECT_THAT(Open(file).status(), IsError(ErrorDetail::kCorruptFile, "two entries 'METADATA'"));
}

TEST(ModelFileTest, BrokenPartsOfATaskAreNamed) {
  const Bytes metadata = ZipBuilder()
                             .Padded()
                             .Add("TF_LITE_PREFILL_DECODE", TinyTflite())
                             .Add("METADATA", BytesOf("not a message"))
                             .Finish();
  EXPECT_THAT(Open(metadata).status(),
              IsError(ErrorDetail::kCorruptFile, "memory: METADATA: the 13 bytes of metadata"));
  const Bytes graph =
      ZipBuilder().Padded().Add("TF_LITE_PREFILL_DECODE", BytesOf("no graph")).Finish();
  EXPECT_THAT(Open(graph).status(), IsError(ErrorDetail::kNotAModelFile, "tf_lite_prefill_decode"));
}

TEST(ModelFileTest, OtherZipsAreRefusedByName) {
  EXPECT_THAT(Open(ZipBuilder().Add("METADATA", {}).Add("TOKENIZER_MODEL", {}).Finish()).status(),
              IsError(ErrorDetail::kMissingPart,
                      "has no entry TF_LITE_PREFILL_DECODE; it holds METADATA, TOKENIZER_MODEL"));
  EXPECT_THAT(Open(ZipBuilder().Add("archive/data.pkl", BytesOf("x")).Finish()).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "PyTorch checkpoint"));
  EXPECT_THAT(Open(ZipBuilder().Add("model.weights.h5", BytesOf("x")).Finish()).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "Keras model"));
  EXPECT_THAT(
      Open(ZipBuilder().Add("hand_detector.tflite", BytesOf("x")).Finish()).status(),
      IsError(ErrorDetail::kNotAModelFile, "it holds hand_detector.tflite; unpack the .tflite"));
  ZipBuilder many;
  for (int i = 0; i < 14; ++i) many.Add(absl::StrCat("f", i), BytesOf("x"));
  EXPECT_THAT(Open(many.Finish()).status(), IsError(ErrorDetail::kNotAModelFile, "and 2 more"));
  EXPECT_THAT(Open(ZipBuilder().Behind(Bytes(8)).Finish()).status(),
              IsError(ErrorDetail::kNotAModelFile, "it holds nothing"));
}

// ---- .litertlm

TEST(ModelFileTest, ALitertlmHasAllItsParts) {
  std::string executor, llm_executor;
  protozero::pbf_writer(llm_executor).add_int32(1, 64);
  protozero::pbf_writer(executor).add_message(1, llm_executor);
  std::string metadata;
  protozero::pbf_writer(metadata).add_int32(5, 64);
  const Bytes file = LitertlmBuilder()
                         .AddSystem("Authors", "a test")
                         .Add(fb::SectionType_LlmMetadataProto, BytesOf(metadata))
                         .Add(fb::SectionType_ExecutorMetadataProto, BytesOf(executor))
                         .Add(fb::SectionType_SP_Tokenizer, BytesOf("pieces"))
                         .Add(fb::SectionType_HF_Tokenizer_Zlib, test::ZlibTokenizer("{\"a\": 1}"),
                              {{"model_type", "tf_lite_embedder"}})
                         .AddModel("TF_LITE_EMBEDDER", TinyTflite())
                         .AddModel("tf_lite_prefill_decode", TinyTflite())
                         .Finish();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  const ModelFile& m = **opened;
  EXPECT_EQ(m.container, Container::kLitertlm);
  EXPECT_THAT(m.system_metadata, ElementsAre(KeyValue("Authors", "a test")));
  ASSERT_EQ(m.models.size(), 2u);
  EXPECT_EQ(m.models[0].type, "tf_lite_prefill_decode");
  EXPECT_EQ(m.models[1].type, "tf_lite_embedder");
  ASSERT_EQ(m.tokenizers.size(), 2u);
  EXPECT_EQ(m.tokenizers[0].kind, TokenizerKind::kSentencePiece);
  EXPECT_EQ(TextOf(m.tokenizers[0].bytes), "pieces");
  EXPECT_EQ(m.tokenizers[1].kind, TokenizerKind::kHuggingFaceJson);
  EXPECT_EQ(TextOf(m.tokenizers[1].bytes), "{\"a\": 1}");
  EXPECT_EQ(m.tokenizers[1].model_type, "tf_lite_embedder");
  EXPECT_EQ(m.llm->max_num_tokens, 64);
  EXPECT_EQ(m.executor->max_history_size, 64);
}

TEST(ModelFileTest, AGraphWithoutTypeIsTheLanguageModelIfItIsTheOnlyOne) {
  const Bytes file = LitertlmBuilder().AddModel("", TinyTflite()).Finish();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  EXPECT_EQ((*opened)->models[0].type, "tf_lite_prefill_decode");
}

TEST(ModelFileTest, TheGraphForTheCpuIsChosen) {
  const std::pair<std::vector<const char*>, int> kCases[] = {
      {{"npu", "gpu", "cpu"}, 2},      {{"gpu", "", "npu"}, 1}, {{"gpu", "npu, CPU"}, 1},
      {{"npu", "gpu_artisan,gpu"}, 1}, {{"", ""}, 0},           {{"", "cpu"}, 1},
  };
  for (const auto& [constraints, expected] : kCases) {
    LitertlmBuilder builder;
    for (const char* constraint : constraints) {
      builder.AddModel("tf_lite_prefill_decode", TinyTflite(), constraint);
    }
    const Bytes file = builder.Finish();
    const Opened opened = Open(file);
    ASSERT_THAT(opened.status(), IsOk());
    ASSERT_EQ((*opened)->models.size(), 1u);
    EXPECT_EQ((*opened)->models[0].section, expected);
    for (size_t i = 0; i < constraints.size(); ++i) {
      EXPECT_EQ((*opened)->sections[i].skipped.empty(), static_cast<int>(i) == expected);
    }
  }
}

TEST(ModelFileTest, GraphsForOtherHardwareOnlyAreRefused) {
  const auto npu =
      LitertlmBuilder().AddModel("tf_lite_prefill_decode", TinyTflite(), "npu").Finish();
  EXPECT_THAT(Open(npu).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "made for npu only; get the variant"));
  const auto artisan =
      LitertlmBuilder().AddModel("tf_lite_artisan_text_decoder", BytesOf("weights")).Finish();
  EXPECT_THAT(Open(artisan).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "hand-written GPU engine"));
}

TEST(ModelFileTest, GraphsThatTextDoesNotNeedMayBeForOtherHardware) {
  const Bytes file = LitertlmBuilder()
                         .AddModel("tf_lite_prefill_decode", TinyTflite())
                         .AddModel("tf_lite_vision_encoder", TinyTflite(), "npu")
                         .AddModel("tf_lite_audio_adapter", TfliteWithCustomOp("DISPATCH_OP"))
                         .AddModel("tf_lite_artisan_text_decoder", BytesOf("weights"))
                         .Finish();
  const Opened opened = Open(file);
  ASSERT_THAT(opened.status(), IsOk());
  EXPECT_EQ((*opened)->models.size(), 1u);
  EXPECT_EQ((*opened)->sections[1].skipped, "made for npu only");
  EXPECT_THAT((*opened)->sections[2].skipped, ::testing::HasSubstr("NPU"));
}

TEST(ModelFileTest, WeightsInASectionOfTheirOwnAreRefused) {
  const auto build = [](const char* type) {
    return LitertlmBuilder()
        .AddModel("tf_lite_prefill_decode", TinyTflite())
        .Add(fb::SectionType_TFLiteWeights, BytesOf("weights"), {{"model_type", type}})
        .Finish();
  };
  EXPECT_THAT(Open(build("tf_lite_prefill_decode")).status(),
              IsError(ErrorDetail::kUnsupportedFormat,
                      "the weights of tf_lite_prefill_decode are in a section of their own"));
  EXPECT_THAT(Open(build("")).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "section of their own"));
  EXPECT_THAT(Open(build("tf_lite_vision_encoder")).status(), IsOk());
}

TEST(ModelFileTest, ALitertlmWithoutGraphLacksAPart) {
  const Bytes file = LitertlmBuilder().Add(fb::SectionType_SP_Tokenizer, BytesOf("x")).Finish();
  EXPECT_THAT(Open(file).status(), IsError(ErrorDetail::kMissingPart,
                                           "has no TFLiteModel section; it holds SP_Tokenizer"));
}

TEST(ModelFileTest, BrokenSectionsAreNamed) {
  const auto with = [](fb::SectionType type, Bytes data) {
    return LitertlmBuilder()
        .AddModel("tf_lite_prefill_decode", TinyTflite())
        .Add(type, std::move(data))
        .Finish();
  };
  EXPECT_THAT(Open(with(fb::SectionType_LlmMetadataProto, BytesOf("not a message"))).status(),
              IsError(ErrorDetail::kCorruptFile, "memory: section 1 (LlmMetadataProto): "));
  EXPECT_THAT(Open(with(fb::SectionType_ExecutorMetadataProto, BytesOf("not a message"))).status(),
              IsError(ErrorDetail::kCorruptFile, "section 1 (ExecutorMetadataProto): "));
  std::string metadata;
  protozero::pbf_writer(metadata).add_int32(5, -1);
  EXPECT_THAT(Open(with(fb::SectionType_LlmMetadataProto, BytesOf(metadata))).status(),
              IsError(ErrorDetail::kInvalidMetadata, "section 1 (LlmMetadataProto): "));
  EXPECT_THAT(Open(LitertlmBuilder()
                       .Add(fb::SectionType_LlmMetadataProto, {})
                       .Add(fb::SectionType_LlmMetadataProto, {})
                       .Finish())
                  .status(),
              IsError(ErrorDetail::kCorruptFile, "a second section of this type"));
}

TEST(ModelFileTest, TokenizersThatDoNotDecompressAreCorrupt) {
  const auto status = [](Bytes section) {
    return Open(LitertlmBuilder()
                    .AddModel("tf_lite_prefill_decode", TinyTflite())
                    .Add(fb::SectionType_HF_Tokenizer_Zlib, std::move(section))
                    .Finish())
        .status();
  };
  EXPECT_THAT(status(Bytes(7)), IsError(ErrorDetail::kCorruptFile,
                                        "(HF_Tokenizer_Zlib): has 7 bytes; expected a size"));
  Bytes wrong_size = test::ZlibTokenizer("{}");
  ++wrong_size[0];
  EXPECT_THAT(status(wrong_size), IsError(ErrorDetail::kCorruptFile, "it is shorter"));
  // A bomb: the declared size is more than the stream can hold, or than any tokenizer has.
  Bytes bomb = test::ZlibTokenizer("{}");
  bomb[2] = 0x10;
  EXPECT_THAT(status(bomb), IsError(ErrorDetail::kCorruptFile, "1032 times the compressed size"));
  EXPECT_THAT(status(test::ZlibTokenizer(std::string(kMaxTokenizerBytes + 1, ' '))),
              IsError(ErrorDetail::kCorruptFile, "declares 50331649 bytes of tokenizer.json"));
}

// ---- Ways to open

TEST(ModelFileTest, FilesOpenFromPathsAndFromTheMiddleOfDescriptors) {
  const Bytes file = test::TinyLitertlm();
  const std::string path = ::testing::TempDir() + "/model_file_test.bin";
  std::FILE* out = std::fopen(path.c_str(), "wb");
  ASSERT_NE(out, nullptr);
  std::fwrite(file.data(), 1, file.size(), out);
  // Again, from an odd offset on.
  std::fwrite("abc", 1, 3, out);
  std::fwrite(file.data(), 1, file.size(), out);
  std::fclose(out);

  const int fd = open(path.c_str(), O_RDONLY);
  for (const uint64_t offset : {uint64_t{0}, uint64_t{file.size() + 3}}) {
    auto mapped = MappedFile::FromDescriptor(fd, offset, file.size());
    ASSERT_THAT(mapped.status(), IsOk());
    const Opened opened = OpenModelFile(*mapped);
    ASSERT_THAT(opened.status(), IsOk());
    EXPECT_EQ((*opened)->llm->max_num_tokens, 64);
    EXPECT_EQ((*opened)->main_model().graphs.size(), 1u);
  }
  close(fd);
  auto whole = MappedFile::Open(path);
  ASSERT_THAT(whole.status(), IsOk());
  EXPECT_THAT(OpenModelFile(*whole).status(), IsOk());
  std::remove(path.c_str());
}

TEST(ModelFileTest, ErrorsBeginWithTheFilesName) {
  const std::string path = ::testing::TempDir() + "/model_file_test.gguf";
  std::FILE* out = std::fopen(path.c_str(), "wb");
  std::fputs("GGUF and so on", out);
  std::fclose(out);
  EXPECT_THAT(OpenModelFile(*MappedFile::Open(path)).status(),
              IsError(ErrorDetail::kUnsupportedFormat, path + ": this is a GGUF file"));
  std::remove(path.c_str());
}

}  // namespace
}  // namespace edgetasks::model
