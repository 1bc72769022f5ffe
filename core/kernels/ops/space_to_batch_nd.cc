// SPACE_TO_BATCH_ND: pads the M spatial dimensions and moves the position inside each block to the
// batch: out[(block position) N + n, y..., k...] = padded[n, y block + position..., k...].
// BATCH_TO_SPACE_ND: the reverse, with crops in the place of paddings.
#include <algorithm>
#include <limits>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ops/zero_element.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  int spatial = 0;  // M
  std::array<int64_t, ir::Shape::kMaxRank> block{}, before{};
  int64_t positions = 1;  // product of block
  ZeroElement zero;
};

// Reads block and paddings or crops (`pads`, [M, 2]); all are in [0, 2^31), blocks at least 1.
absl::Status ReadBlocks(const ir::PrepareContext& context, Prepared* p,
                        std::vector<int64_t>* pads) {
  const int rank = context.input(0).shape.rank();
  const int64_t spatial = context.input(1).num_elements();
  if (spatial + 1 > rank || context.input(2).num_elements() != 2 * spatial) {
    return context.Invalid("block shape ", context.input(1).shape.ToString(), " and ",
                           context.input(2).shape.ToString(), " do not fit an input of shape ",
                           context.input(0).shape.ToString());
  }
  std::vector<int64_t> block;
  ET_RETURN_IF_ERROR(context.IntValues(1, &block));
  ET_RETURN_IF_ERROR(context.IntValues(2, pads));
  p->spatial = static_cast<int>(spatial);
  constexpr int64_t kMax = std::numeric_limits<int32_t>::max();
  for (int d = 0; d < p->spatial; ++d) {
    const int64_t before = (*pads)[2 * d], after = (*pads)[2 * d + 1];
    if (block[d] < 1 || p->positions > kMax / block[d] || before < 0 || before > kMax ||
        after < 0 || after > kMax) {
      return context.Invalid("block ", block[d], " with border ", before, " and ", after,
                             " is not possible");
    }
    p->block[d] = block[d];
    p->before[d] = before;
    p->positions *= block[d];
  }
  return absl::OkStatus();
}

// Copies between the spacious tensor and the part of the deep one (its batch is block positions
// times N) that belongs to one block position.
class PositionCopy {
 public:
  PositionCopy(const Prepared& p, const ir::Shape& space, const ir::Shape& deep, int64_t batches,
               int64_t element_bytes)
      : p_(p),
        space_(space),
        deep_(deep),
        batches_(batches),
        element_bytes_(element_bytes),
        space_strides_(ByteStrides(space, element_bytes)),
        deep_strides_(ByteStrides(deep, element_bytes)) {}

  // The copy of block position `position`; `to_deep` says in which direction.
  ref::StridedCopy For(int64_t position, bool to_deep) const {
    ref::StridedCopy copy;
    copy.block_bytes = element_bytes_;
    int64_t space_offset = 0, deep_offset = position * batches_ * deep_strides_[0];
    AddDim(batches_, space_strides_[0], deep_strides_[0], to_deep, &copy);
    int64_t rest = p_.positions;
    for (int d = 0; d < p_.spatial; ++d) {
      rest /= p_.block[d];
      const int64_t inside = position / rest % p_.block[d];
      // Deep index y stands for index y block + inside - before of space, which must be in range.
      const int64_t block = p_.block[d], shift = inside - p_.before[d];
      const int64_t first = shift >= 0 ? 0 : (-shift + block - 1) / block;
      const int64_t end = std::min<int64_t>(
          deep_.dim(d + 1),
          shift >= space_.dim(d + 1) ? 0 : (space_.dim(d + 1) - shift + block - 1) / block);
      const int64_t count = std::max<int64_t>(0, end - first);
      if (count > 0) {
        space_offset += (first * block + shift) * space_strides_[d + 1];
        deep_offset += first * deep_strides_[d + 1];
      }
      AddDim(count, count > 1 ? block * space_strides_[d + 1] : 0, deep_strides_[d + 1], to_deep,
             &copy);
    }
    for (int d = p_.spatial + 1; d < space_.rank(); ++d) {
      AddDim(space_.dim(d), space_strides_[d], deep_strides_[d], to_deep, &copy);
    }
    copy.src_offset = to_deep ? space_offset : deep_offset;
    copy.dst_offset = to_deep ? deep_offset : space_offset;
    copy.Simplify();
    return copy;
  }

