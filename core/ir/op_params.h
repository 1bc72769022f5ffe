// The attributes of operators, one plain struct a family. Field names and meanings follow the
// *Options tables of the TFLite schema. An operator that has none holds std::monostate.
#ifndef CORE_IR_OP_PARAMS_H_
#define CORE_IR_OP_PARAMS_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "core/ir/dtype.h"
#include "core/ir/quantization.h"

namespace edgetasks::ir {

enum class Activation : uint8_t { kNone, kRelu, kReluN1To1, kRelu6, kTanh, kSignBit };
enum class Padding : uint8_t { kSame, kValid };
enum class MirrorPadMode : uint8_t { kReflect, kSymmetric };

// ADD, SUB, MUL, DIV, L2_NORMALIZATION.
struct ActivationParams {
  Activation activation = Activation::kNone;
};
// CONV_2D. Filter [out_channels, h, w, in_channels / groups].
struct Conv2DParams {
  Padding padding = Padding::kSame;
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  Activation activation = Activation::kNone;
};
// DEPTHWISE_CONV_2D. Filter [1, h, w, channels]; depth_multiplier is derived from the shapes.
struct DepthwiseConv2DParams {
  Padding padding = Padding::kSame;
  int32_t stride_h = 1, stride_w = 1;
  int32_t dilation_h = 1, dilation_w = 1;
  Activation activation = Activation::kNone;
};
struct TransposeConvParams {
  Padding padding = Padding::kSame;
  int32_t stride_h = 1, stride_w = 1;
  Activation activation = Activation::kNone;
};
// AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D.
struct Pool2DParams {
  Padding padding = Padding::kSame;
  int32_t stride_h = 1, stride_w = 1;
  int32_t filter_h = 1, filter_w = 1;
  Activation activation = Activation::kNone;
};
struct FullyConnectedParams {
  Activation activation = Activation::kNone;
  bool keep_num_dims = false;
  bool asymmetric_quantize_inputs = false;
  bool shuffled_weights = false;  // WeightsFormat SHUFFLED4x16INT8: refused
  // Set by graph::FoldDequantize, not from a file: integer weights stand for floats, and float
  // activations stay floats. Otherwise float activations meet integer weights as integers.
  bool weight_only = false;
};
struct BatchMatMulParams {
  bool adj_x = false, adj_y = false;
  bool asymmetric_quantize_inputs = false;
};
struct SoftmaxParams {
  float beta = 1.0f;
};
struct ConcatenationParams {
  int32_t axis = 0;
  Activation activation = Activation::kNone;
};
struct ReshapeParams {
  std::vector<int32_t> new_shape;  // used when the shape input is left out
};
struct SqueezeParams {
  std::vector<int32_t> squeeze_dims;
};
struct StridedSliceParams {
  int32_t begin_mask = 0, end_mask = 0, ellipsis_mask = 0, new_axis_mask = 0;
  int32_t shrink_axis_mask = 0;
  bool offset = false;
};
struct SplitParams {  // SPLIT and SPLIT_V
  int32_t num_splits = 0;
};
struct PackParams {
  int32_t values_count = 0;
  int32_t axis = 0;
};
struct UnpackParams {
  int32_t num = 0;
  int32_t axis = 0;
};
struct GatherParams {
  int32_t axis = 0;
  int32_t batch_dims = 0;
};
// SUM, MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL.
struct ReducerParams {
  bool keep_dims = false;
};
// ARG_MAX, ARG_MIN.
struct ArgParams {
  DType output_type = DType::kInt64;
};
struct CastParams {
  DType in_type = DType::kFloat32, out_type = DType::kFloat32;
};
struct ShapeParams {
  DType out_type = DType::kInt32;
};
struct CumsumParams {
  bool exclusive = false, reverse = false;
};
struct OneHotParams {
  int32_t axis = -1;
};
struct LeakyReluParams {
  float alpha = 0.0f;
};
struct GeluParams {
  bool approximate = false;  // true: the tanh formula
};
// RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR.
struct ResizeParams {
  bool align_corners = false, half_pixel_centers = false;
};
// SPACE_TO_DEPTH, DEPTH_TO_SPACE.
struct BlockSizeParams {
  int32_t block_size = 1;
};
struct MirrorPadParams {
  MirrorPadMode mode = MirrorPadMode::kReflect;
};
struct ReverseSequenceParams {
  int32_t seq_dim = 0, batch_dim = 0;
};
struct LocalResponseNormalizationParams {
  int32_t radius = 0;
  float bias = 0.0f, alpha = 0.0f, beta = 0.0f;
};
struct IfParams {
  int32_t then_graph = 0, else_graph = 0;
};
struct WhileParams {
  int32_t cond_graph = 0, body_graph = 0;
};
struct CallOnceParams {
  int32_t init_graph = 0;
};
struct VarHandleParams {
  std::string container, shared_name;
};

// SCALED_DOT_PRODUCT_ATTENTION, a fused operator.
struct AttentionParams {
  float scale = 0.0f;      // of the logits; 0: 1 / sqrt(head size)
  float logit_cap = 0.0f;  // c > 0: logits become c * tanh(logit / c); 0: they stay
};

// GROUPED_QUERY_ATTENTION, a fused operator.
struct GroupedQueryAttentionParams {
  bool values_transposed = false;  // values are [B, K, V, S], not [B, K, S, V]
  float logit_cap = 0.0f;          // c > 0: logits become c * tanh(logit / c); 0: they stay
};

// RMS_NORM and LAYER_NORM, fused operators.
struct NormParams {
  float epsilon = 0.0f;  // added to the mean of the squares, to the variance
};

// GATED_ACTIVATION, a fused operator.
struct GatedActivationParams {
  enum class Function { kSilu, kGeluTanh } function = Function::kSilu;
};

// CONV_DEPTHWISE_CONV, a fused operator: CONV_2D, DEPTHWISE_CONV_2D, CONV_2D.
struct ConvDepthwiseConvParams {
  // What the file says of the outputs of the first two, which are no tensors of the graph any more.
  struct Between {
    DType dtype = DType::kFloat32;
    Quantization quantization;
  };
  Conv2DParams expand;
  DepthwiseConv2DParams depthwise;
  Conv2DParams project;
  std::array<Between, 2> between;
};

// One value of a composite's or custom operator's attributes.
using AttributeValue =
    std::variant<bool, int64_t, double, std::string, std::vector<int64_t>, std::vector<double>>;
using Attributes = std::map<std::string, AttributeValue>;

// STABLEHLO_COMPOSITE.
struct CompositeParams {
  std::string name;
  int32_t decomposition_graph = 0;
  Attributes attributes;
  int32_t version = 0;
};
// CUSTOM: attributes decoded from the flexbuffer map, empty if there is none.
struct CustomParams {
  Attributes attributes;
};

using OpParams = std::variant<
    std::monostate, ActivationParams, Conv2DParams, DepthwiseConv2DParams, TransposeConvParams,
    Pool2DParams, FullyConnectedParams, BatchMatMulParams, SoftmaxParams, ConcatenationParams,
    ReshapeParams, SqueezeParams, StridedSliceParams, SplitParams, PackParams, UnpackParams,
    GatherParams, ReducerParams, ArgParams, CastParams, ShapeParams, CumsumParams, OneHotParams,
    LeakyReluParams, GeluParams, ResizeParams, BlockSizeParams, MirrorPadParams,
    ReverseSequenceParams, LocalResponseNormalizationParams, IfParams, WhileParams, CallOnceParams,
    VarHandleParams, AttentionParams, GroupedQueryAttentionParams, NormParams,
    GatedActivationParams, ConvDepthwiseConvParams, CompositeParams, CustomParams>;

}  // namespace edgetasks::ir

#endif  // CORE_IR_OP_PARAMS_H_
