#include "core/model/tflite_ops.h"

#include <variant>

#include "core/model/op_params_reader.h"
#include "flatbuffers/flexbuffers.h"
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

// A graph of a single op from tensor 0 (or 0 and 1) to tensor 2.
class OneOp {
 public:
  OneOp() {
    for (const char* name : {"a", "b", "c"}) builder.AddTensor(name, ir::DType::kFloat32, {1});
    builder.SetEnds({0, 1}, {2});
  }
  template <typename OptionsT>
  OneOp(ir::OpCode code, OptionsT options) : OneOp() {
    builder.AddOp(code, {0, 1}, {2}, std::move(options));
  }

  TfliteBuilder builder;
};

// The params of the only op, which must be of type P.
template <typename P, typename OptionsT>
P ParamsOf(ir::OpCode code, OptionsT options) {
  const TfliteRead read = Read(OneOp(code, std::move(options)).builder);
  EXPECT_THAT(read.status(), IsOk());
  if (!read.status().ok()) return P{};
  const ir::OpParams& params = read.graph().ops[0].params;
  EXPECT_TRUE(std::holds_alternative<P>(params)) << ir::NameOf(code);
  return std::holds_alternative<P>(params) ? std::get<P>(params) : P{};
}

TEST(TfliteOpsTest, CodeIsTheLargerOfTheTwo) {
  struct Case {
    int8_t deprecated;
    int32_t builtin;
    ir::OpCode expected;
  };
  for (const Case& c : {Case{static_cast<int8_t>(ir::OpCode::LOGISTIC), 0, ir::OpCode::LOGISTIC},
                        Case{127, 150, ir::OpCode::GELU}, Case{14, 14, ir::OpCode::LOGISTIC}}) {
    OneOp one;
    one.builder.AddOp(ir::OpCode::ABS, {0}, {2});
    one.builder.model().operator_codes[0]->deprecated_builtin_code = c.deprecated;
    one.builder.model().operator_codes[0]->builtin_code = c.builtin;
    const TfliteRead read = Read(one.builder);
    ASSERT_THAT(read.status(), IsOk());
    EXPECT_EQ(read.graph().ops[0].code, c.expected);
  }
}

TEST(TfliteOpsTest, CodesBeyondTheFormatAreRefused) {
  for (int code : {-5, 10000, 10001, INT32_MAX}) {
    OneOp one;
    one.builder.AddOp(ir::OpCode::ABS, {0}, {2});
    one.builder.model().operator_codes[0]->deprecated_builtin_code = -128;
    one.builder.model().operator_codes[0]->builtin_code = code;
    EXPECT_THAT(Read(one.builder).status(), IsError(ErrorDetail::kUnsupportedOp, "operator"));
  }
}

TEST(TfliteOpsTest, CodesOfLaterSchemasKeepTheirNumber) {
  OneOp one;
  one.builder.AddOp(ir::OpCode::ABS, {0}, {2});
  one.builder.model().operator_codes[0]->builtin_code = 999;
  const TfliteRead read = Read(one.builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read.graph().ops[0].DisplayName(), "operator 999");
}

TEST(TfliteOpsTest, IndicesOutOfRangeAreCorrupt) {
  OneOp opcode, input, negative_input, output, missing_output;
  opcode.builder.AddOp(ir::OpCode::ABS, {0}, {2}).opcode_index = 1;
  EXPECT_THAT(Read(opcode.builder).status(),
              IsError(ErrorDetail::kCorruptFile, "opcode_index is 1"));
  input.builder.AddOp(ir::OpCode::ABS, {3}, {2});
  EXPECT_THAT(Read(input.builder).status(),
              IsError(ErrorDetail::kCorruptFile,
                      "subgraph 0 \"main\": op 0 ABS: input 0 is tensor 3; the subgraph has 3"));
  negative_input.builder.AddOp(ir::OpCode::ABS, {-2}, {2});
  EXPECT_THAT(Read(negative_input.builder).status(),
              IsError(ErrorDetail::kCorruptFile, "input 0 is tensor -2"));
  output.builder.AddOp(ir::OpCode::ABS, {0}, {3});
  EXPECT_THAT(Read(output.builder).status(),
              IsError(ErrorDetail::kCorruptFile, "output 0 is tensor 3"));
  missing_output.builder.AddOp(ir::OpCode::ABS, {0}, {-1});
  EXPECT_THAT(Read(missing_output.builder).status(),
              IsError(ErrorDetail::kCorruptFile, "output 0 is tensor -1"));
}

