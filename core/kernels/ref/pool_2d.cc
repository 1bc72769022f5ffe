#include "core/kernels/ref/pool_2d.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace edgetasks::kernels::ref {
namespace {

constexpr int kBlock = 32;  // channels computed together, in local accumulators

// Calls add(element, &acc) for every element of each window and finish(acc, count) for its result,
// in blocks of channels.
template <typename T, typename Acc, typename Add, typename Finish>
void Pool(const PoolShape& s, const T* input, int64_t row_begin, int64_t row_end, Acc initial,
          const Add& add, const Finish& finish, T* output) {
  for (int64_t row = row_begin; row < row_end; ++row) {
    const Window::Taps ty = s.y.TapsAt(row % s.y.output);
    const T* image = input + row / s.y.output * s.y.input * s.x.input * s.channels;
    for (int64_t x = 0; x < s.x.output; ++x) {
      const Window::Taps tx = s.x.TapsAt(x);
      const int64_t width = tx.end - tx.begin;
      const int64_t count = width * (ty.end - ty.begin);
      T* out = output + (row * s.x.output + x) * s.channels;
      for (int32_t c = 0; c < s.channels; c += std::min(kBlock, s.channels - c)) {
        const int n = std::min(kBlock, s.channels - c);
        Acc acc[kBlock];
        std::fill_n(acc, kBlock, initial);
        for (int64_t y = ty.first; y < ty.first + (ty.end - ty.begin); ++y) {
          const T* in = image + (y * s.x.input + tx.first) * s.channels + c;
          for (int64_t k = 0; k < width; ++k, in += s.channels) {
            for (int i = 0; i < n; ++i) add(in[i], &acc[i]);
          }
        }
        for (int i = 0; i < n; ++i) out[c + i] = finish(acc[i], count);
      }
    }
  }
}

}  // namespace

void PoolF32(PoolKind kind, const PoolShape& shape, ActivationRange<float> range,
             const float* input, int64_t row_begin, int64_t row_end, float* output) {
  switch (kind) {
    case PoolKind::kAverage:
      Pool(
          shape, input, row_begin, row_end, 0.0f, [](float x, float* acc) { *acc += x; },
          [&](float acc, int64_t count) { return range.Clamp(acc / static_cast<float>(count)); },
          output);
      break;
    case PoolKind::kMax:
      Pool(
          shape, input, row_begin, row_end, -std::numeric_limits<float>::infinity(),
          [](float x, float* acc) { *acc = std::max(*acc, x); },
          [&](float acc, int64_t) { return range.Clamp(acc); }, output);
      break;
    case PoolKind::kL2:
      Pool(
          shape, input, row_begin, row_end, 0.0f, [](float x, float* acc) { *acc += x * x; },
          [&](float acc, int64_t count) {
            return range.Clamp(std::sqrt(acc / static_cast<float>(count)));
          },
          output);
      break;
  }
}

template <typename T>
void PoolInteger(PoolKind kind, const PoolShape& shape, ActivationRange<int32_t> range,
                 const T* input, int64_t row_begin, int64_t row_end, T* output) {
  if (kind == PoolKind::kMax) {
    Pool(
        shape, input, row_begin, row_end, int32_t{std::numeric_limits<T>::lowest()},
        [](T x, int32_t* acc) { *acc = std::max<int32_t>(*acc, x); },
        [&](int32_t acc, int64_t) { return static_cast<T>(range.Clamp(acc)); }, output);
    return;
  }
  Pool(
      shape, input, row_begin, row_end, int64_t{0}, [](T x, int64_t* acc) { *acc += x; },
      [&](int64_t acc, int64_t count) {
        const int64_t half = acc >= 0 ? count / 2 : -(count / 2);
        return static_cast<T>(range.Clamp(static_cast<int32_t>((acc + half) / count)));
      },
      output);
}

template void PoolInteger(PoolKind, const PoolShape&, ActivationRange<int32_t>, const int8_t*,
                          int64_t, int64_t, int8_t*);
template void PoolInteger(PoolKind, const PoolShape&, ActivationRange<int32_t>, const uint8_t*,
                          int64_t, int64_t, uint8_t*);
template void PoolInteger(PoolKind, const PoolShape&, ActivationRange<int32_t>, const int16_t*,
                          int64_t, int64_t, int16_t*);

}  // namespace edgetasks::kernels::ref
