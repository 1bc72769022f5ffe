// MATRIX_DIAG: output[..., i, j] = input[..., i] where i == j, 0 elsewhere.
#include <cstring>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {

absl::Status PrepareMatrixDiag(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  const ir::Shape& shape = context.input(0).shape;
  if (shape.rank() < 1) return context.Invalid("the input must have at least 1 dimension");
  const int64_t size = shape.back(0);
  std::vector<int64_t> dims = DimsOf(shape);
  dims.push_back(size);
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  auto* copy = context.MakePrepared<ref::StridedCopy>();
  copy->block_bytes = ElementBytes(context.input(0).dtype());
  copy->Add(shape.Product(0, shape.rank() - 1), size * copy->block_bytes,
            size * size * copy->block_bytes);
  copy->Add(size, copy->block_bytes, (size + 1) * copy->block_bytes);
  return absl::OkStatus();
}

absl::Status EvalMatrixDiag(ir::EvalContext& context) {
  const ir::Operand& output = context.output(0);
  const int64_t bytes = output.num_elements() * ElementBytes(output.dtype());
  if (bytes == 0) return absl::OkStatus();
  std::memset(output.data, 0, bytes);
  RunCopy(context, context.prepared<ref::StridedCopy>(), context.input(0).data, output.data);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
