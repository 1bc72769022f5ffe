#include "core/kernels/ref/reduce.h"

#include <algorithm>
#include <limits>

namespace edgetasks::kernels::ref {
namespace {

// Steps through the positions of `sizes` in row-major order, with the offset that `strides` give.
struct Walk {
  int64_t index[ir::Shape::kMaxRank] = {};
  int64_t offset = 0;

  void Seek(const ir::Shape& sizes, const int64_t* strides, int64_t position) {
    offset = 0;
    for (int a = sizes.rank() - 1; a >= 0; --a) {
      index[a] = position % sizes.dim(a);
      position /= sizes.dim(a);
      offset += index[a] * strides[a];
    }
  }
  void Next(const ir::Shape& sizes, const int64_t* strides) {
    for (int a = sizes.rank() - 1; a >= 0; --a) {
      offset += strides[a];
      if (++index[a] < sizes.dim(a)) return;
      offset -= index[a] * strides[a];
      index[a] = 0;
    }
  }
};

// Folds the elements of each output with add(acc, element), in row-major order, and writes
// finish(acc).
template <typename T, typename Acc, typename Add, typename Finish>
void Fold(const ReducePlan& plan, const T* input, int64_t begin, int64_t end, Acc initial,
          const Add& add, const Finish& finish, T* output) {
  if (begin >= end) return;
  // The innermost reduced run is a plain loop; the runs around it are walked.
  ir::Shape outer = plan.reduced;
  int64_t inner = 1;
  int64_t inner_stride = 1;
  if (outer.rank() > 0) {
    inner = outer.back(0);
    inner_stride = plan.reduced_stride[outer.rank() - 1];
    outer = ir::Shape(outer.dims().first(outer.rank() - 1));
  }
  const int64_t outer_count = inner == 0 ? 0 : plan.count / inner;
  Walk kept;
  kept.Seek(plan.kept, plan.kept_stride, begin);
  for (int64_t o = begin; o < end; ++o, kept.Next(plan.kept, plan.kept_stride)) {
    Acc acc = initial;
    Walk reduced;
    for (int64_t r = 0; r < outer_count; ++r, reduced.Next(outer, plan.reduced_stride)) {
      const T* element = input + kept.offset + reduced.offset;
      for (int64_t i = 0; i < inner; ++i) acc = add(acc, element[i * inner_stride]);
    }
    output[o] = finish(acc);
  }
}

template <typename T>
void FoldExtreme(ReduceKind kind, const ReducePlan& plan, const T* input, int64_t begin,
                 int64_t end, T* output) {
  const auto same = [](T acc) { return acc; };
  if (kind == ReduceKind::kMax) {
    Fold(
        plan, input, begin, end, std::numeric_limits<T>::lowest(),
        [](T acc, T x) { return std::max(acc, x); }, same, output);
  } else {
    Fold(
        plan, input, begin, end, std::numeric_limits<T>::max(),
        [](T acc, T x) { return std::min(acc, x); }, same, output);
  }
}

void FoldArithmetic(ReduceKind kind, const ReducePlan& plan, const float* input, int64_t begin,
                    int64_t end, float* output) {
  const auto sum = [](double acc, float x) { return acc + x; };
  const auto rounded = [](double acc) { return static_cast<float>(acc); };
  if (kind == ReduceKind::kSum) {
    Fold(plan, input, begin, end, 0.0, sum, rounded, output);
  } else if (kind == ReduceKind::kMean) {
    const auto count = static_cast<double>(plan.count);
    Fold(
        plan, input, begin, end, 0.0, sum,
        [count](double acc) { return static_cast<float>(acc / count); }, output);
  } else {
    Fold(
        plan, input, begin, end, 1.0, [](double acc, float x) { return acc * x; }, rounded, output);
  }
}

template <typename T>
void FoldArithmetic(ReduceKind kind, const ReducePlan& plan, const T* input, int64_t begin,
                    int64_t end, T* output) {
  const auto sum = [](uint64_t acc, T x) { return acc + static_cast<uint64_t>(x); };
  if (kind == ReduceKind::kProd) {
    Fold(
        plan, input, begin, end, uint64_t{1},
        [](uint64_t acc, T x) { return acc * static_cast<uint64_t>(x); },
        [](uint64_t acc) { return static_cast<T>(acc); }, output);
    return;
  }
  const int64_t divisor = kind == ReduceKind::kMean ? std::max<int64_t>(1, plan.count) : 1;
  Fold(
      plan, input, begin, end, uint64_t{0}, sum,
      [divisor](uint64_t acc) { return static_cast<T>(static_cast<int64_t>(acc) / divisor); },
      output);
}

}  // namespace

bool MakeReducePlan(const ir::Shape& input, uint32_t axis_mask, ReducePlan* plan) {
  *plan = {};
  int64_t stride = 1;
  // From the innermost axis out; runs are collected in that order and reversed below.
  int64_t sizes[2][ir::Shape::kMaxRank], strides[2][ir::Shape::kMaxRank];
  int runs[2] = {0, 0};
  int last = -1;
  for (int a = input.rank() - 1; a >= 0; --a) {
    const int which = (axis_mask >> a) & 1u;
    if (which == last) {
      sizes[which][runs[which] - 1] *= input.dim(a);
    } else {
      sizes[which][runs[which]] = input.dim(a);
      strides[which][runs[which]++] = stride;
    }
    last = which;
    stride *= input.dim(a);
  }
  for (int which = 0; which < 2; ++which) {
    ir::Shape& shape = which == 1 ? plan->reduced : plan->kept;
    int64_t* to = which == 1 ? plan->reduced_stride : plan->kept_stride;
    for (int i = runs[which] - 1; i >= 0; --i) {
      if (sizes[which][i] > std::numeric_limits<int32_t>::max()) return false;
      to[shape.rank()] = strides[which][i];
      shape.Append(static_cast<int32_t>(sizes[which][i]));
    }
  }
  plan->outputs = plan->kept.num_elements();
  plan->count = plan->reduced.num_elements();
  return true;
}

template <typename T>
void Reduce(ReduceKind kind, const ReducePlan& plan, const T* input, int64_t begin, int64_t end,
            T* output) {
  if (kind == ReduceKind::kMax || kind == ReduceKind::kMin) {
    FoldExtreme(kind, plan, input, begin, end, output);
  } else {
    FoldArithmetic(kind, plan, input, begin, end, output);
  }
}

void ReduceBool(ReduceKind kind, const ReducePlan& plan, const uint8_t* input, int64_t begin,
                int64_t end, uint8_t* output) {
  const bool any = kind == ReduceKind::kAny;
  Fold(
      plan, input, begin, end, !any,
      [any](bool acc, uint8_t x) { return any ? acc || x != 0 : acc && x != 0; },
      [](bool acc) { return static_cast<uint8_t>(acc); }, output);
}

template <typename T>
void ReduceQuantized(ReduceKind kind, const ReducePlan& plan, const ReduceQuantization& q,
                     const T* input, int64_t begin, int64_t end, T* output) {
  const int32_t zero = q.input_zero;
  if (kind == ReduceKind::kProd) {
    Fold(
        plan, input, begin, end, 1.0,
        [&q, zero](double acc, T x) {
          return acc * ((static_cast<double>(x) - zero) * q.input_scale);
        },
        [&q](double real) { return QuantizeReal<T>(real, q.output_scale, q.output_zero); }, output);
    return;
  }
  Fold(
      plan, input, begin, end, int64_t{0}, [](int64_t acc, T x) { return acc + x; },
      [&](int64_t acc) { return QuantizedSumOf<T>(kind, acc, plan.count, q); }, output);
}

#define EDGETASKS_REDUCE(T) \
  template void Reduce(ReduceKind, const ReducePlan&, const T*, int64_t, int64_t, T*);
EDGETASKS_REDUCE(float)
EDGETASKS_REDUCE(int8_t)
EDGETASKS_REDUCE(uint8_t)
EDGETASKS_REDUCE(int16_t)
EDGETASKS_REDUCE(int32_t)
EDGETASKS_REDUCE(int64_t)
#undef EDGETASKS_REDUCE

template void ReduceQuantized(ReduceKind, const ReducePlan&, const ReduceQuantization&,
                              const int8_t*, int64_t, int64_t, int8_t*);
template void ReduceQuantized(ReduceKind, const ReducePlan&, const ReduceQuantization&,
                              const uint8_t*, int64_t, int64_t, uint8_t*);
template void ReduceQuantized(ReduceKind, const ReducePlan&, const ReduceQuantization&,
                              const int16_t*, int64_t, int64_t, int16_t*);

}  // namespace edgetasks::kernels::ref
