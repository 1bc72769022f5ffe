// Checks of types and quantization for matrix products, and the numbers computed once.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/cpu_features.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/kernels/ops/matmul.h"
#include "core/kernels/ops/matmul_tiles.h"
#include "core/kernels/simd/dot/select.h"
#include "core/kernels/simd/gemm/select.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

bool IsFloat(DType dtype) {
  return dtype == DType::kFloat32 || dtype == DType::kFloat16 || dtype == DType::kBFloat16;
}

struct IntegerLimits {
  int32_t min, max;
};
IntegerLimits LimitsOf(DType dtype) {
  if (dtype == DType::kUInt8) return {0, 255};
  if (dtype == DType::kInt16) return {-32768, 32767};
  if (dtype == DType::kInt4) return {-8, 7};
  return {-128, 127};
}

absl::Status CheckTypes(ir::PrepareContext& context, const MatMul& m) {
  ET_RETURN_IF_ERROR(
      context.CheckInputType(0, {DType::kFloat32, DType::kInt8, DType::kUInt8, DType::kInt16}));
  const DType type = context.input(0).dtype();
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {type}));
  switch (type) {
    case DType::kFloat32:
      if (m.b_columns) {
        ET_RETURN_IF_ERROR(
            context.CheckInputType(1, {DType::kFloat32, DType::kInt8, DType::kInt4}));
      } else {
        ET_RETURN_IF_ERROR(context.CheckInputType(
            1, {DType::kFloat32, DType::kFloat16, DType::kBFloat16, DType::kInt8, DType::kInt4}));
      }
      break;
    case DType::kInt8:
      ET_RETURN_IF_ERROR(context.CheckInputType(1, {DType::kInt8, DType::kInt4}));
      break;
    case DType::kUInt8:
      ET_RETURN_IF_ERROR(context.CheckInputType(1, {DType::kUInt8}));
      break;
    default:
      ET_RETURN_IF_ERROR(context.CheckInputType(1, {DType::kInt8, DType::kInt4, DType::kInt16}));
  }
  if (!m.has_bias) return absl::OkStatus();
  if (type == DType::kFloat32) return context.CheckInputType(2, {DType::kFloat32});
  if (type == DType::kInt16) return context.CheckInputType(2, {DType::kInt32, DType::kInt64});
  return context.CheckInputType(2, {DType::kInt32});
}

// One scale, one for each column of C, or (of rows of floats x integers) one for each block.
absl::Status CheckScalesOfB(ir::PrepareContext& context, const MatMul& m) {
  const ir::Operand& b = context.input(1);
  const ir::Quantization& q = b.quantization();
  if (q.blockwise()) {
    if (m.b_columns || m.kind == MatMul::Kind::kInteger || b.shape.rank() != 2 || q.axis != 0) {
      return context.Invalid("scales by block are supported for weights [N, K] of float inputs");
    }
    if (m.depth % q.block_size != 0 ||
        static_cast<int64_t>(q.block_scales.size()) != m.columns * (m.depth / q.block_size)) {
      return context.Invalid("weights ", b.shape.ToString(), " in blocks of ", q.block_size,
                             " have ", q.block_scales.size(), " scales");
    }
    return absl::OkStatus();
  }
  if (q.zero_points.size() != q.scales.size() || q.scales.empty()) {
    return context.Invalid("input 1 is ", NameOf(b.dtype()), " without scales");
  }
  if (q.per_tensor()) return absl::OkStatus();
  const int axis = b.shape.rank() - (m.b_columns ? 1 : 2);
  if (q.axis != axis || static_cast<int64_t>(q.scales.size()) != m.columns) {
    return context.Invalid("input 1 has ", q.scales.size(), " scales along axis ", q.axis,
                           "; expected 1, or ", m.columns, " along axis ", axis);
  }
  return absl::OkStatus();
}

absl::Status CheckZerosOfB(ir::PrepareContext& context, MatMul* m) {
  const ir::Operand& b = context.input(1);
  const ir::Quantization& q = b.quantization();
  if (q.blockwise()) return absl::OkStatus();
  const IntegerLimits limits = LimitsOf(b.dtype());
  const auto is_zero = [](int32_t zero) { return zero == 0; };
  m->b_has_zeros = !std::all_of(q.zero_points.begin(), q.zero_points.end(), is_zero);
  for (int32_t zero : q.zero_points) {
    if (zero < limits.min || zero > limits.max) {
      return context.Invalid("input 1 has zero point ", zero, ", outside ", NameOf(b.dtype()));
    }
  }
  if (m->kind == MatMul::Kind::kHybrid && m->b_has_zeros) {
    return context.Invalid("weights that meet float inputs must have zero point 0");
  }
  if (m->kind != MatMul::Kind::kInteger) return absl::OkStatus();
  if (m->b_has_zeros && (q.per_channel() || b.dtype() == DType::kInt16 ||
                         context.input(0).dtype() == DType::kInt16)) {
    return context.Invalid("input 1 has a zero point other than 0; only 8-bit tensors with one ",
                           "scale may");
  }
  m->b_zero = q.zero_point();
  return absl::OkStatus();
}

