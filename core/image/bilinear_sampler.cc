#include <algorithm>

#include "absl/types/span.h"
#include "core/image/samplers.h"
#include "core/kernels/simd/pixels/select.h"

namespace edgetasks::image {
namespace {

void Blend(const uint8_t* top, const uint8_t* bottom, const uint8_t* weights, int s, int64_t count,
           uint8_t* out) {
  kernels::simd::SelectPixelKernels().blend(top, bottom, weights, s, count, out);
}

void Blend(const float* top, const float* bottom, const uint8_t* weights, int s, int64_t count,
           float* out) {
  constexpr float kOne = kSubpixels * kSubpixels;
  const auto lower = static_cast<float>(s), upper = static_cast<float>(kSubpixels - s);
  for (int64_t i = 0; i < count; ++i) {
    const float w0 = weights[2 * i], w1 = weights[2 * i + 1];
    out[i] = (upper * (top[2 * i] * w0 + top[2 * i + 1] * w1) +
              lower * (bottom[2 * i] * w0 + bottom[2 * i + 1] * w1)) /
             kOne;
  }
}

}  // namespace

template <typename T>
void BilinearSampler<T>::Prepare(const PixelReader& reader, const Geometry& geometry) {
  const int64_t columns = geometry.columns.count;
  columns_.resize(columns);
  rows_.resize(geometry.rows.count);
  weights_.resize(2 * columns);
  for (std::vector<int64_t>& plane : offsets_) plane.resize(2 * columns);
  FillTaps(geometry.columns, absl::MakeSpan(columns_));
  FillTaps(geometry.rows, absl::MakeSpan(rows_));
  for (int64_t i = 0; i < columns; ++i) {
    reader.SetOffset(2 * i, columns_[i].first, offsets_);
    reader.SetOffset(2 * i + 1, columns_[i].second, offsets_);
    weights_[2 * i] = static_cast<uint8_t>(kSubpixels - columns_[i].second_weight);
    weights_[2 * i + 1] = static_cast<uint8_t>(columns_[i].second_weight);
  }
  for (Line& line : lines_) {
    line.number = -1;
    line.pixels.resize(2 * columns * reader.channels());
  }
  scratch_.resize(6 * columns);
  row_.resize(columns * reader.channels());
}

template <typename T>
const typename BilinearSampler<T>::Line& BilinearSampler<T>::Fetch(const PixelReader& reader,
                                                                   int32_t line, int32_t keep) {
  for (const Line& slot : lines_) {
    if (slot.number == line) return slot;
  }
  Line& slot = lines_[lines_[0].number == keep ? 1 : 0];
  slot.number = line;
  reader.Read(line, offsets_, static_cast<int64_t>(weights_.size()), scratch_.data(),
              slot.pixels.data());
  return slot;
}

template <typename T>
void BilinearSampler<T>::Sample(const PixelReader& reader, const Geometry& geometry,
                                RowSink<T> sink) {
  Prepare(reader, geometry);
  const int64_t columns = geometry.columns.count;
  for (int row = 0; row < geometry.rows.count; ++row) {
    const Tap& tap = rows_[row];
    const Line& top = Fetch(reader, tap.first, tap.second);
    const Line& bottom = tap.second_weight == 0 ? top : Fetch(reader, tap.second, tap.first);
    for (int c = 0; c < reader.channels(); ++c) {
      const int64_t pairs = c * 2 * columns;
      Blend(top.pixels.data() + pairs, bottom.pixels.data() + pairs, weights_.data(),
            tap.second_weight, columns, row_.data() + c * columns);
    }
    sink(row, row_.data());
  }
}

template class BilinearSampler<uint8_t>;
template class BilinearSampler<float>;

}  // namespace edgetasks::image
