#include "core/kernels/ref/resize.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace edgetasks::kernels::ref {
namespace {

// Input positions a step of one output position is worth. In float, as TFLite has it: where a
// position falls on an integer decides which neighbours are read.
float ScaleOf(const ResizeAxis& axis) {
  if (axis.align_corners && axis.output > 1) {
    return static_cast<float>(axis.input - 1) / static_cast<float>(axis.output - 1);
  }
  return static_cast<float>(axis.input) / static_cast<float>(axis.output);
}

int64_t Inside(int64_t position, const ResizeAxis& axis) {
  return std::clamp<int64_t>(position, 0, axis.input - 1);
}

}  // namespace

Neighbours BilinearAt(const ResizeAxis& axis, int64_t i) {
  const float scale = ScaleOf(axis);
  const auto index = static_cast<float>(i);
  const float position = axis.half_pixel_centers ? (index + 0.5f) * scale - 0.5f : index * scale;
  const float floor = std::floor(position);
  const auto lower = static_cast<int64_t>(floor);
  const auto upper = static_cast<int64_t>(std::ceil(position));
  return {Inside(lower, axis), Inside(upper, axis), position - floor};
}

Neighbours BilinearOnGridAt(const ResizeAxis& axis, int64_t i) {
  constexpr int64_t kGrid = 1024;
  const bool corners = axis.align_corners && axis.output > 1;
  const int64_t span = corners ? axis.input - 1 : axis.input;
  const int64_t steps = corners ? axis.output - 1 : axis.output;
  const int64_t scale = (span * kGrid + steps / 2) / steps;
  const int64_t position =
      i * scale + (axis.half_pixel_centers ? scale / 2 - kGrid / 2 : int64_t{0});
  const int64_t clamped = std::max<int64_t>(0, position);
  return {Inside(clamped / kGrid, axis), Inside((clamped + kGrid - 1) / kGrid, axis),
          static_cast<float>(clamped % kGrid) / static_cast<float>(kGrid)};
}

int64_t NearestAt(const ResizeAxis& axis, int64_t i) {
  const float offset = axis.half_pixel_centers ? 0.5f : 0.0f;
  const float position = (static_cast<float>(i) + offset) * ScaleOf(axis);
  const float whole = axis.align_corners ? std::round(position) : std::floor(position);
  return Inside(static_cast<int64_t>(whole), axis);
}

template <typename T>
void ResizeBilinear(const ResizeShape& s, const T* input, int64_t row_begin, int64_t row_end,
                    T* output) {
  const auto at = std::is_same_v<T, int16_t> ? BilinearOnGridAt : BilinearAt;
  for (int64_t row = row_begin; row < row_end; ++row) {
    const Neighbours y = at(s.y, row % s.y.output);
    const T* image = input + row / s.y.output * s.y.input * s.x.input * s.channels;
    const T* top = image + y.lower * s.x.input * s.channels;
    const T* bottom = image + y.upper * s.x.input * s.channels;
    T* out = output + row * s.x.output * s.channels;
    for (int64_t i = 0; i < s.x.output; ++i, out += s.channels) {
      const Neighbours x = at(s.x, i);
      const int64_t left = x.lower * s.channels;
      const int64_t right = x.upper * s.channels;
      for (int64_t c = 0; c < s.channels; ++c) {
        const auto top_left = static_cast<float>(top[left + c]);
        const auto bottom_left = static_cast<float>(bottom[left + c]);
        const float above =
            top_left + (static_cast<float>(top[right + c]) - top_left) * x.upper_share;
        const float below =
            bottom_left + (static_cast<float>(bottom[right + c]) - bottom_left) * x.upper_share;
        const float value = above + (below - above) * y.upper_share;
        if constexpr (std::is_same_v<T, float>) {
          out[c] = value;
        } else {
          out[c] = static_cast<T>(std::round(value));  // between its neighbours: inside T
        }
      }
    }
  }
}

void ResizeNearest(const ResizeShape& s, int64_t pixel_bytes, const uint8_t* input,
                   int64_t row_begin, int64_t row_end, uint8_t* output) {
  for (int64_t row = row_begin; row < row_end; ++row) {
    const int64_t y = row / s.y.output * s.y.input + NearestAt(s.y, row % s.y.output);
    const uint8_t* line = input + y * s.x.input * pixel_bytes;
    uint8_t* out = output + row * s.x.output * pixel_bytes;
    for (int64_t i = 0; i < s.x.output; ++i, out += pixel_bytes) {
      std::copy_n(line + NearestAt(s.x, i) * pixel_bytes, pixel_bytes, out);
    }
  }
}

template void ResizeBilinear(const ResizeShape&, const float*, int64_t, int64_t, float*);
template void ResizeBilinear(const ResizeShape&, const int8_t*, int64_t, int64_t, int8_t*);
template void ResizeBilinear(const ResizeShape&, const uint8_t*, int64_t, int64_t, uint8_t*);
template void ResizeBilinear(const ResizeShape&, const int16_t*, int64_t, int64_t, int16_t*);

}  // namespace edgetasks::kernels::ref