absl::Status CheckActivation(ir::PrepareContext& context, const char* what,
                             const ir::Operand& operand) {
  const ir::Quantization& q = operand.quantization();
  if (!q.per_tensor() || q.zero_points.size() != 1) {
    return context.Invalid("the ", what, " is ", NameOf(operand.dtype()),
                           " and needs one scale and zero point");
  }
  const IntegerLimits limits =
      operand.dtype() == DType::kInt16 ? IntegerLimits{0, 0} : LimitsOf(operand.dtype());
  if (q.zero_point() < limits.min || q.zero_point() > limits.max) {
    return context.Invalid("the ", what, " has zero point ", q.zero_point(), "; expected ",
                           limits.min, " to ", limits.max, " for ", NameOf(operand.dtype()));
  }
  return absl::OkStatus();
}

absl::Status PrepareInteger(ir::PrepareContext& context, MatMul* m) {
  const ir::Operand& a = context.input(0);
  const ir::Operand& output = context.output(0);
  ET_RETURN_IF_ERROR(CheckActivation(context, "input", a));
  ET_RETURN_IF_ERROR(CheckActivation(context, "output", output));
  const ir::Quantization& out = output.quantization();
  for (float scale : context.input(1).quantization().scales) {
    const double product =
        static_cast<double>(a.quantization().scale()) * static_cast<double>(scale);
    m->multipliers.push_back(ToFixedMultiplier(out.scale() > 0.0f ? product / out.scale() : 0.0));
  }
  const IntegerLimits limits = LimitsOf(output.dtype());
  // An activation that is a range for floats is one here.
  (void)ref::QuantizedActivationRange(m->activation, out.scale(), out.zero_point(), limits.min,
                                      limits.max, &m->integer_range);
  return absl::OkStatus();
}

// Scratch for A made over, for a number a row, and for tiles of B.
void AskForScratch(ir::PrepareContext& context, MatMul* m) {
  const DType a_type = context.input(0).dtype();
  const DType b_type = context.input(1).dtype();
  const int64_t a_rows = m->a_batches * m->rows;
  if (m->kind == MatMul::Kind::kFloat) {
    if (m->a_columns) m->a_scratch = context.AddScratch(a_rows * m->depth * sizeof(float));
  } else if (a_type != DType::kInt16 || m->a_columns) {
    m->a_scratch = context.AddScratch(a_rows * m->depth * sizeof(int16_t));
  }
  if (m->kind == MatMul::Kind::kHybrid || m->b_has_zeros) {
    m->row_scratch = context.AddScratch(a_rows * sizeof(int32_t));  // or float
  }
  if (m->b_columns && b_type != DType::kFloat32) {
    const int64_t element = b_type == DType::kInt16 ? sizeof(int16_t) : sizeof(int8_t);
    m->b_scratch_stride =
        static_cast<int64_t>(AlignUp(kTileColumns * m->depth * static_cast<size_t>(element)));
    m->b_scratch = context.AddScratch(m->slots * m->b_scratch_stride);
  }
}

}  // namespace

absl::Status PrepareMatMul(ir::PrepareContext& context, MatMul* m) {
  m->dot = &simd::SelectDotKernels();
  m->gemm = &simd::SelectGemmKernels();
  m->has_bias = context.has_input(2);
  m->slots = context.num_threads();
  ET_RETURN_IF_ERROR(CheckTypes(context, *m));
  if (m->depth < 1) return context.Invalid("the dimension that is summed over is 0");
  if (m->has_bias && context.input(2).num_elements() != m->columns) {
    return context.Invalid("the bias has shape ", context.input(2).shape.ToString(), "; expected [",
                           m->columns, "]");
  }
  if (!ref::FloatActivationRange(m->activation, &m->float_range)) {
    return context.Invalid("fused activation ", static_cast<int>(m->activation),
                           " is not supported; supported: NONE, RELU, RELU_N1_TO_1, RELU6");
  }
  const bool float_b = IsFloat(context.input(1).dtype());
  if (context.input(0).dtype() != DType::kFloat32) {
    m->kind = MatMul::Kind::kInteger;
  } else {
    m->kind = float_b || m->weight_only ? MatMul::Kind::kFloat : MatMul::Kind::kHybrid;
  }
  if (!float_b) {
    ET_RETURN_IF_ERROR(CheckScalesOfB(context, *m));
    ET_RETURN_IF_ERROR(CheckZerosOfB(context, m));
  }
  if (m->kind == MatMul::Kind::kInteger) ET_RETURN_IF_ERROR(PrepareInteger(context, m));
  m->panels = CanUsePanels(context, *m);
  if (m->panels) {
    AskForPanelScratch(context, m);
  } else {
    AskForScratch(context, m);
  }
  const char* method = !m->panels ? "tiles" : m->b_scratch < 0 ? "rows" : "panels";
  const CpuLevel level = m->panels ? m->gemm->level : m->dot->level;
  context.SetMethod(absl::StrCat(method, " ", NameOf(level)));
  return absl::OkStatus();
}

void EvalMatMul(ir::EvalContext& context, const MatMul& m) {
  if (context.output(0).num_elements() == 0) return;
  switch (m.kind) {
    case MatMul::Kind::kFloat:
      EvalMatMulFloat(context, m);
      break;
    case MatMul::Kind::kHybrid:
      if (m.panels) {
        EvalMatMulPanels(context, m);
      } else {
        EvalMatMulHybrid(context, m);
      }
      break;
    case MatMul::Kind::kInteger:
      EvalMatMulInteger(context, m);
      break;
  }
}

}  // namespace edgetasks::kernels
