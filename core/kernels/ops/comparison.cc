// EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER, GREATER_EQUAL with broadcasting, to bool.
#include <functional>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;
using ir::OpCode;

struct Prepared {
  ref::BroadcastPlan plan;
  bool by_real_value = false;
  ref::Affine a, b;
};

// bool operands come as bytes, of which any but 0 is true.
template <typename Compare>
void EvalBool(ir::EvalContext& context, const Prepared& p) {
  MapBinary<uint8_t, uint8_t>(context, p.plan, [](uint8_t a, uint8_t b) -> uint8_t {
    return Compare()(a != 0, b != 0) ? 1 : 0;
  });
}

// Source: TFLite's comparison kernels compare quantized operands as real numbers where they are
// quantized differently. The numbers are exact in double.
template <typename T, typename Compare>
void EvalAs(ir::EvalContext& context, const Prepared& p) {
  if constexpr (sizeof(T) <= 2) {
    if (p.by_real_value) {
      MapBinary<T, uint8_t>(context, p.plan, [a = p.a, b = p.b](T x, T y) -> uint8_t {
        return Compare()(ref::Dequantize<double>(x, a), ref::Dequantize<double>(y, b)) ? 1 : 0;
      });
      return;
    }
  }
  MapBinary<T, uint8_t>(context, p.plan,
                        [](T x, T y) -> uint8_t { return Compare()(x, y) ? 1 : 0; });
}

template <typename Compare>
absl::Status EvalWith(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  switch (context.input(0).dtype()) {
    case DType::kBool:
      EvalBool<Compare>(context, p);
      break;
    case DType::kInt8:
      EvalAs<int8_t, Compare>(context, p);
      break;
    case DType::kUInt8:
      EvalAs<uint8_t, Compare>(context, p);
      break;
    case DType::kInt16:
      EvalAs<int16_t, Compare>(context, p);
      break;
    case DType::kInt32:
      EvalAs<int32_t, Compare>(context, p);
      break;
    case DType::kInt64:
      EvalAs<int64_t, Compare>(context, p);
      break;
    default:
      EvalAs<float, Compare>(context, p);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareComparison(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(
      context.CheckInputType(0, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16,
                                 DType::kInt32, DType::kInt64, DType::kBool}));
  const DType dtype = context.input(0).dtype();
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {dtype}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {DType::kBool}));

  auto* p = context.MakePrepared<Prepared>();
  const bool small_integer =
      dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kInt16;
  if (small_integer && (context.input(0).quantization().quantized() ||
                        context.input(1).quantization().quantized())) {
    ET_RETURN_IF_ERROR(InputAffine(context, 0, &p->a));
    ET_RETURN_IF_ERROR(InputAffine(context, 1, &p->b));
    // A scale of 0 makes different integers equal numbers.
    p->by_real_value = !(p->a == p->b) || p->a.scale == 0.0f;
  }
  return PrepareBroadcast(context, &p->plan);
}

absl::Status EvalComparison(ir::EvalContext& context) {
  switch (context.op().code) {
    case OpCode::EQUAL:
      return EvalWith<std::equal_to<>>(context);
    case OpCode::NOT_EQUAL:
      return EvalWith<std::not_equal_to<>>(context);
    case OpCode::LESS:
      return EvalWith<std::less<>>(context);
    case OpCode::LESS_EQUAL:
      return EvalWith<std::less_equal<>>(context);
    case OpCode::GREATER:
      return EvalWith<std::greater<>>(context);
    default:
      return EvalWith<std::greater_equal<>>(context);
  }
}

}  // namespace edgetasks::kernels