TEST(TfliteOpsTest, OptionalInputsMayBeLeftOut) {
  OneOp one;
  one.builder.AddOp(ir::OpCode::FULLY_CONNECTED, {0, 1, -1}, {2});
  const TfliteRead read = Read(one.builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_THAT(read.graph().ops[0].inputs, ElementsAre(0, 1, -1));
}

TEST(TfliteOpsTest, NpuGraphsAreRefusedWithTheWayOut) {
  OneOp one;
  one.builder.AddCustomOp("DISPATCH_OP", {0}, {2});
  EXPECT_THAT(Read(one.builder).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "compiled for an NPU; use the model's CPU"));
}

TEST(TfliteOpsTest, WithoutOptionsTheDefaultsHold) {
  OneOp one;
  one.builder.AddOp(ir::OpCode::SOFTMAX, {0}, {2});
  const TfliteRead read = Read(one.builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(std::get<ir::SoftmaxParams>(read.graph().ops[0].params).beta, 1.0f);
}

TEST(TfliteOpsTest, OptionsOfAnotherOperatorAreRefused) {
  EXPECT_THAT(Read(OneOp(ir::OpCode::ADD, schema::Conv2DOptionsT()).builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "op 0 ADD: the op has options of kind 1"));
}

TEST(TfliteOpsTest, EnumsOutOfRangeAreRefused) {
  schema::AddOptionsT activation;
  activation.fused_activation_function = 6;
  EXPECT_THAT(Read(OneOp(ir::OpCode::ADD, activation).builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "fused_activation_function is 6"));
  schema::Conv2DOptionsT padding;
  padding.padding = -1;
  EXPECT_THAT(Read(OneOp(ir::OpCode::CONV_2D, padding).builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "padding is -1; expected 0 to 1"));
  schema::CastOptionsT type;
  type.out_data_type = 99;
  EXPECT_THAT(Read(OneOp(ir::OpCode::CAST, type).builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "out_data_type is 99"));
  schema::MirrorPadOptionsT mode;
  mode.mode = 2;
  EXPECT_THAT(Read(OneOp(ir::OpCode::MIRROR_PAD, mode).builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "mode is 2"));
}

TEST(TfliteOpsTest, ReadsWindows) {
  schema::Conv2DOptionsT conv;
  conv.padding = 1;
  conv.stride_w = 2;
  conv.stride_h = 3;
  conv.dilation_w_factor = 4;
  conv.dilation_h_factor = 5;
  conv.fused_activation_function = 3;
  const auto c = ParamsOf<ir::Conv2DParams>(ir::OpCode::CONV_2D, conv);
  EXPECT_EQ(c.padding, ir::Padding::kValid);
  EXPECT_EQ(c.stride_w, 2);
  EXPECT_EQ(c.stride_h, 3);
  EXPECT_EQ(c.dilation_w, 4);
  EXPECT_EQ(c.dilation_h, 5);
  EXPECT_EQ(c.activation, ir::Activation::kRelu6);

  schema::DepthwiseConv2DOptionsT depthwise;
  depthwise.stride_w = 2;
  depthwise.dilation_h_factor = 5;
  depthwise.fused_activation_function = 1;
  const auto d = ParamsOf<ir::DepthwiseConv2DParams>(ir::OpCode::DEPTHWISE_CONV_2D, depthwise);
  EXPECT_EQ(d.padding, ir::Padding::kSame);
  EXPECT_EQ(d.stride_w, 2);
  EXPECT_EQ(d.stride_h, 0) << "an absent number is the format's default, for the kernel to judge";
  EXPECT_EQ(d.dilation_w, 1);
  EXPECT_EQ(d.dilation_h, 5);
  EXPECT_EQ(d.activation, ir::Activation::kRelu);

  schema::TransposeConvOptionsT transposed;
  transposed.stride_w = 2;
  transposed.stride_h = 3;
  transposed.padding = 1;
  const auto t = ParamsOf<ir::TransposeConvParams>(ir::OpCode::TRANSPOSE_CONV, transposed);
  EXPECT_EQ(t.stride_w, 2);
  EXPECT_EQ(t.stride_h, 3);
  EXPECT_EQ(t.padding, ir::Padding::kValid);

  schema::Pool2DOptionsT pool;
  pool.stride_w = 2;
  pool.stride_h = 3;
  pool.filter_width = 4;
  pool.filter_height = 5;
  for (ir::OpCode code :
       {ir::OpCode::AVERAGE_POOL_2D, ir::OpCode::MAX_POOL_2D, ir::OpCode::L2_POOL_2D}) {
    const auto p = ParamsOf<ir::Pool2DParams>(code, pool);
    EXPECT_EQ(p.stride_w, 2);
    EXPECT_EQ(p.stride_h, 3);
    EXPECT_EQ(p.filter_w, 4);
    EXPECT_EQ(p.filter_h, 5);
  }
}

TEST(TfliteOpsTest, ReadsActivations) {
  schema::AddOptionsT add;
  add.fused_activation_function = 1;
  EXPECT_EQ(ParamsOf<ir::ActivationParams>(ir::OpCode::ADD, add).activation, ir::Activation::kRelu);
  schema::SubOptionsT sub;
  sub.fused_activation_function = 2;
  EXPECT_EQ(ParamsOf<ir::ActivationParams>(ir::OpCode::SUB, sub).activation,
            ir::Activation::kReluN1To1);
  schema::MulOptionsT mul;
  mul.fused_activation_function = 3;
  EXPECT_EQ(ParamsOf<ir::ActivationParams>(ir::OpCode::MUL, mul).activation,
            ir::Activation::kRelu6);
  schema::DivOptionsT div;
  div.fused_activation_function = 4;
  EXPECT_EQ(ParamsOf<ir::ActivationParams>(ir::OpCode::DIV, div).activation, ir::Activation::kTanh);
  schema::L2NormOptionsT norm;
  norm.fused_activation_function = 5;
  EXPECT_EQ(ParamsOf<ir::ActivationParams>(ir::OpCode::L2_NORMALIZATION, norm).activation,
            ir::Activation::kSignBit);
}

TEST(TfliteOpsTest, ReadsProducts) {
  schema::FullyConnectedOptionsT fc;
  fc.keep_num_dims = true;
  fc.asymmetric_quantize_inputs = true;
  fc.weights_format = 1;
  const auto f = ParamsOf<ir::FullyConnectedParams>(ir::OpCode::FULLY_CONNECTED, fc);
  EXPECT_TRUE(f.keep_num_dims);
  EXPECT_TRUE(f.asymmetric_quantize_inputs);
  EXPECT_TRUE(f.shuffled_weights);
  schema::BatchMatMulOptionsT bmm;
  bmm.adj_y = true;
  const auto b = ParamsOf<ir::BatchMatMulParams>(ir::OpCode::BATCH_MATMUL, bmm);
  EXPECT_FALSE(b.adj_x);
  EXPECT_TRUE(b.adj_y);
}

TEST(TfliteOpsTest, ReadsShapes) {
  schema::ReshapeOptionsT reshape;
  reshape.new_shape = {2, -1};
  EXPECT_THAT(ParamsOf<ir::ReshapeParams>(ir::OpCode::RESHAPE, reshape).new_shape,
              ElementsAre(2, -1));
  schema::SqueezeOptionsT squeeze;
  squeeze.squeeze_dims = {0, 2};
  EXPECT_THAT(ParamsOf<ir::SqueezeParams>(ir::OpCode::SQUEEZE, squeeze).squeeze_dims,
              ElementsAre(0, 2));
  schema::StridedSliceOptionsT slice;
  slice.begin_mask = 1;
  slice.end_mask = 2;
  slice.ellipsis_mask = 4;
  slice.new_axis_mask = 8;
  slice.shrink_axis_mask = 16;
  slice.offset = true;
  const auto s = ParamsOf<ir::StridedSliceParams>(ir::OpCode::STRIDED_SLICE, slice);
  EXPECT_EQ(s.begin_mask, 1);
  EXPECT_EQ(s.end_mask, 2);
  EXPECT_EQ(s.ellipsis_mask, 4);
  EXPECT_EQ(s.new_axis_mask, 8);
  EXPECT_EQ(s.shrink_axis_mask, 16);
  EXPECT_TRUE(s.offset);
}

TEST(TfliteOpsTest, ReadsAxesAndCounts) {
  schema::ConcatenationOptionsT concat;
  concat.axis = -1;
  EXPECT_EQ(ParamsOf<ir::ConcatenationParams>(ir::OpCode::CONCATENATION, concat).axis, -1);
  schema::SplitOptionsT split;
  split.num_splits = 3;
  EXPECT_EQ(ParamsOf<ir::SplitParams>(ir::OpCode::SPLIT, split).num_splits, 3);
  schema::SplitVOptionsT split_v;
  split_v.num_splits = 4;
  EXPECT_EQ(ParamsOf<ir::SplitParams>(ir::OpCode::SPLIT_V, split_v).num_splits, 4);
  schema::PackOptionsT pack;
  pack.values_count = 2;
  pack.axis = 1;
  EXPECT_EQ(ParamsOf<ir::PackParams>(ir::OpCode::PACK, pack).values_count, 2);
  EXPECT_EQ(ParamsOf<ir::PackParams>(ir::OpCode::PACK, pack).axis, 1);
  schema::UnpackOptionsT unpack;
  unpack.num = 2;
  unpack.axis = 1;
  EXPECT_EQ(ParamsOf<ir::UnpackParams>(ir::OpCode::UNPACK, unpack).num, 2);
  EXPECT_EQ(ParamsOf<ir::UnpackParams>(ir::OpCode::UNPACK, unpack).axis, 1);
  schema::GatherOptionsT gather;
  gather.axis = 1;
  gather.batch_dims = 2;
  EXPECT_EQ(ParamsOf<ir::GatherParams>(ir::OpCode::GATHER, gather).axis, 1);
  EXPECT_EQ(ParamsOf<ir::GatherParams>(ir::OpCode::GATHER, gather).batch_dims, 2);
  schema::OneHotOptionsT one_hot;
  one_hot.axis = 3;
  EXPECT_EQ(ParamsOf<ir::OneHotParams>(ir::OpCode::ONE_HOT, one_hot).axis, 3);
  schema::ReverseSequenceOptionsT reverse;
  reverse.seq_dim = 1;
  reverse.batch_dim = 2;
  EXPECT_EQ(ParamsOf<ir::ReverseSequenceParams>(ir::OpCode::REVERSE_SEQUENCE, reverse).seq_dim, 1);
  EXPECT_EQ(ParamsOf<ir::ReverseSequenceParams>(ir::OpCode::REVERSE_SEQUENCE, reverse).batch_dim,
            2);
  for (ir::OpCode code :
       {ir::OpCode::SUM, ir::OpCode::MEAN, ir::OpCode::REDUCE_MAX, ir::OpCode::REDUCE_MIN,
        ir::OpCode::REDUCE_PROD, ir::OpCode::REDUCE_ANY, ir::OpCode::REDUCE_ALL}) {
    schema::ReducerOptionsT reducer;
    reducer.keep_dims = true;
    EXPECT_TRUE(ParamsOf<ir::ReducerParams>(code, reducer).keep_dims);
  }
}

TEST(TfliteOpsTest, ReadsTypes) {
  schema::CastOptionsT cast;
  cast.in_data_type = 2;
  cast.out_data_type = 18;
  const auto c = ParamsOf<ir::CastParams>(ir::OpCode::CAST, cast);
  EXPECT_EQ(c.in_type, ir::DType::kInt32);
  EXPECT_EQ(c.out_type, ir::DType::kBFloat16);
  schema::ShapeOptionsT shape;
  shape.out_type = 4;
  EXPECT_EQ(ParamsOf<ir::ShapeParams>(ir::OpCode::SHAPE, shape).out_type, ir::DType::kInt64);
  schema::ArgMaxOptionsT arg_max;
  arg_max.output_type = 2;
  EXPECT_EQ(ParamsOf<ir::ArgParams>(ir::OpCode::ARG_MAX, arg_max).output_type, ir::DType::kInt32);
  schema::ArgMinOptionsT arg_min;
  arg_min.output_type = 4;
  EXPECT_EQ(ParamsOf<ir::ArgParams>(ir::OpCode::ARG_MIN, arg_min).output_type, ir::DType::kInt64);
}

TEST(TfliteOpsTest, ReadsNumbersAndSwitches) {
  schema::SoftmaxOptionsT softmax;
  softmax.beta = 0.25f;
  EXPECT_EQ(ParamsOf<ir::SoftmaxParams>(ir::OpCode::SOFTMAX, softmax).beta, 0.25f);
  schema::LeakyReluOptionsT leaky;
  leaky.alpha = 0.1f;
  EXPECT_EQ(ParamsOf<ir::LeakyReluParams>(ir::OpCode::LEAKY_RELU, leaky).alpha, 0.1f);
  schema::GeluOptionsT gelu;
  gelu.approximate = true;
  EXPECT_TRUE(ParamsOf<ir::GeluParams>(ir::OpCode::GELU, gelu).approximate);
  schema::CumsumOptionsT cumsum;
  cumsum.exclusive = true;
  EXPECT_TRUE(ParamsOf<ir::CumsumParams>(ir::OpCode::CUMSUM, cumsum).exclusive);
  EXPECT_FALSE(ParamsOf<ir::CumsumParams>(ir::OpCode::CUMSUM, cumsum).reverse);
  schema::ResizeBilinearOptionsT bilinear;
  bilinear.half_pixel_centers = true;
  const auto b = ParamsOf<ir::ResizeParams>(ir::OpCode::RESIZE_BILINEAR, bilinear);
  EXPECT_TRUE(b.half_pixel_centers);
  EXPECT_FALSE(b.align_corners);
  schema::ResizeNearestNeighborOptionsT nearest;
  nearest.align_corners = true;
  const auto n = ParamsOf<ir::ResizeParams>(ir::OpCode::RESIZE_NEAREST_NEIGHBOR, nearest);
  EXPECT_TRUE(n.align_corners);
  EXPECT_FALSE(n.half_pixel_centers);
  schema::SpaceToDepthOptionsT to_depth;
  to_depth.block_size = 2;
  EXPECT_EQ(ParamsOf<ir::BlockSizeParams>(ir::OpCode::SPACE_TO_DEPTH, to_depth).block_size, 2);
  schema::DepthToSpaceOptionsT to_space;
  to_space.block_size = 3;
  EXPECT_EQ(ParamsOf<ir::BlockSizeParams>(ir::OpCode::DEPTH_TO_SPACE, to_space).block_size, 3);
  schema::MirrorPadOptionsT pad;
  pad.mode = 1;
  EXPECT_EQ(ParamsOf<ir::MirrorPadParams>(ir::OpCode::MIRROR_PAD, pad).mode,
            ir::MirrorPadMode::kSymmetric);
  schema::LocalResponseNormalizationOptionsT lrn;
  lrn.radius = 5;
  lrn.bias = 1;
  lrn.alpha = 2;
  lrn.beta = 3;
  const auto l =
      ParamsOf<ir::LocalResponseNormalizationParams>(ir::OpCode::LOCAL_RESPONSE_NORMALIZATION, lrn);
  EXPECT_EQ(l.radius, 5);
  EXPECT_EQ(l.bias, 1);
  EXPECT_EQ(l.alpha, 2);
  EXPECT_EQ(l.beta, 3);
  schema::VarHandleOptionsT handle;
  handle.container = "c";
  handle.shared_name = "state";
  EXPECT_EQ(ParamsOf<ir::VarHandleParams>(ir::OpCode::VAR_HANDLE, handle).container, "c");
  EXPECT_EQ(ParamsOf<ir::VarHandleParams>(ir::OpCode::VAR_HANDLE, handle).shared_name, "state");
}

std::vector<uint8_t> LayerAttributes() {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("layer_index", 3);
    builder.Float("scale", 0.5f);
  });
  builder.Finish();
  return builder.GetBuffer();
}

