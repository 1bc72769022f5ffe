// ADD, SUB, MUL, DIV with broadcasting and a fused activation.
// Source: TFLite schema, AddOptions, SubOptions, MulOptions, DivOptions.
#include <limits>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/activation.h"
#include "core/kernels/ref/integer_math.h"
#include "core/kernels/ref/quantized_arithmetic.h"
#include "core/kernels/simd/bytes/select.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;
using ir::OpCode;
using ref::ActivationRange;

struct Add {
  float operator()(float a, float b) const { return a + b; }
  template <typename T>
  T operator()(T a, T b) const {
    return ref::WrapAdd(a, b);
  }
};
struct Subtract {
  float operator()(float a, float b) const { return a - b; }
  template <typename T>
  T operator()(T a, T b) const {
    return ref::WrapSubtract(a, b);
  }
};
struct Multiply {
  float operator()(float a, float b) const { return a * b; }
  template <typename T>
  T operator()(T a, T b) const {
    return ref::WrapMultiply(a, b);
  }
};
struct Divide {  // of integers: the divisors have been checked
  float operator()(float a, float b) const { return a / b; }
  template <typename T>
  T operator()(T a, T b) const {
    return ref::DivideTruncating(a, b);
  }
};

double RealAdd(double a, double b) { return a + b; }
double RealSubtract(double a, double b) { return a - b; }
double RealMultiply(double a, double b) { return a * b; }
double RealDivide(double a, double b) { return a / b; }

struct Prepared {
  ref::BroadcastPlan plan;
  ActivationRange<float> range;  // in real numbers
  // The integer paths of quantized operands, or `real` where they could overflow or do not exist.
  ref::QuantizedSum<int8_t> sum_int8;
  ref::QuantizedSum<uint8_t> sum_uint8;
  ref::QuantizedSum<int16_t> sum_int16;
  ref::QuantizedProduct<int8_t> product_int8;
  ref::QuantizedProduct<uint8_t> product_uint8;
  ref::QuantizedProduct<int16_t> product_int16;
  // Sums of 8-bit operands of one shape, where there are kernels for them.
  const simd::ByteKernels* kernels = nullptr;
  simd::SumOfBytes sum_of_bytes;
  RealBinary real;
  absl::Status (*eval)(ir::EvalContext& context, const Prepared& p) = nullptr;
};

template <typename Function>
absl::Status EvalFloat(ir::EvalContext& context, const Prepared& p) {
  MapBinary<float, float>(context, p.plan, [range = p.range](float a, float b) {
    return range.Clamp(Function()(a, b));
  });
  return absl::OkStatus();
}

template <typename Function, typename T>
absl::Status EvalInteger(ir::EvalContext& context, const Prepared& p) {
  if (std::is_same_v<Function, Divide> && p.plan.count > 0) {
    const T* divisor = context.in<T>(1);
    for (int64_t i = 0; i < context.input(1).num_elements(); ++i) {
      if (divisor[i] == 0) return context.BadValue("element ", i, " of the divisor is 0");
    }
  }
  ActivationRange<T> range;
  if (p.range.min > -std::numeric_limits<float>::infinity())
    range.min = static_cast<T>(p.range.min);
  if (p.range.max < std::numeric_limits<float>::infinity()) range.max = static_cast<T>(p.range.max);
  MapBinary<T, T>(context, p.plan, [range](T a, T b) { return range.Clamp(Function()(a, b)); });
  return absl::OkStatus();
}

template <typename T, auto member>
absl::Status EvalQuantized(ir::EvalContext& context, const Prepared& p) {
  MapBinary<T, T>(context, p.plan, p.*member);
  return absl::OkStatus();
}

absl::Status EvalSumOfBytes(ir::EvalContext& context, const Prepared& p) {
  const auto* a = static_cast<const uint8_t*>(context.input(0).data);
  const auto* b = static_cast<const uint8_t*>(context.input(1).data);
  auto* output = static_cast<uint8_t*>(context.output(0).data);
  constexpr int64_t kWorthwhile = 16384;  // elements for a thread: a few microseconds
  context.pool().ParallelFor(
      context.output(0).num_elements(), kWorthwhile, [&](int64_t begin, int64_t end) {
        p.kernels->sum(p.sum_of_bytes, a + begin, b + begin, end - begin, output + begin);
      });
  return absl::OkStatus();
}

