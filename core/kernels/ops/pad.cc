// PAD: the input with a border of zeros (of the zero point, where quantized). PADV2: of a given
// value.
#include <limits>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ops/zero_element.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  ref::StridedCopy copy;
  bool has_border = false;
  bool value_given = false;  // input 2 holds the element of the border
  ZeroElement zero;          // else this is it
};

absl::Status CheckValue(const ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckInputType(2, {context.input(0).dtype()}));
  if (context.input(2).num_elements() != 1) {
    return context.Invalid("the padding value must be one element");
  }
  return CheckSameElements(context, 2, 0);
}

}  // namespace

absl::Status PreparePad(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 3, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  const ir::Shape& shape = context.input(0).shape;
  const int rank = shape.rank();
  if (context.input(1).num_elements() != 2 * rank) {
    return context.Invalid("paddings must be [", rank, ", 2], got ",
                           context.input(1).shape.ToString());
  }
  if (context.has_input(2)) ET_RETURN_IF_ERROR(CheckValue(context));
  if (!HaveValues(context, {1})) return DeferShapes(context);
  std::vector<int64_t> pads, dims = DimsOf(shape);
  ET_RETURN_IF_ERROR(context.IntValues(1, &pads));
  for (int d = 0; d < rank; ++d) {
    constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
    const int64_t before = pads[2 * d], after = pads[2 * d + 1];
    if (before < 0 || after < 0 || before > kMax || after > kMax) {
      return context.Invalid("cannot pad dimension ", d, " by ", before, " and ", after);
    }
    dims[d] += before + after;
  }
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, dims));

  auto* p = context.MakePrepared<Prepared>();
  const int64_t element_bytes = ElementBytes(context.input(0).dtype());
  p->copy.block_bytes = element_bytes;
  const auto strides = ByteStrides(shape, element_bytes);
  const auto out_strides = ByteStrides(context.output(0).shape, element_bytes);
  const bool empty = context.output(0).num_elements() == 0;
  for (int d = 0; d < rank; ++d) {
    p->copy.Add(shape.dim(d), strides[d], out_strides[d]);
    if (!empty) p->copy.dst_offset += pads[2 * d] * out_strides[d];
  }
  p->copy.Simplify();
  p->has_border = context.output(0).num_elements() != context.input(0).num_elements();
  p->value_given = context.has_input(2);
  p->zero = ZeroElementOf(context.output(0));
  return absl::OkStatus();
}

absl::Status EvalPad(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& output = context.output(0);
  if (p.has_border) {
    ref::Fill(p.value_given ? context.input(2).data : p.zero.bytes, ElementBytes(output.dtype()),
              output.num_elements(), output.data);
  }
  RunCopy(context, p.copy, context.input(0).data, output.data);
  return absl::OkStatus();
}

absl::Status PreparePadV2(ir::PrepareContext& context) { return PreparePad(context); }
absl::Status EvalPadV2(ir::EvalContext& context) { return EvalPad(context); }

}  // namespace edgetasks::kernels
