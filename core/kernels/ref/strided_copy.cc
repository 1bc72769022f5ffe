#include "core/kernels/ref/strided_copy.h"

#include <algorithm>
#include <cstring>

namespace edgetasks::kernels::ref {
namespace {

// A fixed size lets the compiler turn memcpy into one load and store of any alignment.
template <int kBytes>
void CopyRow(const uint8_t* src, uint8_t* dst, const StridedCopy::Dim& dim) {
  for (int64_t i = 0; i < dim.size; ++i) {
    std::memcpy(dst + i * dim.dst, src + i * dim.src, kBytes);
  }
}

void CopyRowOf(int64_t block_bytes, const uint8_t* src, uint8_t* dst, const StridedCopy::Dim& dim) {
  switch (block_bytes) {
    case 1:
      return CopyRow<1>(src, dst, dim);
    case 2:
      return CopyRow<2>(src, dst, dim);
    case 4:
      return CopyRow<4>(src, dst, dim);
    case 8:
      return CopyRow<8>(src, dst, dim);
    default:
      for (int64_t i = 0; i < dim.size; ++i) {
        std::memcpy(dst + i * dim.dst, src + i * dim.src, block_bytes);
      }
  }
}

}  // namespace

void StridedCopy::Add(int64_t size, int64_t src, int64_t dst) { dims[rank++] = {size, src, dst}; }

void StridedCopy::Simplify() {
  int kept = 0;
  for (int d = 0; d < rank; ++d) {
    if (dims[d].size == 1) continue;
    if (kept > 0 && dims[d].size > 0) {
      Dim& outer = dims[kept - 1];
      if (outer.src == dims[d].src * dims[d].size && outer.dst == dims[d].dst * dims[d].size) {
        outer = {outer.size * dims[d].size, dims[d].src, dims[d].dst};
        continue;
      }
    }
    dims[kept++] = dims[d];
  }
  rank = kept;
  if (rank > 0 && dims[rank - 1].src == block_bytes && dims[rank - 1].dst == block_bytes) {
    block_bytes *= dims[--rank].size;
  }
}

int64_t StridedCopy::rows() const {
  int64_t rows = 1;
  for (int d = 0; d + 1 < rank; ++d) rows *= dims[d].size;
  return rows;
}

int64_t StridedCopy::row_bytes() const {
  return rank == 0 ? block_bytes : block_bytes * dims[rank - 1].size;
}

void StridedCopy::Run(const void* src, void* dst, int64_t begin, int64_t end) const {
  if (begin >= end || row_bytes() == 0) return;
  const uint8_t* from = static_cast<const uint8_t*>(src) + src_offset;
  uint8_t* to = static_cast<uint8_t*>(dst) + dst_offset;
  if (rank == 0) {
    std::memcpy(to, from, block_bytes);
    return;
  }
  std::array<int64_t, kMaxDims> index{};
  int64_t rest = begin;
  for (int d = rank - 2; d >= 0; --d) {
    index[d] = rest % dims[d].size;
    rest /= dims[d].size;
    from += index[d] * dims[d].src;
    to += index[d] * dims[d].dst;
  }
  for (int64_t row = begin; row < end; ++row) {
    CopyRowOf(block_bytes, from, to, dims[rank - 1]);
    for (int d = rank - 2; d >= 0; --d) {
      from += dims[d].src;
      to += dims[d].dst;
      if (++index[d] < dims[d].size) break;
      from -= dims[d].src * dims[d].size;
      to -= dims[d].dst * dims[d].size;
      index[d] = 0;
    }
  }
}

void Fill(const void* value, int64_t element_bytes, int64_t count, void* dst) {
  StridedCopy copy;
  copy.block_bytes = element_bytes;
  copy.Add(count, 0, element_bytes);
  copy.Run(value, dst, 0, 1);
}

}  // namespace edgetasks::kernels::ref
