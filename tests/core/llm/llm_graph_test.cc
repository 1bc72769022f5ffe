#include "core/llm/llm_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/base/error.h"

namespace edgetasks::llm {
namespace {

using ir::DType;
using ir::Shape;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Adds signatures with graphs that hold only what FindLlmGraph looks at.
class ModelBuilder {
 public:
  ModelBuilder& Signature(const std::string& key) {
    model_.graphs.emplace_back();
    model_.graphs.back().name = key;
    model_.signatures.push_back({key, static_cast<int>(model_.graphs.size()) - 1, {}, {}});
    return *this;
  }
  ModelBuilder& Input(const std::string& name, DType dtype, const Shape& shape) {
    model_.graphs.back().inputs.push_back(AddTensor(name, dtype, shape));
    model_.signatures.back().inputs.push_back({name, model_.graphs.back().inputs.back()});
    return *this;
  }
  ModelBuilder& Output(const std::string& name, DType dtype, const Shape& shape) {
    model_.graphs.back().outputs.push_back(AddTensor(name, dtype, shape));
    model_.signatures.back().outputs.push_back({name, model_.graphs.back().outputs.back()});
    return *this;
  }
  ModelBuilder& Cache(const std::string& name, const Shape& shape) {
    return Input(name, DType::kFloat32, shape).Output(name, DType::kFloat32, shape);
  }
  // The last input is a cache that the graph updates with pieces of that shape.
  ModelBuilder& UpdatedBy(const Shape& update) {
    ir::Graph& graph = model_.graphs.back();
    ir::Op op;
    op.code = ir::OpCode::DYNAMIC_UPDATE_SLICE;
    op.inputs = {graph.inputs.back(), AddTensor("update", DType::kFloat32, update)};
    graph.ops.push_back(op);
    return *this;
  }
  ModelBuilder& Tokens(int length) {
    return Input("tokens", DType::kInt32, {1, length}).Input("input_pos", DType::kInt32, {length});
  }
  ModelBuilder& Logits(int length, int vocab) {
    return Output("logits", DType::kFloat32, {1, length, vocab});
  }
  ir::Model& model() { return model_; }

