// From a picture to rows of a tensor's size: the two ways of sampling. Neither holds more of the
// picture than a few lines.
#ifndef CORE_IMAGE_SAMPLERS_H_
#define CORE_IMAGE_SAMPLERS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "core/image/filter_taps.h"
#include "core/image/pixel_reader.h"
#include "core/image/sampling.h"

namespace edgetasks::image {

// Told of each row of the filled part once, in any order: its number, and its samples as planes
// [channels][geometry.columns.count], valid during the call. T: uint8_t, or float in [0, 255].
template <typename T>
using RowSink = absl::FunctionRef<void(int row, const T* samples)>;

// kBilinear. Only the pixels that a sample lies between are read; a line that two rows of the
// tensor share is read once. Memory grows with the tensor's sides, and stays for the next picture.
template <typename T>
class BilinearSampler {
 public:
  // `reader` runs along geometry.columns.
  void Sample(const PixelReader& reader, const Geometry& geometry, RowSink<T> sink);

 private:
  // One line's pixels that the columns lie between, as planes of pairs: [channels][columns][2].
  struct Line {
    int32_t number = -1;
    std::vector<T> pixels;
  };

  void Prepare(const PixelReader& reader, const Geometry& geometry);
  // The slot of `line`, read if it is in neither; the line `keep` stays.
  const Line& Fetch(const PixelReader& reader, int32_t line, int32_t keep);

  std::vector<Tap> columns_, rows_;
  std::vector<uint8_t> weights_;  // of the pairs, [columns][2]
  Offsets offsets_;               // of the pairs
  Line lines_[2];
  std::vector<uint8_t> scratch_;
  std::vector<T> row_;
};

// kArea and kBicubic: each line of the region is read once, filtered along the columns, and added
// to the rows that it belongs to. Memory grows with the region's longer side, and stays.
template <typename T>
class FilterSampler {
 public:
  void Sample(const PixelReader& reader, const Geometry& geometry, ResizeFilter filter,
              RowSink<T> sink);

 private:
  void Prepare(const PixelReader& reader, const Geometry& geometry, ResizeFilter filter);
  void FilterLine(const PixelReader& reader, const Axis& axis, int32_t line);
  void Finish(const float* sums);

  FilterTaps columns_, rows_;
  bool overshoots_ = false;  // weights may be negative: levels are clamped after each axis
  Offsets offsets_;          // of the pixels of a line that the columns need
  int32_t begin_ = 0;
  int64_t length_ = 0;  // those pixels
  std::vector<uint8_t> scratch_;
  std::vector<T> line_;          // [channels][length]
  std::vector<float> filtered_;  // the line along the columns, [channels][columns]
  std::vector<float> sums_;      // of the rows that are not finished, in turns, each as above
  int64_t slots_ = 0;            // rows in sums_
  std::vector<T> row_;
};

extern template class BilinearSampler<uint8_t>;
extern template class BilinearSampler<float>;
extern template class FilterSampler<uint8_t>;
extern template class FilterSampler<float>;

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_SAMPLERS_H_
