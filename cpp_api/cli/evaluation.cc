#include "cpp_api/cli/evaluation.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace edgetasks::cli {
namespace {

int64_t CountOf(const std::map<int, int64_t>& counts, int c) {
  const auto found = counts.find(c);
  return found == counts.end() ? 0 : found->second;
}

double Ratio(int64_t part, int64_t all) {
  return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace

void Evaluation::Add(int truth, absl::Span<const int> ranked) {
  constexpr size_t kFive = 5;
  const int best = ranked.empty() ? kNoClass : ranked.front();
  const absl::Span<const int> first_five = ranked.subspan(0, std::min(ranked.size(), kFive));
  ++count_;
  top1_ += best == truth;
  top5_ += std::find(first_five.begin(), first_five.end(), truth) != first_five.end();
  ++confusions_[{truth, best}];
  ++support_[truth];
  ++predicted_[best];
}

int64_t Evaluation::Confusions(int truth, int predicted) const {
  const auto found = confusions_.find({truth, predicted});
  return found == confusions_.end() ? 0 : found->second;
}

std::vector<int> Evaluation::Classes() const {
  std::set<int> classes;
  for (const auto& [pair, count] : confusions_) classes.insert({pair.first, pair.second});
  classes.erase(kNoClass);
  return {classes.begin(), classes.end()};
}

ClassMetrics Evaluation::Of(int c) const {
  ClassMetrics metrics;
  metrics.support = CountOf(support_, c);
  metrics.predicted = CountOf(predicted_, c);
  metrics.correct = Confusions(c, c);
  metrics.precision = Ratio(metrics.correct, metrics.predicted);
  metrics.recall = Ratio(metrics.correct, metrics.support);
  metrics.f1 = Ratio(2 * metrics.correct, metrics.support + metrics.predicted);
  return metrics;
}

ClassMetrics Evaluation::MacroAverage() const {
  ClassMetrics mean;
  const std::vector<int> classes = Classes();
  for (const int c : classes) {
    const ClassMetrics metrics = Of(c);
    mean.support += metrics.support;
    mean.predicted += metrics.predicted;
    mean.correct += metrics.correct;
    mean.precision += metrics.precision;
    mean.recall += metrics.recall;
    mean.f1 += metrics.f1;
  }
  if (classes.empty()) return mean;
  const auto n = static_cast<double>(classes.size());
  mean.precision /= n;
  mean.recall /= n;
  mean.f1 /= n;
  return mean;
}

double Percentile(std::vector<double> values, double percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double place = percent / 100 * static_cast<double>(values.size() - 1);
  const double below = std::floor(place);
  const auto i = static_cast<size_t>(below);
  if (i + 1 >= values.size()) return values.back();
  return values[i] + (place - below) * (values[i + 1] - values[i]);
}

}  // namespace edgetasks::cli
