// STRIDED_SLICE: numpy's basic indexing, x[begin:end:stride, ..., None, index].
#include <algorithm>
#include <vector>

#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

// The slice of one input dimension: `count` elements, `stride` apart, from `start` on.
struct Range {
  int64_t start = 0, count = 0, stride = 1;
};

// What the masks say about one entry of begin/end/strides.
struct Entry {
  int64_t begin = 0, end = 0, stride = 1;
  bool from_first = false, to_last = false;  // begin_mask, end_mask
  bool shrink = false, offset = false;
};

// The semantics of the TFLite schema's StridedSliceOptions: negative positions count from the end,
// positions outside are moved to the border; with `offset`, end counts from begin.
Range RangeOf(const Entry& e, int64_t dim) {
  const int64_t first = e.stride > 0 ? 0 : -1;  // the borders of a position
  const int64_t last = e.stride > 0 ? dim : dim - 1;
  int64_t begin = e.begin < 0 ? e.begin + dim : e.begin;
  begin = std::clamp(begin, first, last);
  if (e.from_first) begin = e.stride > 0 ? 0 : dim - 1;
  if (e.shrink) return {begin, 1, 1};
  int64_t end = e.end;
  if (e.offset) {
    end += begin;
  } else if (end < 0) {
    end += dim;
  }
  end = std::clamp(end, first, last);
  if (e.to_last) end = e.stride > 0 ? dim : -1;
  const int64_t length = e.stride > 0 ? end - begin : begin - end;
  const int64_t step = e.stride > 0 ? e.stride : -e.stride;
  return {begin, length > 0 ? (length + step - 1) / step : 0, e.stride};
}

// Collects the dimensions of the output and the copy while walking over the entries.
class Builder {
 public:
  Builder(const ir::PrepareContext& context, const ir::Shape& shape, int64_t element_bytes)
      : context_(context), shape_(shape), strides_(ByteStrides(shape, element_bytes)) {
    copy_.block_bytes = element_bytes;
  }

  absl::Status Take(const Entry& entry) {
    if (axis_ >= shape_.rank()) {
      return context_.Invalid("more entries than the ", shape_.rank(), " dimensions of the input");
    }
    if (entry.stride == 0) return context_.Invalid("the stride of dimension ", axis_, " is 0");
    const int64_t dim = shape_.dim(axis_);
    const Range range = RangeOf(entry, dim);
    if (entry.shrink && (range.start < 0 || range.start >= dim)) {
      return context_.Invalid("index ", entry.begin, " is outside dimension ", axis_, " of ", dim);
    }
    const int64_t stride = strides_[axis_++];
    // Nothing is read of an empty range; of a single element the stride plays no role.
    if (range.count > 0) copy_.src_offset += range.start * stride;
    copy_.Add(range.count, range.count > 1 ? range.stride * stride : 0, 0);
    if (!entry.shrink) dims_.push_back(range.count);
    return absl::OkStatus();
  }

  absl::Status TakeAllUpTo(int axis) {
    Entry all;
    all.from_first = all.to_last = true;
    while (axis_ < axis) ET_RETURN_IF_ERROR(Take(all));
    return absl::OkStatus();
  }

  void AddNewAxis() { dims_.push_back(1); }

  int axis() const { return axis_; }
  const std::vector<int64_t>& dims() const { return dims_; }

  ref::StridedCopy Finish() {
    int64_t stride = copy_.block_bytes;  // the output is dense in the order of the input
    for (int d = copy_.rank - 1; d >= 0; --d) {
      copy_.dims[d].dst = stride;
      stride *= std::max<int64_t>(copy_.dims[d].size, 1);
    }
    copy_.Simplify();
    return copy_;
  }

 private:
  const ir::PrepareContext& context_;
  const ir::Shape& shape_;
  std::array<int64_t, ir::Shape::kMaxRank> strides_;
  ref::StridedCopy copy_;
  std::vector<int64_t> dims_;
  int axis_ = 0;  // next dimension of the input
};

bool HasBit(int32_t mask, int bit) { return (static_cast<uint32_t>(mask) >> bit & 1) != 0; }

absl::Status Build(const ir::PrepareContext& context, const std::vector<int64_t>& begin,
                   const std::vector<int64_t>& end, const std::vector<int64_t>& stride,
                   Builder* builder) {
  const auto params = context.params<ir::StridedSliceParams>();
  const int entries = static_cast<int>(begin.size());
  const int rank = context.input(0).shape.rank();
  bool ellipsis_seen = false;
  for (int i = 0; i < entries; ++i) {
    if (HasBit(params.ellipsis_mask, i)) {
      if (ellipsis_seen) return context.Invalid("there is more than one ellipsis");
      ellipsis_seen = true;
      int taken_behind = 0;  // dimensions that the entries behind the ellipsis take
      for (int k = i + 1; k < entries; ++k) taken_behind += !HasBit(params.new_axis_mask, k);
      ET_RETURN_IF_ERROR(builder->TakeAllUpTo(rank - taken_behind));
    } else if (HasBit(params.new_axis_mask, i)) {
      builder->AddNewAxis();
    } else {
      Entry entry{begin[i], end[i], stride[i]};
      entry.from_first = HasBit(params.begin_mask, i);
      entry.to_last = HasBit(params.end_mask, i);
      entry.shrink = HasBit(params.shrink_axis_mask, i);
      entry.offset = params.offset;
      ET_RETURN_IF_ERROR(builder->Take(entry));
    }
  }
  return builder->TakeAllUpTo(rank);
}

}  // namespace

absl::Status PrepareStridedSlice(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(4, 4, 1));
  ET_RETURN_IF_ERROR(CheckMovable(context, 0, 0));
  for (int i : {1, 2, 3}) {
    if (context.input(i).num_elements() != context.input(1).num_elements() ||
        context.input(i).num_elements() > 2 * ir::Shape::kMaxRank) {
      return context.Invalid("begin, end and strides must have the same, small number of entries");
    }
  }
  if (!HaveValues(context, {1, 2, 3})) return DeferShapes(context);
  std::vector<int64_t> begin, end, stride;
  ET_RETURN_IF_ERROR(context.IntValues(1, &begin));
  ET_RETURN_IF_ERROR(context.IntValues(2, &end));
  ET_RETURN_IF_ERROR(context.IntValues(3, &stride));
  // Values of 64 bits are brought into a range where sums cannot overflow; no tensor is that long.
  constexpr int64_t kLimit = int64_t{1} << 40;
  for (std::vector<int64_t>* values : {&begin, &end, &stride}) {
    for (int64_t& value : *values) value = std::clamp(value, -kLimit, kLimit);
  }
  Builder builder(context, context.input(0).shape, ElementBytes(context.input(0).dtype()));
  ET_RETURN_IF_ERROR(Build(context, begin, end, stride, &builder));
  ET_RETURN_IF_ERROR(SetCheckedShape(context, 0, builder.dims()));
  *context.MakePrepared<ref::StridedCopy>() = builder.Finish();
  return absl::OkStatus();
}

absl::Status EvalStridedSlice(ir::EvalContext& context) {
  RunCopy(context, context.prepared<ref::StridedCopy>(), context.input(0).data,
          context.output(0).data);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
