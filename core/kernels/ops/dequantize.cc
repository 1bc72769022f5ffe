// DEQUANTIZE: integers (per tensor, per channel, by block), float16 and bfloat16 to float32.
// real = scale * (q - zero point). Source: TFLite 8-bit quantization specification; the schema's
// BlockwiseQuantization.
#include "core/base/half.h"
#include "core/kernels/ops/channel_affine.h"
#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/convert.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

struct Prepared {
  ChannelAffine channels;
  int64_t block_size = 0;            // > 0: by block
  const uint16_t* scales = nullptr;  // one a block, in the order of the elements
};

struct Int4Reader {
  const uint8_t* packed;
  int8_t operator[](int64_t i) const { return ref::ReadInt4(packed, i); }
};

template <float (*widen)(uint16_t)>
absl::Status EvalHalf(ir::EvalContext& context) {
  MapUnary<uint16_t, float>(context, [](uint16_t x) { return widen(x); });
  return absl::OkStatus();
}

// Source: anything that gives the integer of element i by [i]. Real: double where an integer has
// more bits than float's mantissa.
template <typename Real, typename Source>
absl::Status EvalIntegers(ir::EvalContext& context, Source source) {
  const auto& p = context.prepared<Prepared>();
  float* output = context.out<float>(0);
  context.pool().ParallelFor(
      context.output(0).num_elements(), kMinElementsPerThread, [&](int64_t begin, int64_t end) {
        if (p.block_size > 0) {
          for (int64_t i = begin; i < end; ++i) {
            output[i] = HalfToFloat(p.scales[i / p.block_size]) * static_cast<float>(source[i]);
          }
          return;
        }
        ForEachChannelRun(p.channels.channels, p.channels.inner, begin, end,
                          [&](int64_t channel, int64_t first, int64_t length) {
                            const ref::Affine affine = p.channels.affines[channel];
                            for (int64_t i = first; i < first + length; ++i) {
                              output[i] =
                                  static_cast<float>(ref::Dequantize<Real>(source[i], affine));
                            }
                          });
      });
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareDequantize(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(
      context.CheckInputType(0, {DType::kInt4, DType::kInt8, DType::kUInt8, DType::kInt16,
                                 DType::kInt32, DType::kFloat16, DType::kBFloat16}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {DType::kFloat32}));
  ET_RETURN_IF_ERROR(SetOutputShapeOfInput(context));
  const ir::Operand& input = context.input(0);
  auto* p = context.MakePrepared<Prepared>();
  if (input.dtype() == DType::kFloat16 || input.dtype() == DType::kBFloat16) {
    return absl::OkStatus();
  }
  const ir::Quantization& quantization = input.quantization();
  if (!quantization.blockwise()) {
    return MakeChannelAffine(context, "input 0", input, input.shape, &p->channels);
  }
  const int64_t innermost = input.shape.rank() > 0 ? input.shape.back(0) : 1;
  if (innermost % quantization.block_size != 0 ||
      input.num_elements() / quantization.block_size !=
          static_cast<int64_t>(quantization.block_scales.size())) {
    return context.Invalid("input 0 of shape ", input.shape.ToString(), " has ",
                           quantization.block_scales.size(), " scales for blocks of ",
                           quantization.block_size, "; its rows must be whole blocks");
  }
  p->block_size = quantization.block_size;
  p->scales = quantization.block_scales.data();
  return absl::OkStatus();
}

absl::Status EvalDequantize(ir::EvalContext& context) {
  switch (context.input(0).dtype()) {
    case DType::kFloat16:
      return EvalHalf<HalfToFloat>(context);
    case DType::kBFloat16:
      return EvalHalf<BFloat16ToFloat>(context);
    case DType::kInt4:
      return EvalIntegers<float>(context, Int4Reader{context.in<uint8_t>(0)});
    case DType::kInt8:
      return EvalIntegers<float>(context, context.in<int8_t>(0));
    case DType::kUInt8:
      return EvalIntegers<float>(context, context.in<uint8_t>(0));
    case DType::kInt16:
      return EvalIntegers<float>(context, context.in<int16_t>(0));
    default:
      return EvalIntegers<double>(context, context.in<int32_t>(0));
  }
}

}  // namespace edgetasks::kernels
