#include "core/model/tflite_reader.h"

#include <cstring>
#include <string>

#include "tests/support/read_tflite.h"

namespace edgetasks {
namespace {

using test::IsError;
using test::IsOk;
using test::Read;
using test::ReadBytes;
using test::TfliteBuilder;
using test::TfliteRead;
using ::testing::ElementsAre;

namespace schema = test::schema;

// y = x + one.
struct Adder {
  TfliteBuilder builder;
  int x = builder.AddTensor("x", ir::DType::kFloat32, {1, 2});
  int one = builder.AddConstant<float>("one", {1, 2}, {1.0f, 2.0f});
  int y = builder.AddTensor("y", ir::DType::kFloat32, {1, 2});

  Adder() {
    builder.AddOp(ir::OpCode::ADD, {x, one}, {y}, schema::AddOptionsT());
    builder.SetEnds({x}, {y});
  }
};

TEST(TfliteReaderTest, ReadsAGraph) {
  Adder adder;
  adder.builder.model().description = "adds";
  const TfliteRead read = Read(adder.builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read.model->description, "adds");
  EXPECT_EQ(read.model->schema_version, 3);
  const ir::Graph& graph = read.graph();
  EXPECT_EQ(graph.name, "main");
  EXPECT_THAT(graph.inputs, ElementsAre(adder.x));
  EXPECT_THAT(graph.outputs, ElementsAre(adder.y));
  ASSERT_EQ(graph.ops.size(), 1u);
  EXPECT_EQ(graph.ops[0].code, ir::OpCode::ADD);
  EXPECT_THAT(graph.ops[0].inputs, ElementsAre(adder.x, adder.one));
  EXPECT_THAT(graph.ops[0].outputs, ElementsAre(adder.y));
  EXPECT_FALSE(graph.tensors[adder.x].is_constant());
  EXPECT_TRUE(graph.tensors[adder.one].is_constant());
}

TEST(TfliteReaderTest, ConstantsAreViewsIntoTheFile) {
  Adder adder;
  const TfliteRead read = Read(adder.builder);
  ASSERT_THAT(read.status(), IsOk());
  const auto data = read.tensor(adder.one).data;
  EXPECT_TRUE(read.owned.empty());
  EXPECT_GE(data.data(), read.bytes.data());
  EXPECT_LE(data.data() + data.size(), read.bytes.data() + read.bytes.size());
}

TEST(TfliteReaderTest, AnEmptyModelIsLegal) {
  TfliteBuilder builder;
  builder.model().subgraphs.clear();
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_TRUE(read.model->graphs.empty());
}

TEST(TfliteReaderTest, OtherContentIsNoModelFile) {
  const std::string text = "GGUF, or any other text that is long enough";
  EXPECT_THAT(ReadBytes({text.begin(), text.end()}).status(),
              IsError(ErrorDetail::kNotAModelFile, "TFL3"));
  EXPECT_THAT(ReadBytes({}).status(), IsError(ErrorDetail::kNotAModelFile, "TFL3"));
}

TEST(TfliteReaderTest, TruncatedFilesAreCorrupt) {
  const std::vector<uint8_t> whole = Adder().builder.Finish();
  for (size_t size = 8; size < whole.size(); ++size) {
    const TfliteRead read = ReadBytes({whole.begin(), whole.begin() + size});
    EXPECT_FALSE(read.status().ok()) << size;
  }
}

TEST(TfliteReaderTest, AnotherSchemaVersionIsRefused) {
  Adder adder;
  adder.builder.model().version = 4;
  EXPECT_THAT(Read(adder.builder).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "schema version 4"));
}

TEST(TfliteReaderTest, UnalignedBytesAreCopied) {
  const std::vector<uint8_t> file = Adder().builder.Finish();
  for (size_t shift : {1, 2, 4}) {
    std::vector<uint64_t> memory(file.size() / 8 + 2);
    auto* bytes = reinterpret_cast<uint8_t*>(memory.data()) + shift;
    std::memcpy(bytes, file.data(), file.size());
    std::vector<std::unique_ptr<std::vector<uint64_t>>> owned;
    const auto model = model::ReadTflite({bytes, file.size()}, &owned);
    ASSERT_THAT(model.status(), IsOk());
    // Entries of a bundle are 4-byte aligned: nothing needs to be copied for them.
    EXPECT_EQ(owned.empty(), shift == 4) << shift;
    const ir::Tensor& one = model->graphs[0].tensors[1];
    EXPECT_EQ(reinterpret_cast<uintptr_t>(one.data.data()) % sizeof(float), 0u);
    float values[2];
    ASSERT_EQ(one.data.size(), sizeof(values));
    std::memcpy(values, one.data.data(), sizeof(values));
    EXPECT_THAT(values, ElementsAre(1.0f, 2.0f));
  }
}

TEST(TfliteReaderTest, ManyReferencesToOneLongNameAreRefused) {
  // 20000 tensors that are one table with a name of 50000 bytes: 1 GB of names from 130 KB.
  flatbuffers::FlatBufferBuilder builder;
  const auto name = builder.CreateString(std::string(50000, 'n'));
  schema::TensorBuilder tensor_builder(builder);
  tensor_builder.add_name(name);
  const auto tensor = tensor_builder.Finish();
  const auto tensors = builder.CreateVector(std::vector(20000, tensor));
  schema::SubGraphBuilder graph_builder(builder);
  graph_builder.add_tensors(tensors);
  const auto graphs = builder.CreateVector(std::vector{graph_builder.Finish()});
  schema::ModelBuilder model_builder(builder);
  model_builder.add_version(3);
  model_builder.add_subgraphs(graphs);
  builder.Finish(model_builder.Finish(), schema::ModelIdentifier());
  const uint8_t* bytes = builder.GetBufferPointer();
  EXPECT_THAT(ReadBytes({bytes, bytes + builder.GetSize()}).status(),
              IsError(ErrorDetail::kCorruptFile, "over and over"));
}

TEST(TfliteReaderTest, ReadsSignatures) {
  Adder adder;
  adder.builder.AddSignature("decode", {{"tokens", adder.x}}, {{"logits", adder.y}});
  const TfliteRead read = Read(adder.builder);
  ASSERT_THAT(read.status(), IsOk());
  ASSERT_EQ(read.model->signatures.size(), 1u);
  const ir::Signature& signature = read.model->signatures[0];
  EXPECT_EQ(signature.key, "decode");
  EXPECT_EQ(signature.graph, 0);
  ASSERT_EQ(signature.inputs.size(), 1u);
  EXPECT_EQ(signature.inputs[0].name, "tokens");
  EXPECT_EQ(signature.inputs[0].tensor, adder.x);
  EXPECT_EQ(signature.outputs[0].name, "logits");
  EXPECT_EQ(signature.outputs[0].tensor, adder.y);
}

TEST(TfliteReaderTest, SignaturesMayNameOnlyInputsAndOutputs) {
  Adder inner;
  inner.builder.AddSignature("decode", {{"tokens", inner.one}}, {{"logits", inner.y}});
  EXPECT_THAT(Read(inner.builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "signature 0 \"decode\": input \"tokens\""));
  Adder beyond;
  beyond.builder.AddSignature("decode", {{"tokens", beyond.x}}, {{"logits", -1}});
  EXPECT_THAT(Read(beyond.builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "output \"logits\" is tensor 4294967295"));
}

TEST(TfliteReaderTest, SignaturesMustBeDistinct) {
  Adder twice;
  twice.builder.AddSignature("decode", {{"x", twice.x}}, {{"y", twice.y}});
  twice.builder.AddSignature("decode", {{"x", twice.x}}, {{"y", twice.y}});
  EXPECT_THAT(Read(twice.builder).status(), IsError(ErrorDetail::kInvalidGraph, "occurs twice"));
  Adder names;
  names.builder.AddSignature("decode", {{"x", names.x}, {"x", names.x}}, {{"y", names.y}});
  EXPECT_THAT(Read(names.builder).status(), IsError(ErrorDetail::kInvalidGraph, "named twice"));
}

TEST(TfliteReaderTest, SignatureOfAMissingSubgraphIsCorrupt) {
  Adder adder;
  adder.builder.AddSignature("decode", {}, {});
  adder.builder.model().signature_defs[0]->subgraph_index = 7;
  EXPECT_THAT(Read(adder.builder).status(), IsError(ErrorDetail::kCorruptFile, "subgraph_index"));
}

TEST(TfliteReaderTest, ReadsMetadata) {
  Adder adder;
  adder.builder.AddMetadata("min_runtime_version", {'1', '.', '5'});
  const TfliteRead read = Read(adder.builder);
  ASSERT_THAT(read.status(), IsOk());
  ASSERT_EQ(read.model->metadata.size(), 1u);
  EXPECT_EQ(read.model->metadata[0].name, "min_runtime_version");
  EXPECT_THAT(read.model->metadata[0].data, ElementsAre('1', '.', '5'));
}

TEST(TfliteReaderTest, MetadataInAMissingBufferIsCorrupt) {
  Adder adder;
  adder.builder.AddMetadata("notes", {1});
  adder.builder.model().metadata[0]->buffer = 99;
  EXPECT_THAT(Read(adder.builder).status(),
              IsError(ErrorDetail::kCorruptFile, "metadata \"notes\": buffer 99"));
}

TEST(TfliteReaderTest, WeightsOfHandWrittenGraphsAreRefusedByName) {
  for (const char* mark : {"odml.infra.proto.LlmParameters", "spm_vocab_model"}) {
    TfliteBuilder builder;
    builder.AddConstant<int8_t>("params.lm.softmax.logits_ffn.w", {4}, {1, 2, 3, 4});
    builder.AddMetadata(mark, {8, 1});
    EXPECT_THAT(Read(builder).status(),
                IsError(ErrorDetail::kUnsupportedFormat, "hand-written graph"));
  }
}

TEST(TfliteReaderTest, WeightsAloneAreLegal) {  // a LoRA adapter is such a file
  TfliteBuilder builder;
  builder.AddConstant<float>("lora_atten_q_a_prime_weight_0", {2}, {1, 2});
  builder.AddMetadata("lora_rank", {4});
  EXPECT_THAT(Read(builder).status(), IsOk());
}

TEST(TfliteReaderTest, GraphEndsOutOfRangeAreCorrupt) {
  for (int wrong : {-1, 3, 1 << 30}) {
    Adder input, output;
    input.builder.graph().inputs = {wrong};
    EXPECT_THAT(Read(input.builder).status(),
                IsError(ErrorDetail::kCorruptFile, "subgraph 0 \"main\": graph input 0"));
    output.builder.graph().outputs = {wrong};
    EXPECT_THAT(Read(output.builder).status(),
                IsError(ErrorDetail::kCorruptFile, "graph output 0"));
  }
}

}  // namespace
}  // namespace edgetasks
