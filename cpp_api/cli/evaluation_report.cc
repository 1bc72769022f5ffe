#include "cpp_api/cli/evaluation_report.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

double Mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// What pictures of class `truth` are taken for most often, when they are mistaken; empty if never.
std::string MostlyTakenFor(const EvaluationReport& report, int truth) {
  std::pair<int64_t, int> worst = {0, kNoClass};
  for (const auto& [pair, count] : report.evaluation.confusions()) {
    if (pair.first == truth && pair.second != truth && count > worst.first) {
      worst = {count, pair.second};
    }
  }
  return worst.first == 0 ? "" : absl::StrCat(report.NameOf(worst.second), " (", worst.first, ")");
}

}  // namespace

std::string EvaluationReport::NameOf(int c) const {
  if (c == kNoClass) return "(none)";
  const std::string& name = names[c];
  return name.empty() ? absl::StrCat("class ", c) : name;
}

std::string ToText(const EvaluationReport& report) {
  const Evaluation& e = report.evaluation;
  const ClassMetrics macro = e.MacroAverage();
  std::string text =
      absl::StrFormat("%d pictures, top-1 %.4f, top-5 %.4f\n", e.count(), e.top1(), e.top5());
  absl::StrAppendFormat(&text, "mean of classes: precision %.4f, recall %.4f, F1 %.4f\n",
                        macro.precision, macro.recall, macro.f1);
  const std::vector<double>& ms = report.latencies_ms;
  absl::StrAppendFormat(&text,
                        "latency in ms: p50 %.3f, p90 %.3f, p95 %.3f, p99 %.3f, max %.3f\n\n",
                        Percentile(ms, 50), Percentile(ms, 90), Percentile(ms, 95),
                        Percentile(ms, 99), Percentile(ms, 100));
  size_t width = 5;
  for (const int c : e.Classes()) width = std::max(width, report.NameOf(c).size());
  const auto column = static_cast<int>(std::min<size_t>(width, 40));
  absl::StrAppendFormat(&text, "%-*s  pictures  precision  recall      F1  mostly mistaken for\n",
                        column, "class");
  for (const int c : e.Classes()) {
    const ClassMetrics m = e.Of(c);
    absl::StrAppendFormat(&text, "%-*s  %8d  %9.4f  %6.4f  %6.4f  %s\n", column, report.NameOf(c),
                          m.support, m.precision, m.recall, m.f1, MostlyTakenFor(report, c));
  }
  return text;
}

Json ToJson(const EvaluationReport& report) {
  const Evaluation& e = report.evaluation;
  const ClassMetrics macro = e.MacroAverage();
  const std::vector<double>& ms = report.latencies_ms;
  Json json = {
      {"model", report.model},
      {"folder", report.folder},
      {"pictures", e.count()},
      {"unreadable", report.unreadable},
      {"top1", e.top1()},
      {"top5", e.top5()},
      {"macro", {{"precision", macro.precision}, {"recall", macro.recall}, {"f1", macro.f1}}},
      {"latency_ms",
       {{"p50", Percentile(ms, 50)},
        {"p90", Percentile(ms, 90)},
        {"p95", Percentile(ms, 95)},
        {"p99", Percentile(ms, 99)},
        {"max", Percentile(ms, 100)},
        {"mean", Mean(ms)}}},
      {"classes", Json::array()},
      {"confusions", Json::array()}};
  for (const int c : e.Classes()) {
    const ClassMetrics m = e.Of(c);
    json["classes"].push_back({{"index", c},
                               {"label", report.names[c]},
                               {"support", m.support},
                               {"predicted", m.predicted},
                               {"correct", m.correct},
                               {"precision", m.precision},
                               {"recall", m.recall},
                               {"f1", m.f1}});
  }
  for (const auto& [pair, count] : e.confusions()) {
    json["confusions"].push_back(
        {{"truth", pair.first}, {"predicted", pair.second}, {"count", count}});
  }
  return json;
}

}  // namespace edgetasks::cli
