// How much memory caches of each type commit: what the context holds, not what it could hold.
#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "core/llm/llm_model.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/graph_builder.h"

namespace edgetasks::llm {
namespace {

using ir::DType;
using ir::OpCode;
using test::GraphBuilder;

constexpr int kPositions = 16384, kWidth = 64, kVocab = 8;

// One layer that attends to a cache of keys [1, 1, S, H] and one of values [1, 1, H, S], and
// decodes one token; a token's embedding is its query, key and value.
class OneLayer {
 public:
  OneLayer() : g_(&model_) {
    const int tokens = Named("tokens", g_.Input(DType::kInt32, {1, 1}));
    const int position = Named("input_pos", g_.Input(DType::kInt32, {1}));
    const int mask = Named("mask", g_.Input(DType::kFloat32, {1, 1, 1, kPositions}));
    const int keys = Named("k", g_.Input(DType::kFloat32, {1, 1, kPositions, kWidth}));
    const int values = Named("v", g_.Input(DType::kFloat32, {1, 1, kWidth, kPositions}));
    std::vector<float> table(kVocab * kWidth);
    for (size_t i = 0; i < table.size(); ++i) table[i] = static_cast<float>(i % 13) / 13.0f - 0.4f;
    const int weights = g_.Constant<float>({kVocab, kWidth}, table);
    const int x =
        g_.Op(OpCode::EMBEDDING_LOOKUP, {Flat(tokens), weights}, DType::kFloat32, {1, kWidth});
    const int row = Reshaped(x, {1, 1, 1, kWidth}), column = Reshaped(x, {1, 1, kWidth, 1});
    const int new_keys = Updated(keys, row, position, 2),
              new_values = Updated(values, column, position, 3);
    const int scores = g_.Op(OpCode::BATCH_MATMUL, {row, new_keys}, DType::kFloat32,
                             {1, 1, 1, kPositions}, ir::BatchMatMulParams{false, true});
    const int masked = g_.Op(OpCode::ADD, {scores, mask}, DType::kFloat32, {1, 1, 1, kPositions});
    const int shares = g_.Op(OpCode::SOFTMAX, {masked}, DType::kFloat32, {1, 1, 1, kPositions},
                             ir::SoftmaxParams{1.0f});
    const int mixed = g_.Op(OpCode::BATCH_MATMUL, {shares, new_values}, DType::kFloat32,
                            {1, 1, 1, kWidth}, ir::BatchMatMulParams{false, true});
    const int logits = g_.Op(OpCode::FULLY_CONNECTED, {Reshaped(mixed, {1, kWidth}), weights, -1},
                             DType::kFloat32, {1, kVocab}, ir::FullyConnectedParams{});
    const int last = Reshaped(logits, {1, 1, kVocab});
    g_.Outputs({last, new_keys, new_values});
    ir::Signature decode;
    decode.key = "decode";
    decode.inputs = {
        {"tokens", tokens}, {"input_pos", position}, {"mask", mask}, {"k", keys}, {"v", values}};
    decode.outputs = {{"logits", last}, {"k", new_keys}, {"v", new_values}};
    model_.signatures.push_back(decode);
  }
  const ir::Model& model() const { return model_; }

 private:
  int Named(const std::string& name, int tensor) {
    g_.graph().tensors[tensor].name = name;
    return tensor;
  }
  int Reshaped(int tensor, const ir::Shape& shape) {
    const std::vector<int32_t> dims(shape.dims().begin(), shape.dims().end());
    const int rank = shape.rank();
    return g_.Op(OpCode::RESHAPE, {tensor, g_.Constant<int32_t>({rank}, dims)}, DType::kFloat32,
                 shape);
  }
  int Flat(int tokens) {
    return g_.Op(OpCode::RESHAPE, {tokens, g_.Constant<int32_t>({1}, {1})}, DType::kInt32, {1});
  }
  // The cache with `update` at position `at` of `axis`.
  int Updated(int cache, int update, int at, int axis) {
    const int before = g_.Constant<int32_t>({axis}, std::vector<int32_t>(axis, 0));
    std::vector<int> parts = {before, at};
    if (axis < 3)
      parts.push_back(g_.Constant<int32_t>({3 - axis}, std::vector<int32_t>(3 - axis, 0)));
    const int start =
        g_.Op(OpCode::CONCATENATION, parts, DType::kInt32, {4}, ir::ConcatenationParams{});
    return g_.Op(OpCode::DYNAMIC_UPDATE_SLICE, {cache, update, start}, DType::kFloat32,
                 g_.graph().tensors[cache].shape);
  }

