// The elementwise functions of one operand (the list is in PrepareUnary).
//
// float32 is computed in float. 8-bit quantized operands go through a table of the function's 256
// values, int16 through real numbers: both round once, to the nearest step of the output.
// ABS, NEG, SIGN and SQUARE also take plain int32 and int64.
#include <algorithm>
#include <array>
#include <memory>

#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/integer_math.h"
#include "core/kernels/ref/unary_math.h"
#include "core/kernels/simd/rowwise/select.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;
using ir::OpCode;

struct Prepared {
  ref::RealFormat input, output;
  std::array<uint8_t, 256> table{};  // by the input's byte; the output's byte
  void (*eval)(ir::EvalContext& context, const Prepared& p) = nullptr;
};

template <typename Function>
void EvalFloat(ir::EvalContext& context, const Prepared&) {
  MapUnary<float, float>(context, Function());
}

void EvalLogistic(ir::EvalContext& context, const Prepared&) {
  const auto logistic = simd::SelectRowwiseKernels().logistic;
  const auto* input = context.in<float>(0);
  auto* output = context.out<float>(0);
  context.pool().ParallelFor(
      context.output(0).num_elements(), kMinElementsPerThread / 4,
      [&](int64_t begin, int64_t end) { logistic(input + begin, end - begin, output + begin); });
}

void EvalTable(ir::EvalContext& context, const Prepared& p) {
  const uint8_t* table = p.table.data();
  MapUnary<uint8_t, uint8_t>(context, [table](uint8_t x) { return table[x]; });
}

template <typename Function>
void EvalReal(ir::EvalContext& context, const Prepared& p) {
  constexpr int64_t kBlock = 256;
  constexpr Function function{};
  const void* input = context.in<void>(0);
  void* output = context.out<void>(0);
  context.pool().ParallelFor(context.output(0).num_elements(), kMinElementsPerThread / 4,
                             [&](int64_t begin, int64_t end) {
                               double x[kBlock];
                               for (int64_t first = begin; first < end; first += kBlock) {
                                 const int64_t n = std::min(kBlock, end - first);
                                 ref::LoadReal(p.input, input, first, 1, n, x);
                                 for (int64_t i = 0; i < n; ++i) x[i] = function(x[i]);
                                 ref::StoreReal(p.output, x, n, output, first);
                               }
                             });
}

template <typename Function, typename T>
void EvalInteger(ir::EvalContext& context, const Prepared&) {
  MapUnary<T, T>(context, [](T x) -> T {
    if constexpr (std::is_same_v<Function, ref::Abs>) {
      return x < 0 ? ref::WrapSubtract<T>(0, x) : x;
    } else if constexpr (std::is_same_v<Function, ref::Negate>) {
      return ref::WrapSubtract<T>(0, x);
    } else if constexpr (std::is_same_v<Function, ref::Square>) {
      return ref::WrapMultiply(x, x);
    } else {
      return static_cast<T>((x > 0) - (x < 0));
    }
  });
}

// table[byte] = the output's byte for the input's byte, both as their types read it.
template <typename Function>
void FillTable(Prepared* p) {
  constexpr Function function{};
  std::array<uint8_t, 256> bytes;
  std::array<double, 256> real;
  for (int i = 0; i < 256; ++i) bytes[i] = static_cast<uint8_t>(i);
  ref::LoadReal(p->input, bytes.data(), 0, 1, 256, real.data());
  for (double& x : real) x = function(x);
  ref::StoreReal(p->output, real.data(), 256, p->table.data(), 0);
}

template <typename Function>
absl::Status PrepareAs(ir::PrepareContext& context, Prepared* p) {
  constexpr bool kTakesIntegers =
      std::is_same_v<Function, ref::Abs> || std::is_same_v<Function, ref::Negate> ||
      std::is_same_v<Function, ref::Sign> || std::is_same_v<Function, ref::Square>;
  const DType dtype = context.input(0).dtype();
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {dtype}));
  ET_RETURN_IF_ERROR(SetOutputShapeOfInput(context));
  if constexpr (kTakesIntegers) {
    if (dtype == DType::kInt32 || dtype == DType::kInt64) {
      p->eval =
          dtype == DType::kInt32 ? EvalInteger<Function, int32_t> : EvalInteger<Function, int64_t>;
      return absl::OkStatus();
    }
  }
  ET_RETURN_IF_ERROR(InputFormat(context, 0, &p->input));
  ET_RETURN_IF_ERROR(OutputFormat(context, 0, &p->output));
  if (dtype == DType::kFloat32) {
    p->eval = std::is_same_v<Function, ref::Logistic> ? EvalLogistic : EvalFloat<Function>;
  } else if (dtype == DType::kInt16) {
    p->eval = EvalReal<Function>;
  } else {
    FillTable<Function>(p);
    p->eval = EvalTable;
  }
  return absl::OkStatus();
}

struct Row {
  OpCode code;
  absl::Status (*prepare)(ir::PrepareContext& context, Prepared* p);
};

constexpr Row kRows[] = {
    {OpCode::ABS, PrepareAs<ref::Abs>},
    {OpCode::CEIL, PrepareAs<ref::Ceil>},
    {OpCode::COS, PrepareAs<ref::Cos>},
    {OpCode::ELU, PrepareAs<ref::Elu>},
    {OpCode::EXP, PrepareAs<ref::Exp>},
    {OpCode::FLOOR, PrepareAs<ref::Floor>},
    {OpCode::HARD_SWISH, PrepareAs<ref::HardSwish>},
    {OpCode::LOG, PrepareAs<ref::Log>},
    {OpCode::LOGISTIC, PrepareAs<ref::Logistic>},
    {OpCode::NEG, PrepareAs<ref::Negate>},
    {OpCode::RELU, PrepareAs<ref::Relu>},
    {OpCode::RELU6, PrepareAs<ref::Relu6>},
    {OpCode::RELU_0_TO_1, PrepareAs<ref::Relu0To1>},
    {OpCode::RELU_N1_TO_1, PrepareAs<ref::ReluN1To1>},
    {OpCode::ROUND, PrepareAs<ref::Round>},
    {OpCode::RSQRT, PrepareAs<ref::Rsqrt>},
    {OpCode::SIGN, PrepareAs<ref::Sign>},
    {OpCode::SIN, PrepareAs<ref::Sin>},
    {OpCode::SQRT, PrepareAs<ref::Sqrt>},
    {OpCode::SQUARE, PrepareAs<ref::Square>},
    {OpCode::STABLEHLO_CBRT, PrepareAs<ref::Cbrt>},
    {OpCode::TANH, PrepareAs<ref::Tanh>},
};

}  // namespace

absl::Status PrepareUnary(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  auto* p = context.MakePrepared<Prepared>();
  if (context.op().code == OpCode::GELU) {
    return context.params<ir::GeluParams>().approximate ? PrepareAs<ref::GeluTanh>(context, p)
                                                        : PrepareAs<ref::GeluExact>(context, p);
  }
  for (const Row& row : kRows) {
    if (row.code == context.op().code) return row.prepare(context, p);
  }
  return context.Invalid("is no function of one operand");
}

absl::Status EvalUnary(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  p.eval(context, p);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
