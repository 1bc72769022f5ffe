#include "core/kernels/ops/filter_bytes.h"

namespace edgetasks::kernels {

using ir::DType;

static_assert(sizeof(FixedMultiplier) == 2 * sizeof(int32_t), "read as pairs of numbers");

bool MakeFilterBytes(const ir::PrepareContext& context, const FilterNumbers& numbers,
                     FilterBytes* bytes) {
  const DType type = context.input(numbers.operands.input).dtype();
  if (numbers.hybrid || (type != DType::kInt8 && type != DType::kUInt8)) return false;
  const bool is_unsigned = type == DType::kUInt8;
  bytes->input_flip = is_unsigned ? 0 : 128;
  bytes->input_zero = numbers.zeros.input + bytes->input_flip;
  bytes->weight_flip = is_unsigned ? 128 : 0;
  bytes->weight_zero = numbers.zeros.filter - bytes->weight_flip;
  simd::Requantization& r = bytes->requantization;
  r.multipliers = &numbers.multipliers[0].mantissa;
  r.multiplier_step = numbers.multiplier_step();
  r.zero = numbers.output_zero;
  r.min = numbers.integer_range.min;
  r.max = numbers.integer_range.max;
  return true;
}

simd::Requantization RequantizationFrom(const ir::EvalContext& context, const FilterBytes& bytes,
                                        int64_t channel) {
  simd::Requantization r = bytes.requantization;
  r.bias = context.has_input(2) ? context.in<int32_t>(2) + channel : nullptr;
  r.multipliers += 2 * channel * r.multiplier_step;
  return r;
}

}  // namespace edgetasks::kernels
