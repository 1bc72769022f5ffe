#include "core/ir/shape.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/checked_math.h"

namespace edgetasks::ir {

Shape::Shape(absl::Span<const int32_t> dims)
    : rank_(static_cast<int>(std::min<size_t>(dims.size(), kMaxRank))) {
  std::copy_n(dims.begin(), rank_, dims_.begin());
}

int64_t Shape::num_elements() const { return Product(0, rank_); }

int64_t Shape::Product(int begin, int end) const {
  int64_t product = 1;
  for (int i = begin; i < end; ++i) product *= dims_[i];
  return product;
}

std::string Shape::ToString() const { return absl::StrCat("[", absl::StrJoin(dims(), ", "), "]"); }

bool CheckedBytes(const Shape& shape, DType dtype, int64_t* bytes) {
  int64_t elements = 1;
  bool has_zero = false;
  for (int32_t dim : shape.dims()) {
    if (dim < 0) return false;
    if (dim == 0) {
      has_zero = true;  // but the other dimensions must still multiply without overflow
      continue;
    }
    if (!CheckedMul<int64_t>(elements, dim, &elements)) return false;
  }
  int64_t bits = 0;
  if (!CheckedMul<int64_t>(elements, BitsOf(dtype), &bits)) return false;
  if (!CheckedAdd<int64_t>(bits, 7, &bits)) return false;
  *bytes = has_zero ? 0 : bits / 8;
  return true;
}

bool BroadcastShapes(const Shape& a, const Shape& b, Shape* result) {
  const int rank = std::max(a.rank(), b.rank());
  Shape out;
  for (int i = rank - 1; i >= 0; --i) {
    const int32_t x = i < a.rank() ? a.back(i) : 1;
    const int32_t y = i < b.rank() ? b.back(i) : 1;
    if (x != y && x != 1 && y != 1) return false;
    out.Append(x == 1 ? y : x);
  }
  *result = out;
  return true;
}

}  // namespace edgetasks::ir
