// What CONV_2D, DEPTHWISE_CONV_2D and TRANSPOSE_CONV share beside their loops: the check of types
// and quantization, and the choice of an arithmetic.
#ifndef CORE_KERNELS_OPS_FILTER_OP_H_
#define CORE_KERNELS_OPS_FILTER_OP_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/ir/kernel.h"
#include "core/kernels/ref/filter_arithmetic.h"
#include "core/kernels/ref/filter_view.h"

namespace edgetasks::kernels {

// Which inputs of the op are what, and the filter's axis of output channels.
struct FilterOperands {
  int input, filter, bias;
  int channel_axis;
};

struct FilterNumbers {
  FilterOperands operands{};
  // Float activations with integer weights: activations are quantized on the fly.
  bool hybrid = false;
  ref::ActivationRange<float> float_range;
  ref::ActivationRange<int32_t> integer_range;
  // One for each output channel, or one for all.
  std::vector<FixedMultiplier> multipliers;
  ref::Zeros zeros;
  int32_t output_zero = 0;

  int multiplier_step() const { return multipliers.size() > 1 ? 1 : 0; }
};

// Checks the types of input, filter, bias and output 0 (f32 x f32 or f16 -> f32; f32 x int8 or int4
// -> f32; int8 x int8 or int4 -> int8; uint8 x uint8 -> uint8; int16 x int8 or int4 -> int16),
// their quantization and the bias's size, and computes the numbers of requantization. Ranks and
// shapes of input and filter were checked before. A hybrid op gets the scratch that QuantizeInput
// needs: call this before any other AddScratch.
absl::Status PrepareFilterNumbers(ir::PrepareContext& context, FilterOperands operands,
                                  ir::Activation activation, FilterNumbers* numbers);

// Of a hybrid op: fills scratch 0 (the input as int8), 1 (a scale for each batch entry) and 2 (its
// zero point).
void QuantizeInput(ir::EvalContext& context, const FilterNumbers& numbers);

// Calls run(arithmetic, input, filter) with the types that the operands ask for: an arithmetic of
// ref/filter_arithmetic.h, a pointer to its In, and a ref::FilterView of its Filter.
template <typename Run>
void WithArithmetic(ir::EvalContext& context, const FilterNumbers& n, const Run& run) {
  using ir::DType;
  const FilterOperands& at = n.operands;
  const ir::Operand& filter = context.input(at.filter);
  const auto view = [&](auto zero) {
    return ref::FilterView<decltype(zero)>{filter.data, filter.dtype()};
  };
  const ir::Operand* bias = context.has_input(at.bias) ? &context.input(at.bias) : nullptr;
  const void* bias_data = bias != nullptr ? bias->data : nullptr;
  const auto* float_bias = static_cast<const float*>(bias_data);
  const auto* bias32 = static_cast<const int32_t*>(bias_data);
  const int step = n.multiplier_step();
  if (n.hybrid) {
    QuantizeInput(context, n);
    const std::vector<float>& scales = filter.quantization().scales;
    run(ref::HybridArithmetic{float_bias, n.float_range, scales.data(), scales.size() > 1 ? 1 : 0,
                              context.scratch<float>(1), context.scratch<int32_t>(2)},
        static_cast<const int8_t*>(context.scratch<int8_t>(0)), view(int8_t{}));
    return;
  }
  switch (context.input(at.input).dtype()) {
    case DType::kInt8:
      run(ref::IntegerArithmetic<int8_t>{bias32, n.integer_range, n.multipliers.data(), step,
                                         n.zeros, n.output_zero},
          context.in<int8_t>(at.input), view(int8_t{}));
      break;
    case DType::kUInt8:
      run(ref::IntegerArithmetic<uint8_t>{bias32, n.integer_range, n.multipliers.data(), step,
                                          n.zeros, n.output_zero},
          context.in<uint8_t>(at.input), view(uint8_t{}));
      break;
    case DType::kInt16: {
      const bool wide = bias != nullptr && bias->dtype() == DType::kInt64;
      run(ref::Int16Arithmetic{wide ? static_cast<const int64_t*>(bias_data) : nullptr,
                               wide ? nullptr : bias32, n.integer_range, n.multipliers.data(),
                               step},
          context.in<int16_t>(at.input), view(int8_t{}));
      break;
    }
    default:
      run(ref::FloatArithmetic{float_bias, n.float_range}, context.in<float>(at.input),
          view(float{}));
  }
}

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_FILTER_OP_H_
