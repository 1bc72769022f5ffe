// ONE_HOT: along a new axis of `depth` elements, on_value at the index and off_value elsewhere. An
// index outside the depth gives off_value throughout.
#include <cstring>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int64_t prefix = 1, depth = 0, suffix = 1;
};

}  // namespace

absl::Status PrepareOneHot(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(4, 4, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {ir::DType::kInt32, ir::DType::kInt64}));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {ir::DType::kInt32, ir::DType::kInt64}));
  for (int i : {2, 3}) {
    ET_RETURN_IF_ERROR(CheckMovable(context, i, 0));
    if (context.input(i).num_elements() != 1) {
      return context.Invalid("on_value and off_value must be one element each");
    }
  }
  if (!HaveValues(context, {1})) return DeferShapes(context);
  const ir::Shape& shape = context.input(0).shape;
  int64_t depth = 0;
  ET_RETURN_IF_ERROR(IntValue(context, 1, &depth));
  int axis = 0;
  ET_RETURN_IF_ERROR(
      NormalizeAxis(context, context.params<ir::OneHotParams>().axis, shape.rank() + 1, &axis));
  std::vector<int64_t> dims = DimsOf(shape);
  dims.insert(dims.begin() + axis, depth);
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));
  auto* p = context.MakePrepared<Prepared>();
  *p = {shape.Product(0, axis), depth, shape.Product(axis, shape.rank())};
  return absl::OkStatus();
}

absl::Status EvalOneHot(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& output = context.output(0);
  const int64_t element_bytes = ElementBytes(output.dtype());
  if (output.num_elements() == 0) return absl::OkStatus();
  ref::Fill(context.input(3).data, element_bytes, output.num_elements(), output.data);
  for (int64_t a = 0; a < p.prefix; ++a) {
    for (int64_t b = 0; b < p.suffix; ++b) {
      const int64_t index = IntAt(context.input(0), a * p.suffix + b);
      if (index < 0 || index >= p.depth) continue;
      const int64_t at = (a * p.depth + index) * p.suffix + b;
      std::memcpy(context.out<uint8_t>(0) + at * element_bytes, context.input(2).data,
                  element_bytes);
    }
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
