// Damaged .tflite files: an error or a sound model, never a crash, a hang or a giant allocation.
#include <chrono>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/model/tflite_reader.h"
#include "flatbuffers/flexbuffers.h"
#include "gtest/gtest.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/fuzz_limits.h"
#include "tests/support/mutator.h"
#include "tests/support/tflite_builder.h"

EDGETASKS_LIMIT_ALLOCATIONS();

namespace edgetasks {
namespace {

using test::Mutator;
using test::TfliteBuilder;

namespace schema = test::schema;

std::vector<uint8_t> Attributes() {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Float("epsilon", 1e-6f);
    builder.String("name", "norm");
    const int32_t axes[] = {1, 2, 3};
    builder.Key("axes");
    builder.Vector(axes, 3);
    builder.Map("inner", [&] { builder.Int("x", 300); });
  });
  builder.Finish();
  return builder.GetBuffer();
}

// A little of everything that the format has.
std::vector<uint8_t> RichModel() {
  TfliteBuilder b;
  const auto f32 = ir::DType::kFloat32;
  const int x = b.AddTensor("x", f32, {1, 8});
  b.tensor(x).shape_signature = {-1, 8};
  const int w4 = b.AddConstantBytes("w4", ir::DType::kInt4, {4, 8}, std::vector<uint8_t>(16, 0x21));
  const int scales =
      b.AddConstantBytes("scales", ir::DType::kFloat16, {4, 2}, std::vector<uint8_t>(16, 0x3c));
  b.QuantizeBlocks(w4, scales, 4);
  const int w8 = b.AddConstant<int8_t>("w8", {2, 4}, {1, 2, 3, 4, 5, 6, 7, 8});
  b.Quantize(w8, {0.5f, 0.25f}, {0, 0}, 0);
  const int h = b.AddTensor("h", f32, {1, 4});
  const int y = b.AddTensor("y", f32, {1, 2});
  const int n = b.AddTensor("n", f32, {1, 2});
  const int c = b.AddTensor("c", f32, {1, 2});
  const int o = b.AddTensor("o", f32, {1, 2});
  const int shape = b.AddConstant<int64_t>("shape", {2}, {1, 2});
  const int r = b.AddTensor("r", f32, {1, 2});
  schema::FullyConnectedOptionsT fc;
  fc.keep_num_dims = true;
  b.AddOp(ir::OpCode::FULLY_CONNECTED, {h, w8, -1}, {y}, fc);  // out of order
  b.AddOp(ir::OpCode::FULLY_CONNECTED, {x, w4, -1}, {h}, fc);
  b.AddComposite("odml.rms_norm", 1, {y}, {n}, Attributes());
  b.AddCustomOp("odml.update_kv_cache", {n}, {c}, Attributes());
  schema::WhileOptionsT loop;
  loop.cond_subgraph_index = 1;
  loop.body_subgraph_index = 1;
  b.AddOp(ir::OpCode::WHILE, {c}, {o}, loop);
  schema::ReshapeOptionsT reshape;
  reshape.new_shape = {1, 2};
  b.AddOp(ir::OpCode::RESHAPE, {o, shape}, {r}, reshape);
  b.SetEnds({x}, {r, n});
  b.AddSignature("decode", {{"tokens", x}}, {{"logits", r}, {"norm", n}});
  b.AddMetadata("min_runtime_version", {'1', '.', '0'});

  b.AddSubgraph("body");
  const int in = b.AddTensor("in", f32, {1, 2});
  const int out = b.AddTensor("out", f32, {1, 2});
  schema::MulOptionsT mul;
  mul.fused_activation_function = 1;
  b.AddOp(ir::OpCode::MUL, {in, in}, {out}, mul);
  b.SetEnds({in}, {out});

  // One constant lies behind the FlatBuffer.
  schema::BufferT& behind = *b.model().buffers.back();
  behind.data.clear();
  behind.size = 8;
  behind.offset = 4096;
  std::vector<uint8_t> file = b.Finish();
  file.resize(4096 + 8, 0x11);
  return file;
}

