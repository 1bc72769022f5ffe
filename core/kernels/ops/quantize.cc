// QUANTIZE: float32 to integers, or integers of one scale to integers of another; per tensor or per
// channel. q = round(real / scale) + zero point, clamped to the type. Integers of up to 16 bits are
// rescaled by fixed-point multipliers, as TFLite does.
// Source: TFLite 8-bit quantization specification.
#include <algorithm>
#include <array>

#include "core/kernels/ops/channel_affine.h"
#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/quantized_arithmetic.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

struct Prepared {
  // The channels that both sides share; a side quantized per tensor has one affine.
  int64_t channels = 1;
  int64_t inner = 1;
  std::vector<ref::Affine> input, output;
  // From integers to integers: one for each channel, where every one of them can do it in integers.
  std::vector<ref::Rescale> rescales;
  // From bytes to bytes, per tensor: what every byte becomes. `is_offset`: itself plus table[0],
  // modulo 256, as where only the zero points differ.
  bool by_table = false, is_offset = false;
  std::array<uint8_t, 256> table;
};

ref::Affine AffineOf(const std::vector<ref::Affine>& affines, int64_t channel) {
  return affines[affines.size() == 1 ? 0 : channel];
}

// Real: double where T has more bits than float's mantissa.
template <typename T, typename Real>
void EvalFromFloat(ir::EvalContext& context, const Prepared& p, int64_t begin, int64_t end) {
  const float* input = context.in<float>(0);
  T* output = context.out<T>(0);
  ForEachChannelRun(p.channels, p.inner, begin, end,
                    [&](int64_t channel, int64_t first, int64_t length) {
                      const ref::Affine affine = AffineOf(p.output, channel);
                      for (int64_t i = first; i < first + length; ++i) {
                        output[i] = ref::QuantizeTo<T>(static_cast<Real>(input[i]), affine);
                      }
                    });
}

template <typename In, typename Out>
void RescaleAs(ir::EvalContext& context, const Prepared& p, int64_t begin, int64_t end) {
  const In* input = context.in<In>(0);
  Out* output = context.out<Out>(0);
  ForEachChannelRun(p.channels, p.inner, begin, end,
                    [&](int64_t channel, int64_t first, int64_t length) {
                      const ref::Rescale rescale = p.rescales[channel];
                      for (int64_t i = first; i < first + length; ++i) {
                        output[i] = ref::ClampTo<Out>(rescale.Apply(input[i]));
                      }
                    });
}

template <typename In>
void RescaleFrom(ir::EvalContext& context, const Prepared& p, int64_t begin, int64_t end) {
  switch (context.output(0).dtype()) {
    case DType::kInt8:
      return RescaleAs<In, int8_t>(context, p, begin, end);
    case DType::kUInt8:
      return RescaleAs<In, uint8_t>(context, p, begin, end);
    case DType::kInt16:
      return RescaleAs<In, int16_t>(context, p, begin, end);
    default:
      return RescaleAs<In, int32_t>(context, p, begin, end);
  }
}

void RescaleReal(ir::EvalContext& context, const Prepared& p, int64_t begin, int64_t end) {
  constexpr int64_t kBlock = 256;
  double real[kBlock];
  ref::RealFormat from{context.input(0).dtype(), {}}, to{context.output(0).dtype(), {}};
  ForEachChannelRun(p.channels, p.inner, begin, end,
                    [&](int64_t channel, int64_t first, int64_t length) {
                      from.affine = AffineOf(p.input, channel);
                      to.affine = AffineOf(p.output, channel);
                      for (int64_t done = 0; done < length; done += kBlock) {
                        const int64_t n = std::min(kBlock, length - done);
                        ref::LoadReal(from, context.in<void>(0), first + done, 1, n, real);
                        ref::StoreReal(to, real, n, context.out<void>(0), first + done);
                      }
                    });
}

void EvalByTable(ir::EvalContext& context, const Prepared& p, int64_t begin, int64_t end) {
  const auto* input = static_cast<const uint8_t*>(context.input(0).data);
  auto* output = static_cast<uint8_t*>(context.output(0).data);
  if (p.is_offset) {
    const uint8_t offset = p.table[0];
    for (int64_t i = begin; i < end; ++i) output[i] = static_cast<uint8_t>(input[i] + offset);
  } else {
    for (int64_t i = begin; i < end; ++i) output[i] = p.table[input[i]];
  }
}

