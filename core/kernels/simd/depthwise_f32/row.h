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
    for (int64_t j = 0; j < row.filter_w; ++j) {
      const int64_t column = x * row.stride + j * row.dilation - row.pad;
      if (column < 0 || column >= row.width) continue;
      for (int64_t i = 0; i < row.filter_h; ++i) {
        if (row.rows[i] == nullptr) continue;
        sum = sum.AddProduct(channels.Load(row.rows[i] + column * row.channels),
                             channels.Load(row.weights + (i * row.filter_w + j) * row.channels));
      }
    }
    channels.Store(sum.Clamp(min, max), out);
  }
}

// A vector of channels of three rows, column after column. Rows that are not there are zeros.
template <bool kWhole>
class Columns3 {
 public:
  struct Column {
    Floats v[3];
  };

  Columns3(const DepthwiseF32Row& row, Channels channels) : width_(row.width), channels_(channels) {
    alignas(64) static constexpr float kZeros[Floats::kLanes] = {};
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) {
      const bool there = row.rows[i] != nullptr;
      rows_[i] = there ? row.rows[i] + channels.first : kZeros;
      steps_[i] = there ? row.channels : 0;
    }
  }

  // Column x, 0 <= x < width.
  Column Inside(int64_t x) const {
    Column column;
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) {
      const float* from = rows_[i] + x * steps_[i];
      column.v[i] = kWhole ? Floats::Load(from) : Floats::LoadFirst(from, channels_.count);
    }
    return column;
  }
  // Any column.
  Column At(int64_t x) const {
    if (x >= 0 && x < width_) return Inside(x);
    return {{Floats::Zero(), Floats::Zero(), Floats::Zero()}};
  }

 private:
  const int64_t width_;
  const Channels channels_;
  const float* rows_[3];
  int64_t steps_[3];
};

// Three rows by three columns without gaps: a column of pixels is read once for the output pixels
// it belongs to, two or three of them.
template <int kStride, bool kWhole>
void Channels3x3(const DepthwiseF32Row& row, Channels channels, float* out) {
  using Column = typename Columns3<kWhole>::Column;
  const Columns3<kWhole> columns(row, channels);
  Floats w[3][3];  // [column][row]
#pragma GCC unroll 3
  for (int i = 0; i < 3; ++i) {
#pragma GCC unroll 3
    for (int j = 0; j < 3; ++j) w[j][i] = channels.Load(row.weights + (3 * i + j) * row.channels);
  }
  const auto add = [&](Floats sum, const Column& column, int j) {
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) sum = sum.AddProduct(column.v[i], w[j][i]);
    return sum;
  };
  const Floats bias = row.bias != nullptr ? channels.Load(row.bias) : Floats::Zero();
  const Floats min = Floats::All(row.range.min), max = Floats::All(row.range.max);
  // The sums of output pixel x that lack its last column, or its last two, and of the pixel after
  // it.
  const Column first = columns.At(-row.pad);
  Floats now = add(bias, first, 0), next = bias;
  if (kStride == 1) {
    const Column second = columns.At(1 - row.pad);
    now = add(now, second, 1);
    next = add(bias, second, 0);
  }
  // One output pixel, from the columns that those before did not read.
  const auto step = [&](const auto& column_at, int64_t x) __attribute__((always_inline)) {
    const int64_t from = kStride * x - row.pad;
    if (kStride == 2) now = add(now, column_at(from + 1), 1);
    const Column column = column_at(from + 2);
    const Floats done = add(now, column, 2).Clamp(min, max);
    if (kStride == 1) {
      now = add(next, column, 1);
      next = add(bias, column, 0);
    } else {
      now = add(bias, column, 0);
    }
    if (kWhole) {
      done.Store(out + channels.first + x * row.channels);
    } else {
      done.StoreFirst(out + channels.first + x * row.channels, channels.count);
    }
  };
  const auto any = [&](int64_t x) { return columns.At(x); };
  const auto inside = [&](int64_t x) { return columns.Inside(x); };
  // Pixels [begin, end) read columns inside the picture only.
  const int64_t reach = row.width + row.pad - 3;
  const int64_t last = reach < 0 ? 0 : reach / kStride + 1;
  const int64_t end = last < row.out_width ? last : row.out_width;
  const int64_t begin = row.pad < end ? row.pad : end;
  int64_t x = 0;
  for (; x < begin; ++x) step(any, x);
  for (; x < end; ++x) step(inside, x);
  for (; x < row.out_width; ++x) step(any, x);
}

template <int kStride>
void Row3x3(const DepthwiseF32Row& row, Channels channels, float* out) {
  if (channels.count == Floats::kLanes) {
    Channels3x3<kStride, true>(row, channels, out);
  } else {
    Channels3x3<kStride, false>(row, channels, out);
  }
}

void Row(const DepthwiseF32Row& row, float* out) {
  const bool is_3x3 = row.filter_h == 3 && row.filter_w == 3 && row.dilation == 1;
  for (int64_t c = 0; c < row.channels; c += Floats::kLanes) {
    const int64_t left = row.channels - c;
    const Channels channels = {c, left < Floats::kLanes ? left : Floats::kLanes};
    if (is_3x3 && row.stride == 1) {
      Row3x3<1>(row, channels, out);
    } else if (is_3x3 && row.stride == 2) {
      Row3x3<2>(row, channels, out);
    } else {
      AnyChannels(row, channels, out);
    }
  }
}

}  // namespace
}  // namespace edgetasks::kernels::simd

#endif  // CORE_KERNELS_SIMD_DEPTHWISE_F32_ROW_H_
