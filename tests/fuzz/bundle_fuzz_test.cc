// Damaged .task and .litertlm files, and .tflite files with metadata: an error with a detail or a
// sound model file, never a crash, a hang or a giant allocation.
#include <chrono>
#include <memory>
#include <numeric>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "core/model/model_file.h"
#include "core/model/schema/tflite_metadata_generated.h"
#include "gtest/gtest.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/bundle_builder.h"
#include "tests/support/fuzz_limits.h"
#include "tests/support/mutator.h"
#include "tests/support/tflite_builder.h"

// The limit on allocations is set for the whole program, in tflite_fuzz_test.cc.

namespace edgetasks {
namespace {

using test::Bytes;
using test::BytesOf;
using test::LitertlmBuilder;
using test::Mutator;
using test::ZipBuilder;
namespace fb = model::litertlm;

// LlmParameters with text, lists and two levels of messages.
Bytes Parameters() {
  std::string message, prompt, prompts, transformer;
  protozero::pbf_writer(transformer).add_int32(2, 512);
  protozero::pbf_writer(prompt).add_string(2, "<user>");
  protozero::pbf_writer(prompts).add_message(1, prompt);
  protozero::pbf_writer writer(message);
  writer.add_message(1, transformer);
  writer.add_string(6, "<s>");
  writer.add_string(5, "</s>");
  const std::vector<int32_t> ids = {1, 2, 3, 300, 70000};
  writer.add_packed_int32(18, ids.begin(), ids.end());
  writer.add_message(17, prompts);
  return BytesOf(message);
}

Bytes Task(bool zip64) {
  ZipBuilder builder;
  builder.Padded();
  if (zip64) builder.Zip64();
  return builder.Add("TF_LITE_PREFILL_DECODE", test::TinyTflite())
      .Add("TOKENIZER_MODEL", BytesOf("pieces"))
      .Add("METADATA", Parameters())
      .Add("TF_LITE_VISION_ENCODER", test::TinyTflite())
      .Finish();
}

Bytes Litertlm() {
  std::string ids, token, sampler, family, families, metadata;
  const std::vector<int32_t> numbers = {1, 2, 300};
  protozero::pbf_writer(ids).add_packed_int32(1, numbers.begin(), numbers.end());
  protozero::pbf_writer(token).add_message(1, ids);
  protozero::pbf_writer(sampler).add_float(3, 0.5f);
  protozero::pbf_writer(family).add_message(1, token);
  protozero::pbf_writer(families).add_message(4, family);
  protozero::pbf_writer writer(metadata);
  writer.add_message(1, token);
  writer.add_message(4, sampler);
  writer.add_int32(5, 64);
  writer.add_message(6, families);
  std::string buffer, executor, envelope;
  protozero::pbf_writer(buffer).add_string(1, "kv_cache_k_0");
  protozero::pbf_writer(executor).add_message(2, buffer);
  protozero::pbf_writer(envelope).add_message(1, executor);
  return LitertlmBuilder()
      .AddSystem("Authors", "a test")
      .Add(fb::SectionType_LlmMetadataProto, BytesOf(metadata))
      .Add(fb::SectionType_ExecutorMetadataProto, BytesOf(envelope))
      .Add(fb::SectionType_SP_Tokenizer, BytesOf("pieces"))
      .Add(fb::SectionType_HF_Tokenizer_Zlib, test::ZlibTokenizer("{\"model\": {\"vocab\": {}}}"))
      .AddModel("tf_lite_prefill_decode", test::TinyTflite(), "gpu")
      .AddModel("tf_lite_prefill_decode", test::TinyTflite(), "cpu")
      .Finish();
}

// A graph with metadata, and its labels in a ZIP behind it.
Bytes TfliteWithFiles() {
  model::metadata::ModelMetadataT contents;
  contents.name = "birds";
  contents.min_parser_version = "1.0.0";
  contents.subgraph_metadata.push_back(std::make_unique<model::metadata::SubGraphMetadataT>());
  auto input = std::make_unique<model::metadata::TensorMetadataT>();
  input->name = "image";
  input->process_units.push_back(std::make_unique<model::metadata::ProcessUnitT>());
  model::metadata::NormalizationOptionsT normalization;
  normalization.mean = {127.5f};
  normalization.std = {127.5f};
  input->process_units[0]->options.Set(std::move(normalization));
  input->associated_files.push_back(std::make_unique<model::metadata::AssociatedFileT>());
  input->associated_files[0]->name = "labels.txt";
  contents.subgraph_metadata[0]->input_tensor_metadata.push_back(std::move(input));
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(model::metadata::ModelMetadata::Pack(builder, &contents),
                 model::metadata::ModelMetadataIdentifier());
  test::TfliteBuilder graph;
  const int x = graph.AddTensor("x", ir::DType::kFloat32, {1});
  const int y = graph.AddTensor("y", ir::DType::kFloat32, {1});
  graph.AddOp(ir::OpCode::RELU, {x}, {y});
  graph.SetEnds({x}, {y});
  graph.AddMetadata("TFLITE_METADATA", Bytes(builder.GetBufferPointer(),
                                             builder.GetBufferPointer() + builder.GetSize()));
  return ZipBuilder().Behind(graph.Finish()).Add("labels.txt", BytesOf("owl\ncrow\n")).Finish();
}

uint64_t Sum(absl::Span<const uint8_t> bytes) {
  return std::accumulate(bytes.begin(), bytes.end(), uint64_t{0});
}

uint64_t SumFiles(const std::vector<model::AssociatedFile>& files) {
  uint64_t sum = 0;
  for (const model::AssociatedFile& file : files) sum += Sum(file.data);
  return sum;
}

// What model_file.h promises. Reads every byte that the result refers to.
void CheckPromises(const model::ModelFile& file) {
  const uint64_t bytes = file.file->bytes().size();
  uint64_t sum = 0;
  ASSERT_FALSE(file.models.empty());
  for (const model::Section& section : file.sections) {
    ASSERT_LE(section.offset, bytes);
    ASSERT_LE(section.size, bytes - section.offset);
  }
  for (const model::ModelPart& part : file.models) {
    ASSERT_LT(static_cast<size_t>(part.section), file.sections.size());
    for (const ir::Graph& graph : part.model.graphs) {
      for (const ir::Tensor& tensor : graph.tensors) sum += Sum(tensor.data);
    }
  }
  for (const model::TokenizerPart& tokenizer : file.tokenizers) sum += Sum(tokenizer.bytes);
  if (file.llm && file.llm->parameters) sum += Sum(file.llm->parameters->raw);
  if (file.llm && file.llm->metadata) sum += Sum(file.llm->metadata->raw);
  if (file.metadata) {
    sum += SumFiles(file.metadata->associated_files);
    for (const auto& input : file.metadata->inputs) sum += SumFiles(input.associated_files);
    for (const auto& custom : file.metadata->custom) sum += Sum(custom.data);
  }
  static volatile uint64_t sink;
  sink = sum;
  (void)sink;
}

// The mutants of one format are shared out between `focuses`, the parts of the file to damage.
void OpenMutants(const Bytes& original, const std::vector<std::pair<size_t, size_t>>& focuses,
                 uint64_t seed) {
  int sound = 0;
  for (const auto& [begin, end] : focuses) {
    Mutator mutator(original, seed++);
    mutator.Focus(begin, end);
    const int count = test::MutantCount() / static_cast<int>(focuses.size());
    for (int i = 0; i < count; ++i) {
      const Bytes mutant = mutator.Next();
      if (mutant.empty()) continue;
      SCOPED_TRACE(mutator.description());
      auto mapped = MappedFile::FromMemory(mutant);
      ASSERT_TRUE(mapped.ok()) << mapped.status();
      const auto start = std::chrono::steady_clock::now();
      const test::AllocationPeak peak;
      const auto file = model::OpenModelFile(*mapped);
      ASSERT_LE(peak.bytes(), test::AllocationLimit(mutant.size()));
      ASSERT_LT(std::chrono::steady_clock::now() - start, test::kLongestRead);
      if (!file.ok()) {
        ASSERT_NE(GetErrorDetail(file.status()), ErrorDetail::kNone) << file.status();
        continue;
      }
      ++sound;
      ASSERT_NO_FATAL_FAILURE(CheckPromises(**file));
    }
  }
  EXPECT_GT(sound, 0) << "mutants that all die early test little";
}

TEST(BundleFuzzTest, TheOriginalsAreSound) {
  for (const Bytes& file : {Task(false), Task(true), Litertlm(), TfliteWithFiles()}) {
    const auto opened = model::OpenModelFile(*MappedFile::FromMemory(file));
    ASSERT_TRUE(opened.ok()) << opened.status();
    CheckPromises(**opened);
  }
}

TEST(BundleFuzzTest, TaskMutantsAreErrorsOrSound) {
  const Bytes file = Task(false);
  // The whole file; then the metadata, the directory and the end record in its last bytes.
  OpenMutants(file, {{0, file.size()}, {file.size() - 450, file.size()}}, 1);
}

TEST(BundleFuzzTest, Zip64TaskMutantsAreErrorsOrSound) {
  const Bytes file = Task(true);
  OpenMutants(file, {{0, file.size()}, {file.size() - 600, file.size()}}, 11);
}

TEST(BundleFuzzTest, LitertlmMutantsAreErrorsOrSound) {
  const Bytes file = Litertlm();
  // The header; the two messages; the compressed tokenizer; the second graph.
  OpenMutants(file,
              {{0, 1100},
               {16384, 16384 + 64},
               {2 * 16384, 2 * 16384 + 64},
               {4 * 16384, 4 * 16384 + 64},
               {6 * 16384, file.size()}},
              21);
}

TEST(BundleFuzzTest, TfliteMetadataMutantsAreErrorsOrSound) {
  const Bytes file = TfliteWithFiles();
  OpenMutants(file, {{0, file.size()}}, 31);
}

}  // namespace
}  // namespace edgetasks
