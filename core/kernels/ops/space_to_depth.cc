// SPACE_TO_DEPTH: out[n, y, x, (i b + j) C + c] = in[n, y b + i, x b + j, c] with block size b.
// DEPTH_TO_SPACE: the reverse. Both [N, H, W, C].
#include "core/base/checked_math.h"
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

absl::Status CheckBlock(const ir::PrepareContext& context, int64_t* block) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  *block = context.params<ir::BlockSizeParams>().block_size;
  if (context.input(0).shape.rank() != 4 || *block < 1) {
    return context.Invalid("needs an input [N, H, W, C] and a block size of at least 1, got ",
                           context.input(0).shape.ToString(), " and ", *block);
  }
  return absl::OkStatus();
}

// Between the wide form [N, y, i, x, j, C] and the deep one [N, y, x, i, j, C].
struct Sizes {
  int64_t n, y, x, block, channels;
};

void PrepareCopy(ir::PrepareContext& context, const Sizes& s, bool to_depth) {
  auto* copy = context.MakePrepared<ref::StridedCopy>();
  copy->block_bytes = ElementBytes(context.input(0).dtype());
  if (context.output(0).num_elements() == 0) {
    copy->block_bytes = 0;
    return;
  }
  const int64_t e = copy->block_bytes, row = s.x * s.block * s.channels * e;
  struct Dim {
    int64_t size, wide, deep;
  };
  const int64_t run = s.block * s.channels * e;  // of j and C: contiguous in both
  const Dim dims[] = {{s.n * s.y, s.block * row, s.block * row},
                      {s.x, run, s.block * run},
                      {s.block, row, run},
                      {s.block * s.channels, e, e}};
  for (const Dim& d : dims) {
    copy->Add(d.size, to_depth ? d.wide : d.deep, to_depth ? d.deep : d.wide);
  }
  copy->Simplify();
}

}  // namespace

absl::Status PrepareSpaceToDepth(ir::PrepareContext& context) {
  int64_t block = 1;
  ET_RETURN_IF_ERROR(CheckBlock(context, &block));
  const ir::Shape& in = context.input(0).shape;
  if (in.dim(1) % block != 0 || in.dim(2) % block != 0) {
    return context.Invalid("height and width of ", in.ToString(), " are no multiples of ", block);
  }
  const Sizes s = {in.dim(0), in.dim(1) / block, in.dim(2) / block, block, in.dim(3)};
  int64_t depth = 0;
  if (!CheckedMul(block * block, s.channels, &depth)) {
    return context.Invalid("the block size ", block, " is too large");
  }
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, {s.n, s.y, s.x, depth}));
  PrepareCopy(context, s, true);
  return absl::OkStatus();
}

absl::Status EvalSpaceToDepth(ir::EvalContext& context) {
  RunCopy(context, context.prepared<ref::StridedCopy>(), context.input(0).data,
          context.output(0).data);
  return absl::OkStatus();
}

absl::Status PrepareDepthToSpace(ir::PrepareContext& context) {
  int64_t block = 1;
  ET_RETURN_IF_ERROR(CheckBlock(context, &block));
  const ir::Shape& in = context.input(0).shape;
  if (in.dim(3) % (block * block) != 0) {
    return context.Invalid("the ", in.dim(3), " channels are no multiple of ", block, "^2");
  }
  const Sizes s = {in.dim(0), in.dim(1), in.dim(2), block, in.dim(3) / (block * block)};
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, {s.n, s.y * block, s.x * block, s.channels}));
  PrepareCopy(context, s, false);
  return absl::OkStatus();
}

absl::Status EvalDepthToSpace(ir::EvalContext& context) { return EvalSpaceToDepth(context); }

}  // namespace edgetasks::kernels
