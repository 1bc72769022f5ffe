// UPDATE_ROWS (fused): DYNAMIC_UPDATE_SLICE of a tensor whose last axis holds rows that are kept in
// fewer bits than the update has.
//
//   rows [.., H] float16, or [.., H + 4] int8; update [.., H] float32, start [rank]
//   -> rows with those of the update from `start` on, moved so that they lie inside
//
// Rows lie in the tensor as core/ir/quantized_rows.h says; each is rounded as
// simd::AttentionKernels says.
#include <algorithm>
#include <array>
#include <cstring>

#include "core/ir/quantized_rows.h"
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/simd/attention/select.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  const simd::AttentionKernels* kernels = nullptr;
  int64_t depth = 0;
  std::array<int64_t, ir::Shape::kMaxRank> strides{};  // of the rows' tensor, in bytes
};

void StoreRow(const Prepared& p, ir::DType dtype, const float* from, uint8_t* to) {
  if (dtype == ir::DType::kFloat16) {
    return p.kernels->store_f16(from, p.depth, reinterpret_cast<uint16_t*>(to));
  }
  const float scale = p.kernels->store_s8(from, p.depth, reinterpret_cast<int8_t*>(to));
  std::memcpy(to + p.depth, &scale, sizeof(scale));
}

}  // namespace

absl::Status PrepareUpdateRows(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 1));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kFloat16, DType::kInt8}));
  ET_RETURN_IF_ERROR(context.CheckInputType(1, {DType::kFloat32}));
  ET_RETURN_IF_ERROR(context.CheckInputType(2, {DType::kInt32, DType::kInt64}));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {context.input(0).dtype()}));
  const ir::Shape& rows = context.input(0).shape;
  const ir::Shape& update = context.input(1).shape;
  const int rank = rows.rank();
  bool fits = rank > 0 && update.rank() == rank && context.input(2).num_elements() == rank &&
              ir::CanKeepRows(context.input(0).dtype(), update.back(0)) &&
              rows.back(0) == ir::KeptRowElements(context.input(0).dtype(), update.back(0));
  for (int d = 0; fits && d + 1 < rank; ++d) fits = update.dim(d) <= rows.dim(d);
  if (!fits) {
    return context.Invalid("rows ", rows.ToString(), ", update ", update.ToString(), " and ",
                           context.input(2).num_elements(), " start indices do not fit together");
  }
  context.SetOutputShape(0, rows);
  auto* p = context.MakePrepared<Prepared>();
  p->kernels = &simd::SelectAttentionKernels();
  p->depth = update.back(0);
  p->strides = ByteStrides(rows, ElementBytes(context.input(0).dtype()));
  return absl::OkStatus();
}

absl::Status EvalUpdateRows(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const ir::Shape& update = context.input(1).shape;
  CopyAll(context, 0, 0);
  if (update.num_elements() == 0) return absl::OkStatus();
  const int axes = update.rank() - 1;  // but the row's own
  auto* to = context.out<uint8_t>(0);
  for (int d = 0; d < axes; ++d) {
    const int64_t last = context.output(0).shape.dim(d) - update.dim(d);
    to += std::clamp<int64_t>(IntAt(context.input(2), d), 0, last) * p.strides[d];
  }
  std::array<int32_t, ir::Shape::kMaxRank> at{};
  const float* from = context.in<float>(1);
  for (int64_t rows = update.Product(0, axes); rows > 0; --rows, from += p.depth) {
    StoreRow(p, context.input(0).dtype(), from, to);
    for (int d = axes - 1; d >= 0; --d) {  // the next row
      to += p.strides[d];
      if (++at[d] < update.dim(d)) break;
      to -= p.strides[d] * update.dim(d);
      at[d] = 0;
    }
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
