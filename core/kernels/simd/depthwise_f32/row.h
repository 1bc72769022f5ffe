// The depthwise_f32 family for every instruction set, by floats.h.
#ifndef CORE_KERNELS_SIMD_DEPTHWISE_F32_ROW_H_
#define CORE_KERNELS_SIMD_DEPTHWISE_F32_ROW_H_

#include "core/kernels/simd/depthwise_f32/depthwise_f32.h"
#include "core/kernels/simd/floats.h"

namespace edgetasks::kernels::simd {
namespace {  // NOLINT: as in floats.h

// A vector of channels, or what is left of them.
struct Channels {
  int64_t first, count;

  Floats Load(const float* from) const {
    return count == Floats::kLanes ? Floats::Load(from + first)
                                   : Floats::LoadFirst(from + first, count);
  }
  void Store(Floats values, float* to) const {
    if (count == Floats::kLanes) {
      values.Store(to + first);
    } else {
      values.StoreFirst(to + first, count);
    }
  }
};

// Any filter: every output pixel looks for its taps.
void AnyChannels(const DepthwiseF32Row& row, Channels channels, float* out) {
  const Floats bias = row.bias != nullptr ? channels.Load(row.bias) : Floats::Zero();
  const Floats min = Floats::All(row.range.min), max = Floats::All(row.range.max);
  for (int64_t x = 0; x < row.out_width; ++x, out += row.channels) {
    Floats sum = bias;
    for (int64_t i = 0; i < row.filter_h; ++i) {
      if (row.rows[i] == nullptr) continue;
      for (int64_t j = 0; j < row.filter_w; ++j) {
        const int64_t column = x * row.stride + j * row.dilation - row.pad;
        if (column < 0 || column >= row.width) continue;
        sum = sum.AddProduct(channels.Load(row.rows[i] + column * row.channels),
                             channels.Load(row.weights + (i * row.filter_w + j) * row.channels));
      }
    }
    channels.Store(sum.Clamp(min, max), out);
  }
}

// Three rows by three columns without gaps: a column of pixels is read once for the output pixels
// it belongs to, two or three of them.
template <int kStride>
void Channels3x3(const DepthwiseF32Row& row, Channels channels, float* out) {
  Floats w[3][3];  // [column][row]
#pragma GCC unroll 3
  for (int i = 0; i < 3; ++i) {
#pragma GCC unroll 3
    for (int j = 0; j < 3; ++j) w[j][i] = channels.Load(row.weights + (3 * i + j) * row.channels);
  }
  struct Column {
    Floats v[3];
  };
  const auto column_at = [&](int64_t x) {
    x -= row.pad;
    Column column;
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) {
      const bool inside = x >= 0 && x < row.width && row.rows[i] != nullptr;
      column.v[i] = inside ? channels.Load(row.rows[i] + x * row.channels) : Floats::Zero();
    }
    return column;
  };
  const auto add = [&](Floats sum, const Column& column, int j) {
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) sum = sum.AddProduct(column.v[i], w[j][i]);
    return sum;
  };
  const Floats bias = row.bias != nullptr ? channels.Load(row.bias) : Floats::Zero();
  const Floats min = Floats::All(row.range.min), max = Floats::All(row.range.max);
  // The sums of output pixel x that lack its last column, or its last two, and of the pixel after
  // it.
  Column column = column_at(0);
  Floats now = add(bias, column, 0), next = bias;
  if (kStride == 1) {
    column = column_at(1);
    now = add(now, column, 1);
    next = add(bias, column, 0);
  }
  for (int64_t x = 0; x < row.out_width; ++x, out += row.channels) {
    if (kStride == 2) now = add(now, column_at(2 * x + 1), 1);
    column = column_at(kStride * x + 2);
    const Floats done = add(now, column, 2);
    if (kStride == 1) {
      now = add(next, column, 1);
      next = add(bias, column, 0);
    } else {
      now = add(bias, column, 0);
    }
    channels.Store(done.Clamp(min, max), out);
  }
}

void Row(const DepthwiseF32Row& row, float* out) {
  const bool is_3x3 = row.filter_h == 3 && row.filter_w == 3 && row.dilation == 1;
  for (int64_t c = 0; c < row.channels; c += Floats::kLanes) {
    const int64_t left = row.channels - c;
    const Channels channels = {c, left < Floats::kLanes ? left : Floats::kLanes};
    if (is_3x3 && row.stride == 1) {
      Channels3x3<1>(row, channels, out);
    } else if (is_3x3 && row.stride == 2) {
      Channels3x3<2>(row, channels, out);
    } else {
      AnyChannels(row, channels, out);
    }
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_F32_ROW_H_
