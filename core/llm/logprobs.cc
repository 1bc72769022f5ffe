#include "core/llm/logprobs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/portable_math.h"

namespace edgetasks::llm {
namespace {

// ln(sum(exp(logits))), NaN left out.
double LogSumExp(absl::Span<const float> logits) {
  float max = -INFINITY;
  for (const float l : logits) max = l > max ? l : max;
  double sum = 0.0;
  for (const float l : logits) {
    if (l == max) {
      sum += 1.0;  // also where both are infinite
    } else if (l > -INFINITY) {
      sum += portable::Exp(static_cast<double>(l) - max);
    }
  }
  return max + portable::Log(sum);
}

}  // namespace

TokenChoice DescribeChoice(absl::Span<const float> logits, int32_t id, int top) {
  const double norm = LogSumExp(logits);
  const auto logprob = [&](int32_t i) {
    // inf - inf: all of the probability is with the infinite ones, at most one of any use.
    const double value = static_cast<double>(logits[i]) - norm;
    return std::isnan(value) ? (logits[i] > 0 ? 0.0f : -INFINITY) : static_cast<float>(value);
  };
  TokenChoice choice;
  choice.chosen = {id, logprob(id)};
  const auto n = std::min<size_t>(std::max(top, 0), logits.size());
  if (n == 0) return choice;
  std::vector<int32_t> ids(logits.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(n), ids.end(),
                    [&](int32_t a, int32_t b) {
                      const float x = std::isnan(logits[a]) ? -INFINITY : logits[a];
                      const float y = std::isnan(logits[b]) ? -INFINITY : logits[b];
                      return x != y ? x > y : a < b;
                    });
  for (size_t i = 0; i < n; ++i) choice.top.push_back({ids[i], logprob(ids[i])});
  return choice;
}

}  // namespace edgetasks::llm