 private:
  static void AddDim(int64_t size, int64_t space, int64_t deep, bool to_deep,
                     ref::StridedCopy* copy) {
    copy->Add(size, to_deep ? space : deep, to_deep ? deep : space);
  }

  const Prepared& p_;
  const ir::Shape& space_;
  const ir::Shape& deep_;
  int64_t batches_, element_bytes_;
  std::array<int64_t, ir::Shape::kMaxRank> space_strides_, deep_strides_;
};

}  // namespace

absl::Status PrepareSpaceToBatchNd(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  if (!HaveValues(context, {1, 2})) return DeferShapes(context);
  auto* p = context.MakePrepared<Prepared>();
  std::vector<int64_t> pads, dims = DimsOf(context.input(0).shape);
  ET_RETURN_IF_ERROR(ReadBlocks(context, p, &pads));
  dims[0] *= p->positions;
  for (int d = 0; d < p->spatial; ++d) {
    const int64_t padded = dims[d + 1] + pads[2 * d] + pads[2 * d + 1];
    if (padded % p->block[d] != 0) {
      return context.Invalid("the padded dimension ", d + 1, " of ", padded,
                             " is no multiple of the block's ", p->block[d]);
    }
    dims[d + 1] = padded / p->block[d];
  }
  p->zero = ZeroElementOf(context.output(0));
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalSpaceToBatchNd(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& input = context.input(0);
  const ir::Operand& output = context.output(0);
  if (output.num_elements() == 0) return absl::OkStatus();
  const int64_t element_bytes = ElementBytes(output.dtype());
  if (output.num_elements() != input.num_elements()) {
    ref::Fill(p.zero.bytes, element_bytes, output.num_elements(), output.data);
  }
  if (input.num_elements() == 0) return absl::OkStatus();
  const PositionCopy positions(p, input.shape, output.shape, input.shape.dim(0), element_bytes);
  for (int64_t i = 0; i < p.positions; ++i) {
    const ref::StridedCopy copy = positions.For(i, true);
    RunCopy(context, copy, input.data, output.data);
  }
  return absl::OkStatus();
}

absl::Status PrepareBatchToSpaceNd(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  if (!HaveValues(context, {1, 2})) return DeferShapes(context);
  auto* p = context.MakePrepared<Prepared>();
  std::vector<int64_t> crops, dims = DimsOf(context.input(0).shape);
  ET_RETURN_IF_ERROR(ReadBlocks(context, p, &crops));
  if (dims[0] % p->positions != 0) {
    return context.Invalid("the batch of ", dims[0], " is no multiple of the block's ",
                           p->positions);
  }
  dims[0] /= p->positions;
  for (int d = 0; d < p->spatial; ++d) {
    dims[d + 1] = dims[d + 1] * p->block[d] - crops[2 * d] - crops[2 * d + 1];
  }
  return SetCheckedShape(context, 0, dims);
}

absl::Status EvalBatchToSpaceNd(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& input = context.input(0);
  const ir::Operand& output = context.output(0);
  if (output.num_elements() == 0) return absl::OkStatus();
  const PositionCopy positions(p, output.shape, input.shape, output.shape.dim(0),
                               ElementBytes(output.dtype()));
  for (int64_t i = 0; i < p.positions; ++i) {
    const ref::StridedCopy copy = positions.For(i, false);
    RunCopy(context, copy, input.data, output.data);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
