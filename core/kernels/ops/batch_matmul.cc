// BATCH_MATMUL: C = A x B for each pair of matrices, the dimensions before the last two broadcast.
// Source: TFLite schema, BatchMatMulOptions: adj_x and adj_y say that a matrix lies transposed.
// Types and arithmetic: matmul.h.
#include <algorithm>

#include "core/kernels/ops/matmul.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

// `shape` without its last two dimensions.
ir::Shape BatchDims(const ir::Shape& shape) {
  return ir::Shape(shape.dims().first(shape.rank() - 2));
}

// For each dimension of `batch`, how many matrices of `shape` one step moves by.
void SetStrides(const ir::Shape& batch, const ir::Shape& shape,
                std::array<int64_t, ir::Shape::kMaxRank>* strides) {
  int64_t stride = 1;
  for (int d = 0; d < batch.rank(); ++d) {  // from the last dimension on
    const int32_t dim = d < shape.rank() ? shape.back(d) : 1;
    (*strides)[batch.rank() - 1 - d] = dim == 1 ? 0 : stride;
    stride *= dim;
  }
}

absl::Status SetShapes(ir::PrepareContext& context, MatMul* m) {
  const ir::Shape& a = context.input(0).shape;
  const ir::Shape& b = context.input(1).shape;
  if (a.rank() < 2 || b.rank() < 2) {
    return context.Invalid("inputs have shapes ", a.ToString(), " and ", b.ToString(),
                           "; expected at least 2 dimensions each");
  }
  m->rows = a.back(m->a_columns ? 0 : 1);
  m->depth = a.back(m->a_columns ? 1 : 0);
  m->columns = b.back(m->b_columns ? 0 : 1);
  ir::Shape batch;
  if (b.back(m->b_columns ? 1 : 0) != m->depth ||
      !ir::BroadcastShapes(BatchDims(a), BatchDims(b), &batch)) {
    return context.Invalid("inputs of shapes ", a.ToString(), m->a_columns ? " (transposed)" : "",
                           " and ", b.ToString(), m->b_columns ? "" : " (transposed)",
                           " cannot be multiplied");
  }
  ir::Shape output = batch;
  output.Append(static_cast<int32_t>(m->rows));
  output.Append(static_cast<int32_t>(m->columns));
  int64_t bytes = 0;
  if (!ir::CheckedBytes(output, context.output(0).dtype(), &bytes)) {
    return context.Invalid("the output would have shape ", output.ToString());
  }
  m->batches = batch.num_elements();
  m->a_batches = BatchDims(a).num_elements();
  m->map.rank = batch.rank();
  std::copy(batch.dims().begin(), batch.dims().end(), m->map.dims.begin());
  SetStrides(batch, BatchDims(a), &m->map.a_strides);
  SetStrides(batch, BatchDims(b), &m->map.b_strides);
  context.SetOutputShape(0, output);
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareBatchMatMul(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 1));
  const auto params = context.params<ir::BatchMatMulParams>();
  auto* m = context.MakePrepared<MatMul>();
  m->a_columns = params.adj_x;
  m->b_columns = !params.adj_y;
  ET_RETURN_IF_ERROR(SetShapes(context, m));
  return PrepareMatMul(context, m);
}

absl::Status EvalBatchMatMul(ir::EvalContext& context) {
  EvalMatMul(context, context.prepared<MatMul>());
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