void CheckTensor(const ir::Tensor& tensor, uint64_t* sum) {
  int64_t bytes = 0;
  ASSERT_LE(tensor.shape.rank(), ir::Shape::kMaxRank);
  ASSERT_EQ(tensor.shape.rank(), tensor.shape_signature.rank());
  ASSERT_TRUE(ir::CheckedBytes(tensor.shape, tensor.dtype, &bytes));
  if (tensor.is_constant() && ir::BitsOf(tensor.dtype) > 0) {
    ASSERT_EQ(static_cast<int64_t>(tensor.data.size()), bytes);
  }
  *sum = std::accumulate(tensor.data.begin(), tensor.data.end(), *sum);
  const ir::Quantization& q = tensor.quantization;
  ASSERT_EQ(q.scales.size(), q.zero_points.size());
  if (q.per_channel()) {
    ASSERT_LT(q.axis, tensor.shape.rank());
    ASSERT_EQ(static_cast<int>(q.scales.size()), tensor.shape.dim(q.axis));
  }
  *sum = std::accumulate(q.block_scales.begin(), q.block_scales.end(), *sum);
}

// What core/ir/graph.h promises of a Model. Reads every byte that the model refers to.
void CheckPromises(const ir::Model& model) {
  uint64_t sum = 0;
  for (const ir::Graph& graph : model.graphs) {
    const int count = static_cast<int>(graph.tensors.size());
    std::vector<bool> written(count, false);
    for (int i = 0; i < count; ++i) {
      ASSERT_NO_FATAL_FAILURE(CheckTensor(graph.tensors[i], &sum));
      written[i] = graph.tensors[i].is_constant() || graph.tensors[i].is_variable;
    }
    for (int input : graph.inputs) written.at(input) = true;
    for (const ir::Op& op : graph.ops) {
      for (int input : op.inputs) ASSERT_TRUE(input == -1 || written.at(input));
      for (int output : op.outputs) {
        ASSERT_FALSE(written.at(output));
        written[output] = true;
      }
    }
    for (int output : graph.outputs) ASSERT_TRUE(written.at(output));
  }
  for (const ir::Signature& signature : model.signatures) {
    const ir::Graph& graph = model.graphs.at(signature.graph);
    const std::set<int> inputs(graph.inputs.begin(), graph.inputs.end());
    for (const ir::NamedTensor& named : signature.inputs) ASSERT_EQ(inputs.count(named.tensor), 1u);
  }
  for (const ir::MetadataEntry& entry : model.metadata) {
    sum = std::accumulate(entry.data.begin(), entry.data.end(), sum);
  }
  static volatile uint64_t sink;
  sink = sum;
  (void)sink;
}

TEST(TfliteFuzzTest, TheOriginalIsSound) {
  const std::vector<uint8_t> file = RichModel();
  std::vector<std::unique_ptr<std::vector<uint64_t>>> owned;
  const auto model = model::ReadTflite(file, &owned);
  ASSERT_TRUE(model.ok()) << model.status();
  CheckPromises(*model);
}

TEST(TfliteFuzzTest, MutantsAreErrorsOrSound) {
  const std::vector<uint8_t> file = RichModel();
  Mutator mutator(file, 20240501);
  mutator.Focus(0, 3000);  // the FlatBuffer; what follows is mostly a gap
  int sound = 0;
  for (int i = 0; i < test::MutantCount(); ++i) {
    const std::vector<uint8_t> mutant = mutator.Next();
    SCOPED_TRACE(mutator.description());
    std::vector<std::unique_ptr<std::vector<uint64_t>>> owned;
    const auto start = std::chrono::steady_clock::now();
    const test::AllocationPeak peak;
    const auto model = model::ReadTflite(mutant, &owned);
    ASSERT_LE(peak.bytes(), test::AllocationLimit(mutant.size()));
    ASSERT_LT(std::chrono::steady_clock::now() - start, test::kLongestRead);
    if (!model.ok()) {
      ASSERT_NE(GetErrorDetail(model.status()), ErrorDetail::kNone) << model.status();
      continue;
    }
    ++sound;
    ASSERT_NO_FATAL_FAILURE(CheckPromises(*model));
  }
  EXPECT_GT(sound, 0) << "mutants that all die early test little";
}

}  // namespace
}  // namespace edgetasks
