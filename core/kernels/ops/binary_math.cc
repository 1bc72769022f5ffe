// MAXIMUM, MINIMUM, POW, SQUARED_DIFFERENCE, ATAN2, PRELU with broadcasting.
#include <cmath>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/integer_math.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;
using ir::OpCode;

struct Maximum {
  template <typename T>
  T operator()(T a, T b) const {
    return a > b ? a : b;
  }
};
struct Minimum {
  template <typename T>
  T operator()(T a, T b) const {
    return a < b ? a : b;
  }
};
struct Power {
  float operator()(float a, float b) const { return std::pow(a, b); }
  double operator()(double a, double b) const { return std::pow(a, b); }
  template <typename T>  // integers: the exponents have been checked
  T operator()(T a, T b) const {
    return ref::WrapPower(a, b);
  }
};
struct SquaredDifference {
  template <typename T>
  T operator()(T a, T b) const {
    if constexpr (std::is_floating_point_v<T>) {
      return (a - b) * (a - b);
    } else {
      const T difference = ref::WrapSubtract(a, b);
      return ref::WrapMultiply(difference, difference);
    }
  }
};
struct Atan2 {
  template <typename T>
  T operator()(T y, T x) const {
    return std::atan2(y, x);
  }
};
// Source: K. He et al., "Delving Deep into Rectifiers" (2015), equation 1. b is the slope.
struct Prelu {
  template <typename T>
  T operator()(T x, T slope) const {
    return x >= 0 ? x : x * slope;
  }
};

struct Prepared {
  ref::BroadcastPlan plan;
  RealBinary real;
  absl::Status (*eval)(ir::EvalContext& context, const Prepared& p) = nullptr;
};

template <typename Function, typename T>
absl::Status EvalAs(ir::EvalContext& context, const Prepared& p) {
  if constexpr (std::is_same_v<Function, Power> && std::is_integral_v<T>) {
    if (p.plan.count > 0) {
      const T* exponent = context.in<T>(1);
      for (int64_t i = 0; i < context.input(1).num_elements(); ++i) {
        if (exponent[i] < 0) {
          return context.BadValue("element ", i, " of the exponents is ", exponent[i],
                                  "; integers can be raised to 0 and above");
        }
      }
    }
  }
  MapBinary<T, T>(context, p.plan, Function());
  return absl::OkStatus();
}

absl::Status EvalReal(ir::EvalContext& context, const Prepared& p) {
  p.real.Eval(context);
  return absl::OkStatus();
}

// The real numbers of quantized operands; float32 in float.
template <typename Function>
absl::Status PrepareReal(ir::PrepareContext& context, Prepared* p) {
  if (BinaryTypesAre(context, DType::kFloat32)) {
    p->eval = EvalAs<Function, float>;
    return PrepareBroadcast(context, &p->plan);
  }
  p->eval = EvalReal;
  return p->real.Prepare(context, [](double a, double b) { return Function()(a, b); });
}

template <typename Function>
absl::Status PrepareRealOrInteger(ir::PrepareContext& context, Prepared* p) {
  if (BinaryTypesAre(context, DType::kInt32)) {
    p->eval = EvalAs<Function, int32_t>;
  } else if (BinaryTypesAre(context, DType::kInt64)) {
    p->eval = EvalAs<Function, int64_t>;
  } else {
    return PrepareReal<Function>(context, p);
  }
  return PrepareBroadcast(context, &p->plan);
}

// Which of two integers is larger does not depend on the quantization that all operands share.
template <typename Function>
absl::Status PrepareOrder(ir::PrepareContext& context, Prepared* p) {
  const ir::Quantization& a = context.input(0).quantization();
  const auto same = [&a](const ir::Quantization& other) {
    return a.scales == other.scales && a.zero_points == other.zero_points;
  };
  if (same(context.input(1).quantization()) && same(context.output(0).quantization())) {
    if (BinaryTypesAre(context, DType::kInt8)) {
      p->eval = EvalAs<Function, int8_t>;
    } else if (BinaryTypesAre(context, DType::kUInt8)) {
      p->eval = EvalAs<Function, uint8_t>;
    } else if (BinaryTypesAre(context, DType::kInt16)) {
      p->eval = EvalAs<Function, int16_t>;
    }
    if (p->eval != nullptr) return PrepareBroadcast(context, &p->plan);
  }
  return PrepareRealOrInteger<Function>(context, p);
}

}  // namespace

absl::Status PrepareBinaryMath(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  auto* p = context.MakePrepared<Prepared>();
  switch (context.op().code) {
    case OpCode::MAXIMUM:
      return PrepareOrder<Maximum>(context, p);
    case OpCode::MINIMUM:
      return PrepareOrder<Minimum>(context, p);
    case OpCode::POW:
      return PrepareRealOrInteger<Power>(context, p);
    case OpCode::SQUARED_DIFFERENCE:
      return PrepareRealOrInteger<SquaredDifference>(context, p);
    case OpCode::ATAN2:
      return PrepareReal<Atan2>(context, p);
    default:
      return PrepareReal<Prelu>(context, p);
  }
}

absl::Status EvalBinaryMath(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  return p.eval(context, p);
}

}  // namespace edgetasks::kernels
