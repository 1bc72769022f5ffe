#include <algorithm>
#include <cmath>

#include "core/image/samplers.h"

namespace edgetasks::image {
namespace {

int32_t EndOf(const FilterTaps& taps, int sample) {
  return taps.first[sample] + taps.begin[sample + 1] - taps.begin[sample];
}

// The most samples that need the same pixel.
int64_t MostAtOnce(const FilterTaps& taps) {
  const int count = static_cast<int>(taps.first.size());
  int64_t most = 1;
  for (int k = 0, oldest = 0; k < count; ++k) {
    while (EndOf(taps, oldest) <= taps.first[k]) ++oldest;
    most = std::max<int64_t>(most, k - oldest + 1);
  }
  return most;
}

void Round(float level, uint8_t& out) {
  out = static_cast<uint8_t>(std::clamp(level + 0.5f, 0.0f, 255.0f));
}
void Round(float level, float& out) { out = std::clamp(level, 0.0f, 255.0f); }

// What is left of a level between the two axes, as in Pillow: a byte of pictures of bytes.
float Between(float level, uint8_t /*type*/) {
  return std::floor(std::clamp(level + 0.5f, 0.0f, 255.0f));
}
float Between(float level, float /*type*/) { return std::clamp(level, 0.0f, 255.0f); }

}  // namespace

template <typename T>
void FilterSampler<T>::Prepare(const PixelReader& reader, const Geometry& geometry,
                               ResizeFilter filter) {
  FillFilterTaps(geometry.columns, filter, columns_);
  FillFilterTaps(geometry.rows, filter, rows_);
  overshoots_ = filter == ResizeFilter::kBicubic;
  begin_ = columns_.first.front();
  length_ = EndOf(columns_, geometry.columns.count - 1) - begin_;
  for (std::vector<int64_t>& plane : offsets_) plane.resize(length_);
  for (int64_t i = 0; i < length_; ++i) {
    reader.SetOffset(i, begin_ + static_cast<int32_t>(i), offsets_);
  }
  scratch_.resize(3 * length_);
  line_.resize(length_ * reader.channels());
  filtered_.resize(static_cast<size_t>(geometry.columns.count) * reader.channels());
  row_.resize(filtered_.size());
  slots_ = MostAtOnce(rows_);
  sums_.resize(slots_ * filtered_.size());
}

template <typename T>
void FilterSampler<T>::FilterLine(const PixelReader& reader, const Axis& axis, int32_t line) {
  reader.Read(line, offsets_, length_, scratch_.data(), line_.data());
  for (int c = 0; c < reader.channels(); ++c) {
    const T* pixels = line_.data() + c * length_;
    float* out = filtered_.data() + static_cast<int64_t>(c) * axis.count;
    for (int k = 0; k < axis.count; ++k) {
      const T* pixel = pixels + columns_.first[k] - begin_;
      float sum = 0;
      for (int32_t i = columns_.begin[k]; i < columns_.begin[k + 1]; ++i) {
        sum += columns_.weights[i] * static_cast<float>(*pixel++);
      }
      out[axis.backward ? axis.count - 1 - k : k] = overshoots_ ? Between(sum, T()) : sum;
    }
  }
}

template <typename T>
void FilterSampler<T>::Finish(const float* sums) {
  for (size_t i = 0; i < row_.size(); ++i) Round(sums[i], row_[i]);
}

template <typename T>
void FilterSampler<T>::Sample(const PixelReader& reader, const Geometry& geometry,
                              ResizeFilter filter, RowSink<T> sink) {
  Prepare(reader, geometry, filter);
  const int64_t width = static_cast<int64_t>(filtered_.size());
  const auto sums_of = [&](int row) { return sums_.data() + row % slots_ * width; };
  const int rows = geometry.rows.count;
  // Rows [done, begun) have some of their lines.
  int done = 0, begun = 0;
  for (int32_t line = rows_.first.front(); done < rows; ++line) {
    for (; begun < rows && rows_.first[begun] <= line; ++begun) {
      std::fill_n(sums_of(begun), width, 0.0f);
    }
    FilterLine(reader, geometry.columns, line);
    for (int row = done; row < begun; ++row) {
      const float weight = rows_.weights[rows_.begin[row] + line - rows_.first[row]];
      float* sums = sums_of(row);
      for (int64_t i = 0; i < width; ++i) sums[i] += weight * filtered_[i];
    }
    for (; done < begun && EndOf(rows_, done) == line + 1; ++done) {
      Finish(sums_of(done));
      sink(geometry.rows.backward ? rows - 1 - done : done, row_.data());
    }
  }
}

template class FilterSampler<uint8_t>;
template class FilterSampler<float>;

}  // namespace edgetasks::image
