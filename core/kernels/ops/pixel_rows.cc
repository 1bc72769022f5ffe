#include "core/kernels/ops/pixel_rows.h"

#include <algorithm>
#include <cstring>

namespace edgetasks::kernels {
namespace {

// Runs up to this long are copied in pieces of 16 bytes, without a call.
constexpr int64_t kPiece = 16, kShortRun = 64;

// The runs of `count` pixels. Where their number is known, as kRuns, each is one piece at most.
template <int32_t kRuns>
void CopyShortRuns(const uint8_t* from, int64_t advance, int64_t count, int64_t step, int32_t runs,
                   int64_t run, int64_t stride, uint8_t* rows) {
  if (kRuns != 0) runs = kRuns;
  for (int64_t i = 0; i < count; ++i, from += advance, rows += stride) {
    for (int32_t ky = 0; ky < runs; ++ky) {
      const uint8_t* piece = from + ky * step;
      uint8_t* to = rows + ky * run;
      std::memcpy(to, piece, kPiece);
      if (kRuns != 0) continue;
      for (int64_t k = kPiece; k < run; k += kPiece) std::memcpy(to + k, piece + k, kPiece);
    }
  }
}

// Makes the rows of pixels that lie in one row of the output.
class RowMaker {
 public:
  RowMaker(const PixelRowsSource& source, int64_t output_row)
      : s_(*source.shape),
        taps_y_(s_.y.TapsAt(output_row % s_.y.output)),
        input_(source.input),
        pixel_bytes_(source.element_bytes * s_.in_channels),
        image_(output_row / s_.y.output * s_.y.input * s_.x.input),
        input_end_(int64_t{s_.batches} * s_.y.input * s_.x.input * pixel_bytes_),
        outside_(source.outside) {
    if (taps_y_.end - taps_y_.begin < s_.y.filter || s_.x.dilation != 1) return;
    inner_begin_ = (int64_t{s_.x.pad} + s_.x.stride - 1) / s_.x.stride;
    const int64_t reach = int64_t{s_.x.input} + s_.x.pad - s_.x.filter;
    inner_end_ = reach < 0 ? 0 : reach / s_.x.stride + 1;
  }

  // Pixels [x, end) of the row, each `stride` bytes behind the one before.
  void Make(int64_t x, int64_t end, int64_t stride, uint8_t* rows) const {
    const int64_t inner_end = std::min(end, inner_end_);
    while (x < end) {
      int64_t count = 1;
      if (x >= inner_begin_ && x < inner_end) {
        count = inner_end - x;
        MakeInner(x, count, inner_end < end ? count : count - 1, stride, rows);
      } else {
        MakeAny(x, rows);
      }
      x += count;
      rows += count * stride;
    }
  }

 private:
  // Pixels of which all taps lie in the picture, those of a row of the filter next to each other:
  // `count` of them, the first `spilling` of which may write some bytes behind their rows.
  void MakeInner(int64_t x, int64_t count, int64_t spilling, int64_t stride, uint8_t* rows) const {
    const int64_t run = s_.x.filter * pixel_bytes_, advance = s_.x.stride * pixel_bytes_;
    const int64_t step = int64_t{s_.y.dilation} * s_.x.input * pixel_bytes_;
    const int64_t first =
        (image_ + taps_y_.first * s_.x.input + x * s_.x.stride - s_.x.pad) * pixel_bytes_;
    const uint8_t* from = input_ + first;
    const int32_t runs = s_.y.filter;
    int64_t i = 0;
    if (run <= kShortRun) {
      // What a short copy leaves behind its run, the next one overwrites. It reads there too.
      const int64_t room = input_end_ - first - (runs - 1) * step - run - kPiece;
      i = room < 0 ? 0 : std::min(room / advance + 1, spilling);
      // The first layers of most networks have three channels.
      const auto copy = runs == 3 && run <= kPiece ? CopyShortRuns<3> : CopyShortRuns<0>;
      copy(from, advance, i, step, runs, run, stride, rows);
      from += i * advance;
      rows += i * stride;
    }
    for (; i < count; ++i, from += advance, rows += stride) {
      for (int32_t ky = 0; ky < runs; ++ky) {
        std::memcpy(rows + ky * run, from + ky * step, static_cast<size_t>(run));
      }
    }
  }

  void MakeAny(int64_t x, uint8_t* row) const {
    const ref::Window::Taps taps_x = s_.x.TapsAt(x);
    std::memset(row, outside_, static_cast<size_t>(s_.y.filter * s_.x.filter * pixel_bytes_));
    const int32_t taps_at_once = s_.x.dilation == 1 ? taps_x.end - taps_x.begin : 1;
    for (int32_t ky = taps_y_.begin; ky < taps_y_.end; ++ky) {
      const int64_t in_y = taps_y_.first + int64_t{ky - taps_y_.begin} * s_.y.dilation;
      for (int32_t kx = taps_x.begin; kx < taps_x.end; kx += taps_at_once) {
        const int64_t in_x = taps_x.first + int64_t{kx - taps_x.begin} * s_.x.dilation;
        std::memcpy(row + (int64_t{ky} * s_.x.filter + kx) * pixel_bytes_,
                    input_ + (image_ + in_y * s_.x.input + in_x) * pixel_bytes_,
                    static_cast<size_t>(taps_at_once * pixel_bytes_));
      }
    }
  }

  const ref::ConvShape& s_;
  const ref::Window::Taps taps_y_;
  const uint8_t* const input_;
  const int64_t pixel_bytes_;
  const int64_t image_;      // the first pixel of this batch entry's input
  const int64_t input_end_;  // in bytes
  const uint8_t outside_;
  int64_t inner_begin_ = 0, inner_end_ = 0;  // pixels that MakeInner can make
};

}  // namespace

bool RowsAreInput(const ref::ConvShape& s) {
  return s.y.filter == 1 && s.x.filter == 1 && s.y.stride == 1 && s.x.stride == 1 && s.y.pad == 0 &&
         s.x.pad == 0 && s.y.output == s.y.input && s.x.output == s.x.input;
}

void MakePixelRows(const PixelRowsSource& source, int64_t first, int64_t count, int64_t stride,
                   uint8_t* rows) {
  const int64_t width = source.shape->x.output, end = first + count;
  for (int64_t pixel = first; pixel < end;) {
    const int64_t output_row = pixel / width, row_end = (output_row + 1) * width;
    const RowMaker maker(source, output_row);
    const int64_t until = std::min(end, row_end);
    maker.Make(pixel - output_row * width, until - output_row * width, stride, rows);
    rows += (until - pixel) * stride;
    pixel = until;
  }
}

}  // namespace edgetasks::kernels
