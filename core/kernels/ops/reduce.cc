// SUM, MEAN, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL. Inputs: data, axes.
#include "core/kernels/ref/reduce.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;
using ref::ReduceKind;

struct Prepared {
  ref::ReducePlan plan;
  ref::ReduceQuantization quantization;
  int64_t min_outputs = 1;  // worth a thread
};

bool IsQuantizable(DType dtype) {
  return dtype == DType::kInt8 || dtype == DType::kUInt8 || dtype == DType::kInt16;
}

bool IsExtreme(ReduceKind kind) { return kind == ReduceKind::kMax || kind == ReduceKind::kMin; }

absl::Status CheckTypes(ir::PrepareContext& context, ReduceKind kind) {
  if (kind == ReduceKind::kAny || kind == ReduceKind::kAll) {
    ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kBool}));
  } else {
    ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat32, DType::kInt32, DType::kInt64,
                                                  DType::kInt8, DType::kUInt8, DType::kInt16}));
  }
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {context.input(0).dtype()}));
  return context.CheckInputType(1, {DType::kInt32, DType::kInt64});
}

absl::Status PrepareQuantization(ir::PrepareContext& context, ReduceKind kind, Prepared* p) {
  const ir::Quantization& in = context.input(0).quantization();
  const ir::Quantization& out = context.output(0).quantization();
  if (!in.quantized() && !out.quantized() && IsExtreme(kind)) return absl::OkStatus();
  if (!in.per_tensor() || !out.per_tensor()) {
    return context.Invalid(
        "an integer reduction needs per-tensor quantization of input and output");
  }
  if (IsExtreme(kind) &&
      (std::fabs(in.scale() - out.scale()) > 1e-6f || in.zero_point() != out.zero_point())) {
    return context.Invalid("input and output must share scale and zero point");
  }
  p->quantization = {in.scale(), out.scale(), in.zero_point(), out.zero_point()};
  return absl::OkStatus();
}

// Negative axes count from the end; repeated ones count once. A scalar has no axes: whatever the
// operand says is ignored, as TFLite does.
absl::Status ReadAxes(ir::PrepareContext& context, uint32_t* mask) {
  std::vector<int64_t> axes;
  ET_RETURN_IF_ERROR(context.IntValues(1, &axes));
  const int rank = context.input(0).shape.rank();
  *mask = 0;
  if (rank == 0) return absl::OkStatus();
  for (int64_t axis : axes) {
    if (axis < -rank || axis >= rank) {
      return context.Invalid("axis ", axis, " does not exist in an input of shape ",
                             context.input(0).shape.ToString());
    }
    *mask |= 1u << (axis < 0 ? axis + rank : axis);
  }
  return absl::OkStatus();
}

absl::Status Prepare(ir::PrepareContext& context, ReduceKind kind) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  ET_RETURN_IF_ERROR(CheckTypes(context, kind));
  auto* p = context.MakePrepared<Prepared>();
  const ir::Shape& input = context.input(0).shape;
  if (IsQuantizable(context.input(0).dtype())) {
    ET_RETURN_IF_ERROR(PrepareQuantization(context, kind, p));
  }
  // No axes at all need no bytes to be known.
  if (!context.is_known(1) && context.input(1).num_elements() > 0) {
    context.SetOutputShapeUnknown(0);
    return absl::OkStatus();
  }
  uint32_t mask = 0;
  ET_RETURN_IF_ERROR(ReadAxes(context, &mask));
  if (!ref::MakeReducePlan(input, mask, &p->plan)) {
    return context.Invalid("an input of shape ", input.ToString(), " is too large");
  }
  constexpr int64_t kWorthwhileElements = 32768;
  p->min_outputs = kWorthwhileElements / (p->plan.count + 1) + 1;
  const bool keep_dims = context.params<ir::ReducerParams>().keep_dims;
  ir::Shape output;
  for (int a = 0; a < input.rank(); ++a) {
    const bool reduced = ((mask >> a) & 1u) != 0;
    if (!reduced || keep_dims) output.Append(reduced ? 1 : input.dim(a));
  }
  context.SetOutputShape(0, output);
  return absl::OkStatus();
}

// One run of axes is reduced and outputs that are neighbours have inputs that are: the sums of some
// columns are made together, row after row. (A mean over a picture's pixels.)
bool SumsColumns(const ref::ReducePlan& plan) {
  constexpr int64_t kMaxCount = 1 << 15;  // of elements of 16 bits, so that sums fit 32
  const int kept = plan.kept.rank();
  return plan.reduced.rank() == 1 && kept > 0 && plan.kept_stride[kept - 1] == 1 &&
         plan.kept.dim(kept - 1) > 1 && plan.count <= kMaxCount;
}

