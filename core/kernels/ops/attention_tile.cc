#include "core/kernels/ops/attention_tile.h"

#include <cstring>
#include <limits>

namespace edgetasks::kernels {
namespace {

// Scores below this are taken out: beside any finite score of a sensible model their exponential is
// 0. Masks hold -infinity, or numbers of about -2e38.
constexpr float kTakenOut = -1e30f;

// Whether the mask takes out all of `count` positions. (No early way out: compilers make vector
// code of this.)
bool AllTakenOut(const float* mask, int64_t count) {
  bool any = false;
  for (int64_t i = 0; i < count; ++i) any |= !(mask[i] <= kTakenOut);
  return !any;
}

// scales[i] = the scale of row i of `count` quantized rows (core/ir/quantized_rows.h).
void ReadScales(const uint8_t* rows, int64_t stride, int64_t depth, int64_t count, float* scales) {
  const uint8_t* from = rows + depth;
  for (int64_t i = 0; i < count; ++i, from += stride) std::memcpy(scales + i, from, sizeof(float));
}

void Multiply(float* x, const float* y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) x[i] *= y[i];
}
void Multiply(float* x, float y, int64_t count) {
  for (int64_t i = 0; i < count; ++i) x[i] *= y;
}

template <typename B>
const B* As(const uint8_t* data) {
  return reinterpret_cast<const B*>(data);
}

// Scores of positions [begin, begin + count), from `scores` on.
void ComputeScores(const AttentionMethod& m, const AttentionTile& t, int64_t begin, int64_t count,
                   float* scores, float* line) {
  const uint8_t* key = t.key + begin * t.key_stride;
  switch (m.key_type) {
    case ir::DType::kFloat16: {
      m.dot->f32_f16({t.rows, count, m.depth, t.query, t.query_stride, As<uint16_t>(key),
                      t.key_stride / 2, scores, m.positions, 0});
      break;
    }
    case ir::DType::kInt8: {
      m.dot->f32_s8({t.rows, count, m.depth, t.query, t.query_stride, As<int8_t>(key), t.key_stride,
                     scores, m.positions, 0});
      ReadScales(key, t.key_stride, m.depth, count, line);
      for (int64_t r = 0; r < t.rows; ++r) Multiply(scores + r * m.positions, line, count);
      break;
    }
    default: {
      m.dot->f32_f32({t.rows, count, m.depth, t.query, t.query_stride, As<float>(key),
                      t.key_stride / 4, scores, m.positions, 0});
    }
  }
  for (int64_t r = 0; r < t.rows; ++r) {
    if (m.scale != 1.0f) Multiply(scores + r * m.positions, m.scale, count);
    if (m.logit_cap > 0.0f) m.kernels->soft_cap(scores + r * m.positions, count, m.logit_cap);
  }
}

// output[r] = sum over positions [begin, begin + count) of their weights by their values. Changes
// the weights.
void SumValues(const AttentionMethod& m, const AttentionTile& t, int64_t begin, int64_t count,
               float* weights, float* line) {
  const uint8_t* value = t.value + begin * t.value_stride;
  if (m.values_transposed) {
    m.dot->f32_f32({t.rows, m.value_depth, count, weights, m.positions, As<float>(t.value) + begin,
                    t.value_stride / 4, t.output, t.output_stride, 0});
    return;
  }
  switch (m.value_type) {
    case ir::DType::kFloat16: {
      m.kernels->columns_f16({t.rows, m.value_depth, count, weights, m.positions,
                              As<uint16_t>(value), t.value_stride / 2, t.output, t.output_stride,
                              0});
      return;
    }
    case ir::DType::kInt8: {
      ReadScales(value, t.value_stride, m.value_depth, count, line);
      for (int64_t r = 0; r < t.rows; ++r) Multiply(weights + r * m.positions, line, count);
      m.kernels->columns_s8({t.rows, m.value_depth, count, weights, m.positions, As<int8_t>(value),
                             t.value_stride, t.output, t.output_stride, 0});
      return;
    }
    default: {
      const auto sum = m.kernels->columns != nullptr ? m.kernels->columns : m.dot->f32_f32_columns;
      sum({t.rows, m.value_depth, count, weights, m.positions, As<float>(value), t.value_stride / 4,
           t.output, t.output_stride, 0});
    }
  }
}

}  // namespace

void SetAttentionKernels(const ir::PrepareContext& context, AttentionMethod* method) {
  method->kernels = &simd::SelectAttentionKernels();
  method->dot = &simd::SelectDotKernels();
  method->key_type = context.input(1).dtype();
  method->value_type = context.input(2).dtype();
}

void AttendTile(const AttentionMethod& m, const AttentionTile& t) {
  const int64_t begin = t.live.begin, count = t.live.end - t.live.begin;
  float* line = t.scratch + kAttentionTileRows * m.positions;
  ComputeScores(m, t, begin, count, t.scratch, line);
  float sums[kAttentionTileRows];
  for (int64_t r = 0; r < t.rows; ++r) {
    sums[r] = m.kernels->masked_exp(t.scratch + r * m.positions, t.mask[r] + begin, count);
  }
  SumValues(m, t, begin, count, t.scratch, line);
  for (int64_t r = 0; r < t.rows; ++r) {
    float inverse = 1.0f / sums[r];
    if (sums[r] == 0.0f) {
      inverse = m.nothing_is_nan ? std::numeric_limits<float>::quiet_NaN() : 0.0f;
    }
    Multiply(t.output + r * t.output_stride, inverse, m.value_depth);
  }
}

void FindLivePositions(const float* mask, int64_t rows, int64_t positions, LivePositions* live) {
  constexpr int64_t kAtOnce = 64;
  for (int64_t t = 0; t < rows; ++t, mask += positions) {
    int64_t end = positions;
    while (end >= kAtOnce && AllTakenOut(mask + end - kAtOnce, kAtOnce)) end -= kAtOnce;
    while (end > 0 && mask[end - 1] <= kTakenOut) --end;
    int64_t begin = 0;
    while (begin + kAtOnce <= end && AllTakenOut(mask + begin, kAtOnce)) begin += kAtOnce;
    while (begin < end && mask[begin] <= kTakenOut) ++begin;
    if (begin == end) {
      begin = 0;
      end = positions;
    }
    live[t] = {static_cast<int32_t>(begin), static_cast<int32_t>(end)};
  }
}

}  // namespace edgetasks::kernels
