// What `edgetasks evaluate` writes: text, JSON, a page with the confusion matrix, and that as PNG.
#ifndef CPP_API_CLI_EVALUATION_REPORT_H_
#define CPP_API_CLI_EVALUATION_REPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cpp_api/cli/evaluation.h"
#include "nlohmann/json_fwd.hpp"

namespace edgetasks::cli {

struct EvaluationReport {
  std::string model, folder;
  std::vector<std::string> names;  // of the classes, by index
  Evaluation evaluation;
  std::vector<double> latencies_ms;     // of each picture, from pixels to labels
  std::vector<std::string> unreadable;  // an error for each picture that was left out

  // "label", "class 7" where there is none, "(none)" for kNoClass.
  std::string NameOf(int c) const;
};

// The overall figures and a line for each class.
std::string ToText(const EvaluationReport& report);

// {"model", "folder", "pictures", "unreadable": [...], "top1", "top5", "macro": {...},
//  "latency_ms": {"p50", "p90", "p95", "p99", "max", "mean"}, "classes": [{"index", "label",
//  "support", "predicted", "correct", "precision", "recall", "f1"}],
//  "confusions": [{"truth", "predicted", "count"}]}; kNoClass is -1.
nlohmann::ordered_json ToJson(const EvaluationReport& report);

// One HTML file without anything outside of it: the figures, the confusion matrix (rows are the
// truth) of up to 100 classes, else its 200 largest mistakes.
std::string ToHtml(const EvaluationReport& report);

// The bytes of a PNG of the confusion matrix: rows and columns are Classes() in order, truth down,
// prediction across; the darker, the larger the share of the row. A class is 1 to 24 pixels wide.
std::vector<uint8_t> ConfusionPng(const Evaluation& evaluation);

// `text` with the characters that HTML reserves written as entities.
std::string HtmlEscape(absl::string_view text);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_EVALUATION_REPORT_H_
