// The dimensions of a tensor, row-major, outermost first.
#ifndef CORE_IR_SHAPE_H_
#define CORE_IR_SHAPE_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "absl/types/span.h"
#include "core/ir/dtype.h"

namespace edgetasks::ir {

// Up to kMaxRank dimensions held inline: copying never allocates. Rank 0 is a scalar (one element).
// Dimensions are >= 0 everywhere but in a Tensor's shape_signature, where -1 means "any".
class Shape {
 public:
  static constexpr int kMaxRank = 8;

  Shape() = default;
  Shape(std::initializer_list<int32_t> dims)
      : Shape(absl::Span<const int32_t>(dims.begin(), dims.size())) {}
  // Takes the first kMaxRank of `dims`; readers check the rank before.
  explicit Shape(absl::Span<const int32_t> dims);

  int rank() const { return rank_; }
  int32_t dim(int i) const { return dims_[i]; }
  void set_dim(int i, int32_t value) { dims_[i] = value; }
  // The dimension counted from the last: back(0) is the innermost.
  int32_t back(int i) const { return dims_[rank_ - 1 - i]; }
  absl::Span<const int32_t> dims() const { return {dims_.data(), static_cast<size_t>(rank_)}; }

  // Appends a dimension; ignored when the shape is full.
  void Append(int32_t value) {
    if (rank_ < kMaxRank) dims_[rank_++] = value;
  }

  // The product of all dimensions (1 for a scalar). Valid only for shapes that passed CheckedBytes.
  int64_t num_elements() const;
  // The product of dimensions [begin, end).
  int64_t Product(int begin, int end) const;

  // Rank and dimensions are equal.
  friend bool operator==(const Shape& a, const Shape& b) { return a.dims() == b.dims(); }
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }

  // "[1, 16, 512]".
  std::string ToString() const;

 private:
  std::array<int32_t, kMaxRank> dims_{};
  int rank_ = 0;
};

// The bytes of a dense tensor, packed types rounded up to whole bytes. False if a dimension is
// negative or the product does not fit int64.
[[nodiscard]] bool CheckedBytes(const Shape& shape, DType dtype, int64_t* bytes);

// numpy's rule: aligned at the last dimension, each pair equal or one of them 1. False if the
// shapes do not broadcast.
[[nodiscard]] bool BroadcastShapes(const Shape& a, const Shape& b, Shape* result);

}  // namespace edgetasks::ir

#endif  // CORE_IR_SHAPE_H_
