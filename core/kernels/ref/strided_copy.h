// The one loop behind all operators that only move elements (TRANSPOSE, SLICE, PAD, TILE, ...):
//   dst[dst_offset + sum_d i_d * dims[d].dst] = src[src_offset + sum_d i_d * dims[d].src]
// for every index vector i, in bytes.
#ifndef CORE_KERNELS_REF_STRIDED_COPY_H_
#define CORE_KERNELS_REF_STRIDED_COPY_H_

#include <array>
#include <cstdint>

namespace edgetasks::kernels::ref {

// Build: set `block_bytes` to the bytes of one element, Add the dimensions outermost first, then
// Simplify. The caller answers for every address being inside its tensor.
struct StridedCopy {
  // Twice the rank of a tensor: TILE needs two for each dimension.
  static constexpr int kMaxDims = 16;

  struct Dim {
    int64_t size = 0;
    int64_t src = 0, dst = 0;  // bytes from one index to the next; may be 0 or negative
  };

  std::array<Dim, kMaxDims> dims;
  int rank = 0;
  int64_t block_bytes = 1;  // contiguous in both
  int64_t src_offset = 0, dst_offset = 0;

  void Add(int64_t size, int64_t src, int64_t dst);
  // Drops dimensions of size 1, joins neighbours that are one run in both tensors, and moves a
  // contiguous innermost dimension into the block. The copy stays the same.
  void Simplify();

  // The work in units that may be split among threads: all dimensions but the innermost.
  int64_t rows() const;
  int64_t row_bytes() const;  // bytes written by one row
  // Copies rows [begin, end). src and dst do not overlap.
  void Run(const void* src, void* dst, int64_t begin, int64_t end) const;
};

// Writes `count` copies of the element of `element_bytes` bytes at `value` to dst.
void Fill(const void* value, int64_t element_bytes, int64_t count, void* dst);

}  // namespace edgetasks::kernels::ref

#endif  // CORE_KERNELS_REF_STRIDED_COPY_H_
