#include "core/image/filter_taps.h"

#include <algorithm>
#include <cmath>

namespace edgetasks::image {
namespace {

// Keys, Cubic Convolution Interpolation for Digital Image Processing (1981), a = -1/2.
double Cubic(double x) {
  constexpr double kA = -0.5;
  x = std::abs(x);
  if (x < 1) return ((kA + 2) * x - (kA + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * kA;
  return 0;
}

// The pixels from `first` to before `last`, weighted by `weight(pixel)`, scaled to a sum of 1.
template <typename Weight>
void AddSample(int first, int last, const Weight& weight, FilterTaps& taps) {
  double sum = 0;
  for (int i = first; i < last; ++i) sum += weight(i);
  taps.first.push_back(first);
  for (int i = first; i < last; ++i) taps.weights.push_back(static_cast<float>(weight(i) / sum));
  taps.begin.push_back(static_cast<int32_t>(taps.weights.size()));
}

// How much of pixel i lies in [begin, end).
void AddArea(double begin, double end, int pixels, FilterTaps& taps) {
  const int first = std::clamp(static_cast<int>(std::floor(begin)), 0, pixels - 1);
  const int last = std::clamp(static_cast<int>(std::ceil(end)), first + 1, pixels);
  AddSample(
      first, last,
      [=](int i) {
        // A sample as thin as rounding may miss its only pixel.
        if (last - first == 1) return 1.0;
        return std::max(0.0, std::min(end, i + 1.0) - std::max(begin, static_cast<double>(i)));
      },
      taps);
}

// The bounds are Pillow's: pixels whose centres are less than the filter's reach away, rounded to
// whole ones, within the picture.
void AddCubic(double center, double scale, int pixels, FilterTaps& taps) {
  const double widening = std::max(scale, 1.0), reach = 2 * widening;
  const int first = std::clamp(static_cast<int>(std::floor(center - reach + 0.5)), 0, pixels - 1);
  const int last =
      std::clamp(static_cast<int>(std::floor(center + reach + 0.5)), first + 1, pixels);
  AddSample(
      first, last, [=](int i) { return Cubic((i - center + 0.5) / widening); }, taps);
}

}  // namespace

void FillFilterTaps(const Axis& axis, ResizeFilter filter, FilterTaps& taps) {
  taps.first.clear();
  taps.begin.assign(1, 0);
  taps.weights.clear();
  const double scale = axis.extent / axis.count, start = axis.center - axis.extent / 2;
  for (int k = 0; k < axis.count; ++k) {
    if (filter == ResizeFilter::kArea) {
      AddArea(start + k * scale, start + (k + 1) * scale, axis.pixels, taps);
    } else {
      AddCubic(start + (k + 0.5) * scale, scale, axis.pixels, taps);
    }
  }
}

}  // namespace edgetasks::image
