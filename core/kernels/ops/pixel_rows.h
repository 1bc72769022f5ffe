// The neighbourhoods of CONV_2D's output pixels as rows of a matrix.
#ifndef CORE_KERNELS_OPS_PIXEL_ROWS_H_
#define CORE_KERNELS_OPS_PIXEL_ROWS_H_

#include <cstdint>

#include "core/kernels/ref/conv_2d.h"

namespace edgetasks::kernels {

// A filter of one tap that looks at every pixel: the rows are the input itself.
bool RowsAreInput(const ref::ConvShape& shape);

// Where rows come from. Of a convolution without groups.
struct PixelRowsSource {
  const ref::ConvShape* shape = nullptr;
  const uint8_t* input = nullptr;
  int64_t element_bytes = 1;
  uint8_t outside = 0;  // every byte of an element outside the input
};

// Output pixels [first, first + count), counted over all batches: row i of filter_size() elements
// at rows + i * stride. Anything may be left between rows.
void MakePixelRows(const PixelRowsSource& source, int64_t first, int64_t count, int64_t stride,
                   uint8_t* rows);

}  // namespace edgetasks::kernels

#endif  // CORE_KERNELS_OPS_PIXEL_ROWS_H_
