// Which pixels of an axis a filtered sample is the mean of, and with what weights.
#ifndef CORE_IMAGE_FILTER_TAPS_H_
#define CORE_IMAGE_FILTER_TAPS_H_

#include <cstdint>
#include <vector>

#include "core/image/sampling.h"

namespace edgetasks::image {

// How a pixel of the tensor is made from those of the picture.
//   kBilinear  between four pixels, as core/image/sampling.h says: MediaPipe's
//   kArea      the mean over what the pixel covers: cv2.resize's INTER_AREA (where it shrinks both
//              sides, or neither)
//   kBicubic   Keys' cubic with a = -1/2, widened by the factor where a side shrinks: Pillow's
//              BICUBIC
// For the last two, tensor pixel k of n covers [k, k + 1) / n of the region.
enum class ResizeFilter { kBilinear, kArea, kBicubic };

// Sample k is the sum over i of weights[begin[k] + i] * pixel[first[k] + i], i < begin[k + 1] -
// begin[k]. Weights of a sample add up to 1; neither the first nor the last pixels fall with k.
struct FilterTaps {
  std::vector<int32_t> first;  // [count]
  std::vector<int32_t> begin;  // [count + 1]
  std::vector<float> weights;
};

// Fills `taps` for kArea or kBicubic, as if the axis were not backward.
void FillFilterTaps(const Axis& axis, ResizeFilter filter, FilterTaps& taps);

}  // namespace edgetasks::image

#endif  // CORE_IMAGE_FILTER_TAPS_H_