// `sum` in the form that the kernels take.
template <typename T>
void UseSumOfBytes(const ref::QuantizedSum<T>& sum, Prepared* p) {
  p->kernels = simd::SelectByteKernels();
  if (p->kernels == nullptr) return;
  simd::SumOfBytes& s = p->sum_of_bytes;
  s.is_signed = std::is_signed_v<T>;
  s.subtract = sum.b_sign < 0;
  s.a_zero = sum.a_zero_point;
  s.b_zero = sum.b_zero_point;
  s.output_zero = sum.output_zero_point;
  const auto copy = [](FixedMultiplier from, int32_t(&to)[2]) {
    to[0] = from.mantissa;
    to[1] = from.shift;
  };
  copy(sum.a_multiplier, s.a_multiplier);
  copy(sum.b_multiplier, s.b_multiplier);
  copy(sum.output_multiplier, s.output_multiplier);
  s.min = sum.range.min;
  s.max = sum.range.max;
  if (p->kernels->find_floats != nullptr) p->kernels->find_floats(&s);
  p->eval = EvalSumOfBytes;
}

absl::Status EvalReal(ir::EvalContext& context, const Prepared& p) {
  p.real.Eval(context);
  return absl::OkStatus();
}

// Chooses the integer path for operands that are all T; false if there is none for these numbers.
template <typename T, auto sum, auto product>
bool InitQuantized(const ir::PrepareContext& context, Prepared* p) {
  const ref::Affine a = p->real.a.affine, b = p->real.b.affine, output = p->real.output.affine;
  const OpCode code = context.op().code;
  ActivationRange<int32_t> range;
  if (code == OpCode::DIV ||
      !ref::QuantizedActivationRange(context.params<ir::ActivationParams>().activation,
                                     output.scale, output.zero_point, std::numeric_limits<T>::min(),
                                     std::numeric_limits<T>::max(), &range)) {
    return false;
  }
  if (code == OpCode::MUL) {
    p->eval = EvalQuantized<T, product>;
    return (p->*product).Init(a, b, output, range);
  }
  p->eval = EvalQuantized<T, sum>;
  if (!(p->*sum).Init(a, b, output, code == OpCode::SUB, range)) return false;
  if constexpr (sizeof(T) == 1) {
    if (context.input(0).shape == context.input(1).shape) UseSumOfBytes(p->*sum, p);
  }
  return true;
}

template <typename Function>
absl::Status PrepareAs(ir::PrepareContext& context, RealBinary::Function real, Prepared* p) {
  const bool plain =
      !context.input(0).quantization().quantized() && !context.input(1).quantization().quantized();
  if (BinaryTypesAre(context, DType::kFloat32)) {
    p->eval = EvalFloat<Function>;
  } else if (BinaryTypesAre(context, DType::kInt32)) {
    p->eval = EvalInteger<Function, int32_t>;
  } else if (BinaryTypesAre(context, DType::kInt64)) {
    p->eval = EvalInteger<Function, int64_t>;
  } else if (BinaryTypesAre(context, DType::kInt16) && plain) {
    p->eval = EvalInteger<Function, int16_t>;
  } else {
    ET_RETURN_IF_ERROR(p->real.Prepare(context, real));
    p->plan = p->real.plan;
    bool exact = false;
    if (BinaryTypesAre(context, DType::kInt8)) {
      exact = InitQuantized<int8_t, &Prepared::sum_int8, &Prepared::product_int8>(context, p);
    } else if (BinaryTypesAre(context, DType::kUInt8)) {
      exact = InitQuantized<uint8_t, &Prepared::sum_uint8, &Prepared::product_uint8>(context, p);
    } else if (BinaryTypesAre(context, DType::kInt16)) {
      exact = InitQuantized<int16_t, &Prepared::sum_int16, &Prepared::product_int16>(context, p);
    }
    if (!exact) {
      p->real.min = p->range.min;
      p->real.max = p->range.max;
      p->real.clamps = context.params<ir::ActivationParams>().activation != ir::Activation::kNone;
      p->eval = EvalReal;
    }
    return absl::OkStatus();
  }
  return PrepareBroadcast(context, &p->plan);
}

}  // namespace

absl::Status PrepareArithmetic(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  auto* p = context.MakePrepared<Prepared>();
  if (!ref::FloatActivationRange(context.params<ir::ActivationParams>().activation, &p->range)) {
    return context.Invalid("fused activations are NONE, RELU, RELU_N1_TO_1 and RELU6; this is ",
                           "another one");
  }
  switch (context.op().code) {
    case OpCode::ADD:
      return PrepareAs<Add>(context, RealAdd, p);
    case OpCode::SUB:
      return PrepareAs<Subtract>(context, RealSubtract, p);
    case OpCode::MUL:
      return PrepareAs<Multiply>(context, RealMultiply, p);
    default:
      return PrepareAs<Divide>(context, RealDivide, p);
  }
}

absl::Status EvalArithmetic(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  return p.eval(context, p);
}

}  // namespace edgetasks::kernels
