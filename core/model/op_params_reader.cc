#include "core/model/op_params_reader.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/flex_attributes.h"

namespace edgetasks::model {
namespace {

using ir::OpCode;

// Enums of the file. The first value out of its range makes `status` an error.
struct Enums {
  absl::Status status;

  template <typename E>
  E Checked(int value, int count, const char* what) {
    if (value >= 0 && value < count) return static_cast<E>(value);
    if (status.ok()) {
      status = InvalidGraph(what, " is ", value, "; expected 0 to ", count - 1);
    }
    return E{};
  }
  ir::Activation Activation(int value) {
    return Checked<ir::Activation>(value, 6, "fused_activation_function");
  }
  ir::Padding Padding(int value) { return Checked<ir::Padding>(value, 2, "padding"); }
  ir::DType Type(int value, const char* what) {
    ir::DType dtype = ir::DType::kFloat32;
    if (!DTypeOfTensorType(value, &dtype) && status.ok()) {
      status = InvalidGraph(what, " is ", value, "; expected an element type of the TFLite schema");
    }
    return dtype;
  }
};

// The op's table if it has one; an error if it has another operator's.
template <typename Table>
absl::StatusOr<const Table*> OptionsTable(const schema::Operator& source) {
  const schema::BuiltinOptions expected = schema::BuiltinOptionsTraits<Table>::enum_value;
  if (source.builtin_options_type() == schema::BuiltinOptions_NONE) {
    return static_cast<const Table*>(nullptr);
  }
  if (source.builtin_options_type() != expected) {
    return InvalidGraph("the op has options of kind ",
                        static_cast<int>(source.builtin_options_type()), "; expected kind ",
                        static_cast<int>(expected), " (", schema::EnumNameBuiltinOptions(expected),
                        ")");
  }
  return source.builtin_options_as<Table>();
}

template <typename Table, typename Params>
absl::StatusOr<ir::OpParams> Convert(const schema::Operator& source,
                                     void (*convert)(const Table&, Enums&, Params*)) {
  ET_ASSIGN_OR_RETURN(const Table* table, OptionsTable<Table>(source));
  Params params;
  if (table != nullptr) {
    Enums enums;
    convert(*table, enums, &params);
    ET_RETURN_IF_ERROR(enums.status);
  }
  return ir::OpParams(std::move(params));
}

template <typename Table>
absl::StatusOr<const Table*> RequiredTable(const schema::Operator& source) {
  ET_ASSIGN_OR_RETURN(const Table* table, OptionsTable<Table>(source));
  if (table == nullptr) return CorruptFile("the op has no options; they must name its subgraphs");
  return table;
}

// ---- Tables of one shape

template <typename Table>
void ToActivation(const Table& table, Enums& enums, ir::ActivationParams* params) {
  params->activation = enums.Activation(table.fused_activation_function());
}

template <typename Table, typename Params>
void ToConv(const Table& table, Enums& enums, Params* params) {
  params->padding = enums.Padding(table.padding());
  params->stride_h = table.stride_h();
  params->stride_w = table.stride_w();
  params->dilation_h = table.dilation_h_factor();
  params->dilation_w = table.dilation_w_factor();
  params->activation = enums.Activation(table.fused_activation_function());
}

void ToTransposeConv(const schema::TransposeConvOptions& table, Enums& enums,
                     ir::TransposeConvParams* params) {
  params->padding = enums.Padding(table.padding());
  params->stride_h = table.stride_h();
  params->stride_w = table.stride_w();
  params->activation = enums.Activation(table.fused_activation_function());
}

void ToPool(const schema::Pool2DOptions& table, Enums& enums, ir::Pool2DParams* params) {
  params->padding = enums.Padding(table.padding());
  params->stride_h = table.stride_h();
  params->stride_w = table.stride_w();
  params->filter_h = table.filter_height();
  params->filter_w = table.filter_width();
  params->activation = enums.Activation(table.fused_activation_function());
}

void ToFullyConnected(const schema::FullyConnectedOptions& table, Enums& enums,
                      ir::FullyConnectedParams* params) {
  params->activation = enums.Activation(table.fused_activation_function());
  params->keep_num_dims = table.keep_num_dims();
  params->asymmetric_quantize_inputs = table.asymmetric_quantize_inputs();
  params->shuffled_weights = enums.Checked<int>(table.weights_format(), 2, "weights_format") != 0;
}

void ToBatchMatMul(const schema::BatchMatMulOptions& table, Enums&, ir::BatchMatMulParams* params) {
  params->adj_x = table.adj_x();
  params->adj_y = table.adj_y();
  params->asymmetric_quantize_inputs = table.asymmetric_quantize_inputs();
}

void ToStridedSlice(const schema::StridedSliceOptions& table, Enums&,
                    ir::StridedSliceParams* params) {
  params->begin_mask = table.begin_mask();
  params->end_mask = table.end_mask();
  params->ellipsis_mask = table.ellipsis_mask();
  params->new_axis_mask = table.new_axis_mask();
  params->shrink_axis_mask = table.shrink_axis_mask();
  params->offset = table.offset();
}

void ToNormalization(const schema::LocalResponseNormalizationOptions& table, Enums&,
                     ir::LocalResponseNormalizationParams* params) {
  params->radius = table.radius();
  params->bias = table.bias();
  params->alpha = table.alpha();
  params->beta = table.beta();
}

template <typename Table>
void ToResize(const Table& table, Enums&, ir::ResizeParams* params) {
  params->align_corners = table.align_corners();
  params->half_pixel_centers = table.half_pixel_centers();
}

template <typename Table>
void ToSplit(const Table& table, Enums&, ir::SplitParams* params) {
  params->num_splits = table.num_splits();
}

template <typename Table>
void ToBlockSize(const Table& table, Enums&, ir::BlockSizeParams* params) {
  params->block_size = table.block_size();
}

template <typename Table>
void ToArg(const Table& table, Enums& enums, ir::ArgParams* params) {
  params->output_type = enums.Type(table.output_type(), "output_type");
}

// ---- Tables with vectors, strings and subgraphs

absl::StatusOr<ir::OpParams> ReadReshape(const schema::Operator& source, TfliteFile& file) {
  ET_ASSIGN_OR_RETURN(const auto* table, OptionsTable<schema::ReshapeOptions>(source));
  ir::ReshapeParams params;
  if (table != nullptr) {
    ET_ASSIGN_OR_RETURN(params.new_shape, file.Ints(table->new_shape()));
  }
  return ir::OpParams(std::move(params));
}

absl::StatusOr<ir::OpParams> ReadSqueeze(const schema::Operator& source, TfliteFile& file) {
  ET_ASSIGN_OR_RETURN(const auto* table, OptionsTable<schema::SqueezeOptions>(source));
  ir::SqueezeParams params;
  if (table != nullptr) {
    ET_ASSIGN_OR_RETURN(params.squeeze_dims, file.Ints(table->squeeze_dims()));
  }
  return ir::OpParams(std::move(params));
}

absl::StatusOr<ir::OpParams> ReadVarHandle(const schema::Operator& source, TfliteFile& file) {
  ET_ASSIGN_OR_RETURN(const auto* table, OptionsTable<schema::VarHandleOptions>(source));
  ir::VarHandleParams params;
  if (table != nullptr) {
    ET_ASSIGN_OR_RETURN(params.container, file.Text(table->container()));
    ET_ASSIGN_OR_RETURN(params.shared_name, file.Text(table->shared_name()));
  }
  return ir::OpParams(std::move(params));
}

absl::StatusOr<ir::OpParams> ReadSubgraphs(OpCode code, const schema::Operator& source) {
  if (code == OpCode::IF) {
    ET_ASSIGN_OR_RETURN(const auto* table, RequiredTable<schema::IfOptions>(source));
    return ir::OpParams(ir::IfParams{table->then_subgraph_index(), table->else_subgraph_index()});
  }
  if (code == OpCode::WHILE) {
    ET_ASSIGN_OR_RETURN(const auto* table, RequiredTable<schema::WhileOptions>(source));
    return ir::OpParams(
        ir::WhileParams{table->cond_subgraph_index(), table->body_subgraph_index()});
  }
  ET_ASSIGN_OR_RETURN(const auto* table, RequiredTable<schema::CallOnceOptions>(source));
  return ir::OpParams(ir::CallOnceParams{table->init_subgraph_index()});
}

absl::StatusOr<ir::OpParams> ReadComposite(const schema::Operator& source, TfliteFile& file) {
  const auto* table = source.builtin_options_2_as_StableHLOCompositeOptions();
  if (table == nullptr) {
    return CorruptFile("the op has no StableHLOCompositeOptions; they must name its subgraph");
  }
  ir::CompositeParams params;
  ET_ASSIGN_OR_RETURN(params.name, file.Text(table->name()));
  params.decomposition_graph = table->decomposition_subgraph_index();
  params.version = table->version();
  if (const auto* attributes = table->composite_attributes()) {
    auto read = ReadFlexAttributes({attributes->data(), attributes->size()});
    if (!read.ok()) return Annotate(read.status(), absl::StrCat("composite ", Quoted(params.name)));
    params.attributes = *std::move(read);
    ET_RETURN_IF_ERROR(file.Charge(MemoryOf(params.attributes)));
  }
  return ir::OpParams(std::move(params));
}

// ---- Tables of one or two numbers

void ToSoftmax(const schema::SoftmaxOptions& table, Enums&, ir::SoftmaxParams* params) {
  params->beta = table.beta();
}
void ToConcatenation(const schema::ConcatenationOptions& table, Enums& enums,
                     ir::ConcatenationParams* params) {
  params->axis = table.axis();
  params->activation = enums.Activation(table.fused_activation_function());
}
void ToPack(const schema::PackOptions& table, Enums&, ir::PackParams* params) {
  params->values_count = table.values_count();
  params->axis = table.axis();
}
void ToUnpack(const schema::UnpackOptions& table, Enums&, ir::UnpackParams* params) {
  params->num = table.num();
  params->axis = table.axis();
}
void ToGather(const schema::GatherOptions& table, Enums&, ir::GatherParams* params) {
  params->axis = table.axis();
  params->batch_dims = table.batch_dims();
}
void ToReducer(const schema::ReducerOptions& table, Enums&, ir::ReducerParams* params) {
  params->keep_dims = table.keep_dims();
}
void ToCast(const schema::CastOptions& table, Enums& enums, ir::CastParams* params) {
  params->in_type = enums.Type(table.in_data_type(), "in_data_type");
  params->out_type = enums.Type(table.out_data_type(), "out_data_type");
}
void ToShape(const schema::ShapeOptions& table, Enums& enums, ir::ShapeParams* params) {
  params->out_type = enums.Type(table.out_type(), "out_type");
}
void ToCumsum(const schema::CumsumOptions& table, Enums&, ir::CumsumParams* params) {
  params->exclusive = table.exclusive();
  params->reverse = table.reverse();
}
void ToOneHot(const schema::OneHotOptions& table, Enums&, ir::OneHotParams* params) {
  params->axis = table.axis();
}
void ToLeakyRelu(const schema::LeakyReluOptions& table, Enums&, ir::LeakyReluParams* params) {
  params->alpha = table.alpha();
}
void ToGelu(const schema::GeluOptions& table, Enums&, ir::GeluParams* params) {
  params->approximate = table.approximate();
}
void ToMirrorPad(const schema::MirrorPadOptions& table, Enums& enums, ir::MirrorPadParams* params) {
  params->mode = enums.Checked<ir::MirrorPadMode>(table.mode(), 2, "mode");
}
void ToReverseSequence(const schema::ReverseSequenceOptions& table, Enums&,
                       ir::ReverseSequenceParams* params) {
  params->seq_dim = table.seq_dim();
  params->batch_dim = table.batch_dim();
}

}  // namespace

absl::StatusOr<ir::OpParams> ReadOpParams(OpCode code, const schema::Operator& source,
                                          TfliteFile& file) {
  switch (code) {
    case OpCode::ADD:
      return Convert(source, ToActivation<schema::AddOptions>);
    case OpCode::SUB:
      return Convert(source, ToActivation<schema::SubOptions>);
    case OpCode::MUL:
      return Convert(source, ToActivation<schema::MulOptions>);
    case OpCode::DIV:
      return Convert(source, ToActivation<schema::DivOptions>);
    case OpCode::L2_NORMALIZATION:
      return Convert(source, ToActivation<schema::L2NormOptions>);
    case OpCode::CONV_2D:
      return Convert(source, ToConv<schema::Conv2DOptions, ir::Conv2DParams>);
    case OpCode::DEPTHWISE_CONV_2D:
      return Convert(source, ToConv<schema::DepthwiseConv2DOptions, ir::DepthwiseConv2DParams>);
    case OpCode::TRANSPOSE_CONV:
      return Convert(source, ToTransposeConv);
    case OpCode::AVERAGE_POOL_2D:
    case OpCode::MAX_POOL_2D:
    case OpCode::L2_POOL_2D:
      return Convert(source, ToPool);
    case OpCode::FULLY_CONNECTED:
      return Convert(source, ToFullyConnected);
    case OpCode::BATCH_MATMUL:
      return Convert(source, ToBatchMatMul);
    case OpCode::SOFTMAX:
      return Convert(source, ToSoftmax);
    case OpCode::CONCATENATION:
      return Convert(source, ToConcatenation);
    case OpCode::RESHAPE:
      return ReadReshape(source, file);
    case OpCode::SQUEEZE:
      return ReadSqueeze(source, file);
    case OpCode::STRIDED_SLICE:
      return Convert(source, ToStridedSlice);
    case OpCode::SPLIT:
      return Convert(source, ToSplit<schema::SplitOptions>);
    case OpCode::SPLIT_V:
      return Convert(source, ToSplit<schema::SplitVOptions>);
    case OpCode::PACK:
      return Convert(source, ToPack);
    case OpCode::UNPACK:
      return Convert(source, ToUnpack);
    case OpCode::GATHER:
      return Convert(source, ToGather);
    case OpCode::SUM:
    case OpCode::MEAN:
    case OpCode::REDUCE_MAX:
    case OpCode::REDUCE_MIN:
    case OpCode::REDUCE_PROD:
    case OpCode::REDUCE_ANY:
    case OpCode::REDUCE_ALL:
      return Convert(source, ToReducer);
    case OpCode::ARG_MAX:
      return Convert(source, ToArg<schema::ArgMaxOptions>);
    case OpCode::ARG_MIN:
      return Convert(source, ToArg<schema::ArgMinOptions>);
    case OpCode::CAST:
      return Convert(source, ToCast);
    case OpCode::SHAPE:
      return Convert(source, ToShape);
    case OpCode::CUMSUM:
      return Convert(source, ToCumsum);
    case OpCode::ONE_HOT:
      return Convert(source, ToOneHot);
    case OpCode::LEAKY_RELU:
      return Convert(source, ToLeakyRelu);
    case OpCode::GELU:
      return Convert(source, ToGelu);
    case OpCode::RESIZE_BILINEAR:
      return Convert(source, ToResize<schema::ResizeBilinearOptions>);
    case OpCode::RESIZE_NEAREST_NEIGHBOR:
      return Convert(source, ToResize<schema::ResizeNearestNeighborOptions>);
    case OpCode::SPACE_TO_DEPTH:
      return Convert(source, ToBlockSize<schema::SpaceToDepthOptions>);
    case OpCode::DEPTH_TO_SPACE:
      return Convert(source, ToBlockSize<schema::DepthToSpaceOptions>);
    case OpCode::MIRROR_PAD:
      return Convert(source, ToMirrorPad);
    case OpCode::REVERSE_SEQUENCE:
      return Convert(source, ToReverseSequence);
    case OpCode::LOCAL_RESPONSE_NORMALIZATION:
      return Convert(source, ToNormalization);
    case OpCode::IF:
    case OpCode::WHILE:
    case OpCode::CALL_ONCE:
      return ReadSubgraphs(code, source);
    case OpCode::VAR_HANDLE:
      return ReadVarHandle(source, file);
    case OpCode::STABLEHLO_COMPOSITE:
      return ReadComposite(source, file);
    default:
      return ir::OpParams();
  }
}

}  // namespace edgetasks::model