// Sums in `Sum`, of which finish(sum) makes an output.
template <typename Sum, typename T, typename Finish>
void SumColumns(const ref::ReducePlan& plan, const T* input, int64_t begin, int64_t end,
                const Finish& finish, T* output) {
  constexpr int64_t kColumns = 256;
  const int64_t width = plan.kept.back(0), stride = plan.reduced_stride[0];
  for (int64_t o = begin; o < end;) {
    const int64_t outer = o / width;  // of kept axes: at most one more run
    const int64_t n = std::min({kColumns, end - o, (outer + 1) * width - o});
    const T* columns =
        input + (plan.kept.rank() > 1 ? outer * plan.kept_stride[0] : 0) + (o - outer * width);
    Sum sums[kColumns] = {};
    for (int64_t r = 0; r < plan.count; ++r, columns += stride) {
      for (int64_t i = 0; i < n; ++i) sums[i] += columns[i];
    }
    for (int64_t i = 0; i < n; ++i) {
      output[o + i] = finish(sums[i]);
    }
    o += n;
  }
}

template <typename T>
void Run(ir::EvalContext& context, ReduceKind kind) {
  const auto& p = context.prepared<Prepared>();
  const T* input = context.in<T>(0);
  T* output = context.out<T>(0);
  context.pool().ParallelFor(p.plan.outputs, p.min_outputs, [&](int64_t begin, int64_t end) {
    if constexpr (sizeof(T) <= 2) {
      if (!IsExtreme(kind)) {
        if (kind != ReduceKind::kProd && SumsColumns(p.plan)) {
          const auto finish = [&](int32_t sum) {
            return ref::QuantizedSumOf<T>(kind, sum, p.plan.count, p.quantization);
          };
          constexpr int64_t kMostInt16 = 127;  // bytes whose sum fits
          if (sizeof(T) == 1 && p.plan.count <= kMostInt16) {
            return SumColumns<int16_t>(p.plan, input, begin, end, finish, output);
          }
          return SumColumns<int32_t>(p.plan, input, begin, end, finish, output);
        }
        ref::ReduceQuantized(kind, p.plan, p.quantization, input, begin, end, output);
        return;
      }
    }
    if constexpr (std::is_same_v<T, float>) {
      // The same sums, in the same order, as those of ref::Reduce.
      if ((kind == ReduceKind::kSum || kind == ReduceKind::kMean) && SumsColumns(p.plan)) {
        const double divisor = kind == ReduceKind::kMean ? static_cast<double>(p.plan.count) : 1.0;
        const auto finish = [&](double sum) { return static_cast<float>(sum / divisor); };
        return SumColumns<double>(p.plan, input, begin, end, finish, output);
      }
    }
    ref::Reduce(kind, p.plan, input, begin, end, output);
  });
}

void RunBool(ir::EvalContext& context, ReduceKind kind) {
  const auto& p = context.prepared<Prepared>();
  context.pool().ParallelFor(p.plan.outputs, p.min_outputs, [&](int64_t begin, int64_t end) {
    ref::ReduceBool(kind, p.plan, context.in<uint8_t>(0), begin, end, context.out<uint8_t>(0));
  });
}

absl::Status Eval(ir::EvalContext& context, ReduceKind kind) {
  switch (context.input(0).dtype()) {
    case DType::kInt8:
      Run<int8_t>(context, kind);
      break;
    case DType::kUInt8:
      Run<uint8_t>(context, kind);
      break;
    case DType::kInt16:
      Run<int16_t>(context, kind);
      break;
    case DType::kInt32:
      Run<int32_t>(context, kind);
      break;
    case DType::kInt64:
      Run<int64_t>(context, kind);
      break;
    case DType::kBool:
      RunBool(context, kind);
      break;
    default:
      Run<float>(context, kind);
  }
  return absl::OkStatus();
}

}  // namespace

#define EDGETASKS_REDUCTION(functions, kind)                     \
  absl::Status Prepare##functions(ir::PrepareContext& context) { \
    return Prepare(context, ReduceKind::kind);                   \
  }                                                              \
  absl::Status Eval##functions(ir::EvalContext& context) { return Eval(context, ReduceKind::kind); }
EDGETASKS_REDUCTION(Sum, kSum)
EDGETASKS_REDUCTION(Mean, kMean)
EDGETASKS_REDUCTION(ReduceMax, kMax)
EDGETASKS_REDUCTION(ReduceMin, kMin)
EDGETASKS_REDUCTION(ReduceProd, kProd)
EDGETASKS_REDUCTION(ReduceAny, kAny)
EDGETASKS_REDUCTION(ReduceAll, kAll)
#undef EDGETASKS_REDUCTION

}  // namespace edgetasks::kernels
