// How good a classifier's answers are, given the truth. Counts only: no files, no models.
#ifndef CPP_API_CLI_EVALUATION_H_
#define CPP_API_CLI_EVALUATION_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::cli {

// The answer of a model that names no class at all.
constexpr int kNoClass = -1;

// A share of nothing is 0, as scikit-learn has it (zero_division = 0).
struct ClassMetrics {
  int64_t support = 0;    // pictures of the class
  int64_t predicted = 0;  // pictures whose best class it is
  int64_t correct = 0;    // both
  double precision = 0;   // correct / predicted
  double recall = 0;      // correct / support
  double f1 = 0;          // 2 correct / (support + predicted)
};

class Evaluation {
 public:
  // A picture of class `truth`, and the classes that the model names, best first.
  void Add(int truth, absl::Span<const int> ranked);

  int64_t count() const { return count_; }
  // The share of pictures whose class is the first one named, or among the first five.
  double top1() const { return Share(top1_); }
  double top5() const { return Share(top5_); }

  // How often pictures of class `truth` were taken for `predicted`; either may be kNoClass.
  int64_t Confusions(int truth, int predicted) const;
  // All pairs that occur, (truth, predicted) -> count.
  const std::map<std::pair<int, int>, int64_t>& confusions() const { return confusions_; }
  // The classes that occur as truth or as prediction, rising; kNoClass is not one of them.
  std::vector<int> Classes() const;

  ClassMetrics Of(int c) const;
  // The means over Classes() of precision, recall and F1, each class counted alike.
  ClassMetrics MacroAverage() const;

 private:
  double Share(int64_t part) const {
    return count_ == 0 ? 0 : static_cast<double>(part) / static_cast<double>(count_);
  }

  int64_t count_ = 0, top1_ = 0, top5_ = 0;
  std::map<std::pair<int, int>, int64_t> confusions_;
  std::map<int, int64_t> support_, predicted_;
};

// The value below which `percent` of 100 of the values lie, on the line between the two nearest
// ones: definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996.
// 0 of no values; percent is 0 to 100.
double Percentile(std::vector<double> values, double percent);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_EVALUATION_H_