  ir::Model model_;
  GraphBuilder g_;
};

// Whether the system may commit more than a page where one is touched.
bool HugePages() {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string text;
  std::getline(file, text);
  return text.find("[always]") != std::string::npos;
}

int64_t CommittedBytes(void* data, int64_t bytes) {
  const int64_t page = sysconf(_SC_PAGESIZE);
  std::vector<unsigned char> resident((bytes + page - 1) / page);
  EXPECT_EQ(mincore(data, static_cast<size_t>(bytes), resident.data()), 0);
  int64_t committed = 0;
  for (const unsigned char entry : resident) committed += (entry & 1) * page;
  return committed;
}

class KvCacheMemoryTest : public ::testing::TestWithParam<DType> {};

TEST_P(KvCacheMemoryTest, GrowsWithTheContext) {
  const OneLayer layer;
  const absl::StatusOr<LlmGraph> graph = FindLlmGraph(layer.model(), {});
  ASSERT_TRUE(graph.ok()) << graph.status();
  ASSERT_EQ(graph->capacity, kPositions);
  const absl::StatusOr<std::unique_ptr<StepRunner>> step =
      StepRunner::Create(layer.model(), *graph, graph->decode, std::make_shared<exec::Engine>(1),
                         {true, true}, GetParam());
  ASSERT_TRUE(step.ok()) << step.status();
  std::vector<CacheLayout> layouts = {(*step)->cache_layout(0), (*step)->cache_layout(1)};
  for (const CacheLayout& layout : layouts) {
    EXPECT_EQ(layout.dtype, GetParam());
    EXPECT_EQ(layout.position_axis, 2) << layout.name;
  }
  KvCache cache = *KvCache::Create(layouts, {false, false});
  StepInput input;
  input.cache = &cache;
  input.state = std::make_shared<ir::StateStore>();
  std::vector<float> logits(kVocab);
  constexpr int kTokens = 200;
  for (int32_t token = 0; input.position < kTokens; ++input.position) {
    token = (token * 5 + 3) % kVocab;
    input.ids = absl::MakeConstSpan(&token, 1);
    const absl::Status status = (*step)->Run(input, logits.data());
    ASSERT_TRUE(status.ok()) << status;
  }
  const int64_t granule = HugePages() ? int64_t{2} << 20 : sysconf(_SC_PAGESIZE);
  int64_t committed = 0;
  for (int c = 0; c < cache.size(); ++c) {
    ASSERT_TRUE((*step)->updates_in_place(c));
    committed += CommittedBytes(cache.current(c), cache.bytes(c));
  }
  EXPECT_GE(committed, cache.LiveBytes(kTokens));
  EXPECT_LE(committed, cache.LiveBytes(kTokens) + cache.size() * 2 * granule);
}

INSTANTIATE_TEST_SUITE_P(Types, KvCacheMemoryTest,
                         ::testing::Values(DType::kFloat32, DType::kFloat16, DType::kInt8),
                         [](const auto& test) { return std::string(ir::NameOf(test.param)); });

TEST(KvCacheTypeTest, IsRefusedWhereAttentionIsNotRecognised) {
  OneLayer layer;
  ir::Model model = layer.model();
  ir::Graph& graph = model.graphs[0];
  for (ir::Op& op : graph.ops) {
    if (op.code == OpCode::SOFTMAX) op.params = ir::SoftmaxParams{2.0f};
  }
  EXPECT_TRUE(LlmModel::Create(model, {}, 1).ok());
  const auto refused = LlmModel::Create(model, {}, 1, DType::kInt8);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(refused.status().message()),
              ::testing::AllOf(::testing::HasSubstr("kept as int8"), ::testing::HasSubstr("'k'")));
}

}  // namespace
}  // namespace edgetasks::llm