void EvalFromIntegers(ir::EvalContext& context, const Prepared& p, int64_t begin, int64_t end) {
  if (p.by_table) return EvalByTable(context, p, begin, end);
  if (p.rescales.empty()) return RescaleReal(context, p, begin, end);
  switch (context.input(0).dtype()) {
    case DType::kInt8:
      return RescaleFrom<int8_t>(context, p, begin, end);
    case DType::kUInt8:
      return RescaleFrom<uint8_t>(context, p, begin, end);
    default:
      return RescaleFrom<int16_t>(context, p, begin, end);
  }
}

// Leaves `rescales` empty where one channel's integers could overflow: then none is used.
void InitRescales(DType input_type, Prepared* p) {
  if (input_type == DType::kInt32) return;
  for (int64_t c = 0; c < p->channels; ++c) {
    const ref::Affine input = AffineOf(p->input, c);
    ref::Rescale rescale;
    if (input.zero_point < -32768 || input.zero_point > 32767 ||
        !rescale.Init(input, AffineOf(p->output, c))) {
      p->rescales.clear();
      return;
    }
    p->rescales.push_back(rescale);
  }
}

bool IsByte(DType type) { return type == DType::kInt8 || type == DType::kUInt8; }

// The table, where there is one.
void InitTable(DType input_type, DType output_type, Prepared* p) {
  p->by_table = p->rescales.size() == 1 && IsByte(input_type) && IsByte(output_type);
  if (!p->by_table) return;
  p->is_offset = true;
  for (int i = 0; i < 256; ++i) {
    const int value = input_type == DType::kInt8 ? int{static_cast<int8_t>(i)} : i;
    const int64_t result = p->rescales[0].Apply(value);
    p->table[i] = output_type == DType::kInt8 ? static_cast<uint8_t>(ref::ClampTo<int8_t>(result))
                                              : ref::ClampTo<uint8_t>(result);
    p->is_offset = p->is_offset && p->table[i] == static_cast<uint8_t>(i + p->table[0]);
  }
}

}  // namespace

absl::Status PrepareQuantize(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(
      0, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}));
  ET_RETURN_IF_ERROR(
      context.CheckOutputType(0, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kInt32}));
  ET_RETURN_IF_ERROR(SetOutputShapeOfInput(context));
  const ir::Shape& shape = context.input(0).shape;
  auto* p = context.MakePrepared<Prepared>();
  ChannelAffine output;
  ET_RETURN_IF_ERROR(MakeChannelAffine(context, "output 0", context.output(0), shape, &output));
  p->channels = output.channels;
  p->inner = output.inner;
  p->output = std::move(output.affines);
  if (context.input(0).dtype() == DType::kFloat32) return absl::OkStatus();

  ChannelAffine input;
  ET_RETURN_IF_ERROR(MakeChannelAffine(context, "input 0", context.input(0), shape, &input));
  if (input.channels > 1) {
    if (p->channels > 1 && p->inner != input.inner) {
      return context.Invalid("input and output are quantized along different axes");
    }
    p->channels = input.channels;
    p->inner = input.inner;
  }
  p->input = std::move(input.affines);
  InitRescales(context.input(0).dtype(), p);
  InitTable(context.input(0).dtype(), context.output(0).dtype(), p);
  return absl::OkStatus();
}

absl::Status EvalQuantize(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const bool from_float = context.input(0).dtype() == DType::kFloat32;
  const DType to = context.output(0).dtype();
  context.pool().ParallelFor(context.output(0).num_elements(), kMinElementsPerThread,
                             [&](int64_t begin, int64_t end) {
                               if (!from_float) {
                                 EvalFromIntegers(context, p, begin, end);
                               } else if (to == DType::kInt8) {
                                 EvalFromFloat<int8_t, float>(context, p, begin, end);
                               } else if (to == DType::kUInt8) {
                                 EvalFromFloat<uint8_t, float>(context, p, begin, end);
                               } else if (to == DType::kInt16) {
                                 EvalFromFloat<int16_t, float>(context, p, begin, end);
                               } else {
                                 EvalFromFloat<int32_t, double>(context, p, begin, end);
                               }
                             });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
