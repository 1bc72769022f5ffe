// FULLY_CONNECTED: output [.., N] = input [.., K] x weights [N, K]^T + bias [N].
// Source: TFLite schema, FullyConnectedOptions. Types and arithmetic: matmul.h.
#include "core/kernels/ops/matmul.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

// The input's elements count as rows of K. With keep_num_dims the output keeps all dimensions but
// the last; without, it is [rows, N].
absl::Status SetShapes(ir::PrepareContext& context, bool keep_num_dims, MatMul* m) {
  const ir::Shape& input = context.input(0).shape;
  const ir::Shape& weights = context.input(1).shape;
  if (weights.rank() != 2 || weights.dim(1) < 1) {
    return context.Invalid("the weights have shape ", weights.ToString(),
                           "; expected [N, K] with K > 0");
  }
  m->columns = weights.dim(0);
  m->depth = weights.dim(1);
  const int64_t elements = input.num_elements();
  if (elements % m->depth != 0) {
    return context.Invalid("the input has shape ", input.ToString(),
                           ", which is no number of rows of ", m->depth);
  }
  m->rows = elements / m->depth;
  ir::Shape output;
  if (keep_num_dims) {
    if (input.rank() < 1 || input.back(0) != m->depth) {
      return context.Invalid("the input has shape ", input.ToString(),
                             "; its last dimension must be ", m->depth);
    }
    output = input;
    output.set_dim(output.rank() - 1, weights.dim(0));
  } else {
    if (m->rows > INT32_MAX) return context.Invalid("the input has ", m->rows, " rows");
    output = {static_cast<int32_t>(m->rows), weights.dim(0)};
  }
  int64_t bytes = 0;
  if (!ir::CheckedBytes(output, context.output(0).dtype(), &bytes)) {
    return context.Invalid("the output would have shape ", output.ToString());
  }
  context.SetOutputShape(0, output);
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareFullyConnected(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 3, 1));
  const auto params = context.params<ir::FullyConnectedParams>();
  if (params.shuffled_weights) {
    return Unsupported(ErrorDetail::kUnsupportedType, context.op().DisplayName(),
                       ": weights in the format SHUFFLED4x16INT8 are not supported; convert the ",
                       "model again with weights in the format DEFAULT");
  }
  auto* m = context.MakePrepared<MatMul>();
  m->weight_only = params.weight_only;
  m->activation = params.activation;
  ET_RETURN_IF_ERROR(SetShapes(context, params.keep_num_dims, m));
  return PrepareMatMul(context, m);
}

absl::Status EvalFullyConnected(ir::EvalContext& context) {
  EvalMatMul(context, context.prepared<MatMul>());
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