TEST(TfliteOpsTest, ReadsAttributesOfCustomOps) {
  OneOp one;
  one.builder.AddCustomOp("odml.update_kv_cache", {0, 1}, {2}, LayerAttributes());
  const TfliteRead read = Read(one.builder);
  ASSERT_THAT(read.status(), IsOk());
  const ir::Op& op = read.graph().ops[0];
  EXPECT_EQ(op.DisplayName(), "CUSTOM odml.update_kv_cache");
  const auto& attributes = std::get<ir::CustomParams>(op.params).attributes;
  EXPECT_EQ(attributes.at("layer_index"), ir::AttributeValue(int64_t{3}));
  EXPECT_EQ(attributes.at("scale"), ir::AttributeValue(0.5));
}

TEST(TfliteOpsTest, CustomOptionsThatAreNoMapGiveNoAttributes) {
  for (const std::vector<uint8_t>& options :
       {std::vector<uint8_t>{}, std::vector<uint8_t>{1, 2, 3, 4, 5}}) {
    OneOp one;
    one.builder.AddCustomOp("mine", {0}, {2}, options);
    const TfliteRead read = Read(one.builder);
    ASSERT_THAT(read.status(), IsOk());
    EXPECT_TRUE(std::get<ir::CustomParams>(read.graph().ops[0].params).attributes.empty());
  }
}