 private:
  int AddTensor(const std::string& name, DType dtype, const Shape& shape) {
    ir::Tensor tensor;
    tensor.name = name;
    tensor.dtype = dtype;
    tensor.shape = tensor.shape_signature = shape;
    model_.graphs.back().tensors.push_back(tensor);
    return static_cast<int>(model_.graphs.back().tensors.size()) - 1;
  }
  ir::Model model_;
};

std::vector<int> Lengths(const LlmGraph& graph) {
  std::vector<int> lengths;
  for (const StepGraph& step : graph.prefills) lengths.push_back(step.length);
  return lengths;
}

TEST(LlmGraphTest, ReadsTokensPositionsAndCachesOfTheAuthoredPath) {
  ModelBuilder b;
  for (const int length : {128, 16, 1}) {
    b.Signature(length == 1 ? "decode" : absl::StrCat("prefill_", length));
    b.Tokens(length).Cache("kv_cache_k_0", {1, 512, 4, 8}).UpdatedBy({1, length, 4, 8});
    b.Cache("kv_cache_v_0", {1, 512, 4, 8}).UpdatedBy({1, length, 4, 8});
    if (length == 1) b.Logits(1, 300);
  }
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(b.model(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->capacity, 512);
  EXPECT_EQ(graph->vocab_size, 300);
  EXPECT_EQ(graph->decode.tokens, 0);
  EXPECT_EQ(graph->decode.positions, 1);
  EXPECT_EQ(graph->decode.mask, -1);
  EXPECT_EQ(graph->decode.logits, 2);
  EXPECT_THAT(Lengths(*graph), ElementsAre(16, 128));
  ASSERT_EQ(graph->caches.size(), 2);
  EXPECT_EQ(graph->caches[1].sequence_axis, 1);
  EXPECT_EQ(graph->caches[1].bytes, 512 * 4 * 8 * 4);
  EXPECT_TRUE(graph->may_pad);
}

// Keys [1, N, S, H], values [1, N, H, S], a mask, S smaller than another axis.
TEST(LlmGraphTest, ReadsTheTransposedLayoutWithAMaskInput) {
  ModelBuilder b;
  b.Signature("decode").Tokens(1).Input("mask", DType::kFloat32, {1, 1, 1, 32});
  b.Cache("k", {1, 2, 32, 64}).UpdatedBy({1, 2, 1, 64});
  b.Cache("v", {1, 2, 64, 32}).UpdatedBy({1, 2, 64, 1}).Logits(1, 300);
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(b.model(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->capacity, 32);
  EXPECT_EQ(graph->decode.mask, 2);
  EXPECT_EQ(graph->caches[0].sequence_axis, 2);
  EXPECT_EQ(graph->caches[1].sequence_axis, 3);
  EXPECT_TRUE(graph->prefills.empty());
}

// token_ids and positions of one shape, attn_mask [B, T, 1, S] bool; the caches' updates are not
// visible, the mask tells S.
TEST(LlmGraphTest, ReadsTheJaxFamily) {
  ModelBuilder b;
  b.Signature("decode").Input("positions", DType::kInt32, {1, 1});
  b.Input("token_ids", DType::kInt32, {1, 1});
  b.Input("attn_mask", DType::kBool, {1, 1, 1, 64});
  b.Cache("kv_cache_k_0", {1, 64, 2, 128}).Logits(1, 300);
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(b.model(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->decode.tokens, 1);
  EXPECT_EQ(graph->decode.positions, 0);
  EXPECT_EQ(graph->capacity, 64);
}

TEST(LlmGraphTest, ReadsTheFirstGenerationWithCachesInside) {
  ModelBuilder b;
  for (const int length : {64, 1}) {
    b.Signature(length == 1 ? "decode" : "prefill");
    b.Input("args_0", DType::kInt64, {1, length}).Input("args_1", DType::kInt64, {length});
    b.Output("output_0", DType::kFloat32, {1, length, 300});
    ir::Op op;
    op.code = ir::OpCode::CUSTOM;
    op.custom_name = "odml.update_kv_cache";
    op.params = ir::CustomParams{{{"kv_cache_max", int64_t{1280}}}};
    b.model().graphs.back().ops.push_back(op);
  }
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(b.model(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->capacity, 1280);
  EXPECT_THAT(Lengths(*graph), ElementsAre(64));
  EXPECT_TRUE(graph->caches.empty());
}

// Another order of caches in prefill, other names on its outputs: paired by the metadata.
TEST(LlmGraphTest, FollowsTheMetadataWhereNamesDiffer) {
  ModelBuilder b;
  const Shape shape = {1, 64, 2, 8};
  b.Signature("prefill").Tokens(16);
  b.Input("b_in", DType::kFloat32, shape).Input("a_in", DType::kFloat32, shape);
  b.Output("a_out", DType::kFloat32, shape).Output("b_out", DType::kFloat32, shape);
  b.Signature("decode").Tokens(1).Cache("a", shape).Cache("b", shape).Logits(1, 300);
  const std::vector<CacheHint> hints = {{"a_in", "a_out", "a", "a", 1},
                                        {"b_in", "b_out", "b", "b", 1}};
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(b.model(), hints);
  ASSERT_TRUE(graph.ok()) << graph.status();
  ASSERT_EQ(graph->prefills.size(), 1);
  EXPECT_EQ(graph->prefills[0].caches[0].input, 3);
  EXPECT_EQ(graph->prefills[0].caches[0].output, 0);
  EXPECT_EQ(graph->prefills[0].caches[1].input, 2);
  EXPECT_EQ(graph->prefills[0].caches[1].output, 1);
}

TEST(LlmGraphTest, DoesNotPadWhereACacheIsShorterThanTheContext) {
  ModelBuilder b;
  b.Signature("decode").Tokens(1).Cache("global", {1, 64, 2, 8}).UpdatedBy({1, 1, 2, 8});
  b.Cache("local", {1, 32, 2, 8}).UpdatedBy({1, 1, 2, 8}).Logits(1, 300);
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(b.model(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->capacity, 64);
  EXPECT_FALSE(graph->may_pad);
}

TEST(LlmGraphTest, WorksWithoutSignatures) {
  ModelBuilder b;
  b.Signature("main").Tokens(1).Cache("k", {1, 64, 2, 8}).Logits(1, 300);
  b.model().signatures.clear();
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(b.model(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_EQ(graph->decode.signature, -1);
}

TEST(LlmGraphTest, LeavesOutPrefillsOfOtherCaches) {
  ModelBuilder b;
  b.Signature("prefill_8").Tokens(8).Cache("k", {1, 32, 2, 8});
  b.Signature("prefill_8_pixel").Tokens(8).Cache("k", {1, 64, 2, 8});
  b.Input("pixel_values", DType::kFloat32, {1, 3, 32, 32});
  b.Signature("decode").Tokens(1).Cache("k", {1, 64, 2, 8}).Logits(1, 300);
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(b.model(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  EXPECT_TRUE(graph->prefills.empty());
}

TEST(LlmGraphTest, TellsWhyAModelIsNoLanguageModel) {
  ModelBuilder b;
  b.Signature("serving_default").Input("image", DType::kFloat32, {1, 96, 96, 3});
  b.Output("scores", DType::kFloat32, {1, 48});
  absl::Status status = FindLlmGraph(b.model(), {}).status();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kNotALanguageModel);
  EXPECT_THAT(std::string(status.message()), HasSubstr("'serving_default': it has 0 integer"));

  ModelBuilder embeddings;
  embeddings.Signature("decode").Tokens(1).Input("embeddings", DType::kFloat32, {1, 1, 64});
  embeddings.Input("mask", DType::kFloat32, {1, 1, 1, 32}).Cache("k", {1, 32, 2, 8}).Logits(1, 9);
  status = FindLlmGraph(embeddings.model(), {}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("is none that EdgeTasks knows"));

  ModelBuilder without_cache;
  without_cache.Signature("decode").Tokens(1).Logits(1, 300);
  status = FindLlmGraph(without_cache.model(), {}).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("no key and value caches"));
}

}  // namespace
}  // namespace edgetasks::llm