TEST(TfliteOpsTest, CustomOptionsMayLieBehindTheFlatBuffer) {
  const std::vector<uint8_t> attributes = LayerAttributes();
  OneOp one;
  schema::OperatorT& op = one.builder.AddCustomOp("mine", {0}, {2});
  op.large_custom_options_size = attributes.size();
  op.large_custom_options_offset = 100000;
  std::vector<uint8_t> file = one.builder.Finish();
  EXPECT_THAT(ReadBytes(file).status(), IsError(ErrorDetail::kCorruptFile, "op 0 CUSTOM mine: "));
  file.resize(100000);
  file.insert(file.end(), attributes.begin(), attributes.end());
  const TfliteRead read = ReadBytes(file);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(std::get<ir::CustomParams>(read.graph().ops[0].params).attributes.size(), 2u);
}

TEST(TfliteOpsTest, ReadsComposites) {
  OneOp one;
  one.builder.AddComposite("odml.rms_norm", 1, {0, 1}, {2}, LayerAttributes());
  one.builder.AddSubgraph("body");
  const TfliteRead read = Read(one.builder);
  ASSERT_THAT(read.status(), IsOk());
  const auto& params = std::get<ir::CompositeParams>(read.graph().ops[0].params);
  EXPECT_EQ(params.name, "odml.rms_norm");
  EXPECT_EQ(params.decomposition_graph, 1);
  EXPECT_EQ(params.attributes.size(), 2u);
}

TEST(TfliteOpsTest, DamagedAttributesOfACompositeAreCorrupt) {
  OneOp one;
  one.builder.AddComposite("odml.rms_norm", 1, {0, 1}, {2}, {1, 2, 3, 4, 5});
  one.builder.AddSubgraph("body");
  EXPECT_THAT(Read(one.builder).status(),
              IsError(ErrorDetail::kCorruptFile, "composite \"odml.rms_norm\""));
}

TEST(TfliteOpsTest, OpsThatCallSubgraphsNeedTheirOptions) {
  for (ir::OpCode code : {ir::OpCode::IF, ir::OpCode::WHILE, ir::OpCode::CALL_ONCE,
                          ir::OpCode::STABLEHLO_COMPOSITE}) {
    OneOp one;
    one.builder.AddOp(code, {0}, {2});
    EXPECT_THAT(Read(one.builder).status(), IsError(ErrorDetail::kCorruptFile, "has no "));
  }
}

}  // namespace
}  // namespace edgetasks
