// The confusion matrix of an evaluation as a page and as a picture.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "cpp_api/cli/evaluation_report.h"

#define STBI_WRITE_NO_STDIO
#define STB_IMAGE_WRITE_STATIC
#define STB_IMAGE_WRITE_IMPLEMENTATION
#include <stb/stb_image_write.h>

namespace edgetasks::cli {
namespace {

constexpr size_t kMaxMatrixClasses = 100, kMaxMistakes = 200;
constexpr int kPictureSide = 800, kMaxCell = 24;

constexpr char kStyle[] =
    "body{font:14px system-ui,sans-serif;margin:2em;color:#222}"
    "table{border-collapse:collapse}td,th{padding:2px 8px;text-align:right}"
    "th{font-weight:600}.l{text-align:left}"
    ".m td{border:1px solid #ddd;text-align:center;min-width:2em}"
    ".m .t th{writing-mode:vertical-rl;transform:rotate(180deg);text-align:left;padding:8px 2px}"
    ".m td.d{outline:1px solid #666;outline-offset:-1px}";

// How dark a cell is, 0 to 1: its share of its row.
double Share(const Evaluation& evaluation, int truth, int64_t count) {
  const int64_t support = evaluation.Of(truth).support;
  return support == 0 ? 0 : static_cast<double>(count) / static_cast<double>(support);
}

// Columns: all classes, and kNoClass where the model named none.
std::vector<int> Columns(const Evaluation& evaluation) {
  std::vector<int> columns = evaluation.Classes();
  const auto& all = evaluation.confusions();
  if (std::any_of(all.begin(), all.end(),
                  [](const auto& c) { return c.first.second == kNoClass; })) {
    columns.push_back(kNoClass);
  }
  return columns;
}

std::string Matrix(const EvaluationReport& report) {
  const Evaluation& e = report.evaluation;
  const std::vector<int> columns = Columns(e);
  std::string html =
      "<p>Rows are the truth, columns what the model said; a cell's shade is its share of the "
      "row.</p>\n<table class=\"m\"><tr class=\"t\"><th></th>";
  for (const int c : columns) absl::StrAppend(&html, "<th>", HtmlEscape(report.NameOf(c)), "</th>");
  html += "</tr>\n";
  for (const int truth : e.Classes()) {
    if (e.Of(truth).support == 0) continue;
    absl::StrAppend(&html, "<tr><th>", HtmlEscape(report.NameOf(truth)), "</th>");
    for (const int predicted : columns) {
      const int64_t count = e.Confusions(truth, predicted);
      const double share = Share(e, truth, count);
      const char* open = truth == predicted ? "<td class=\"d\"" : "<td";
      if (count == 0) {
        absl::StrAppend(&html, open, "></td>");
        continue;
      }
      absl::StrAppendFormat(&html, "%s style=\"background:rgba(%s,%.3f)%s\">%d</td>", open,
                            truth == predicted ? "30,110,60" : "190,50,40", 0.1 + 0.9 * share,
                            share > 0.5 ? ";color:#fff" : "", count);
    }
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

std::string LargestMistakes(const EvaluationReport& report) {
  std::vector<std::pair<int64_t, std::pair<int, int>>> mistakes;
  for (const auto& [pair, count] : report.evaluation.confusions()) {
    if (pair.first != pair.second) mistakes.emplace_back(-count, pair);
  }
  std::sort(mistakes.begin(), mistakes.end());
  if (mistakes.size() > kMaxMistakes) mistakes.resize(kMaxMistakes);
  std::string html = absl::StrCat("<p>More than ", kMaxMatrixClasses,
                                  " classes: the largest mistakes instead of the matrix.</p>\n"
                                  "<table><tr><th class=\"l\">truth</th><th class=\"l\">taken "
                                  "for</th><th>pictures</th></tr>\n");
  for (const auto& [count, pair] : mistakes) {
    absl::StrAppend(&html, "<tr><td class=\"l\">", HtmlEscape(report.NameOf(pair.first)),
                    "</td><td class=\"l\">", HtmlEscape(report.NameOf(pair.second)), "</td><td>",
                    -count, "</td></tr>\n");
  }
  return html + "</table>\n";
}

std::string ClassTable(const EvaluationReport& report) {
  std::string html =
      "<table><tr><th class=\"l\">class</th><th>pictures</th><th>precision</th><th>recall</th>"
      "<th>F1</th></tr>\n";
  for (const int c : report.evaluation.Classes()) {
    const ClassMetrics m = report.evaluation.Of(c);
    absl::StrAppendFormat(
        &html,
        "<tr><td class=\"l\">%s</td><td>%d</td><td>%.4f</td><td>%.4f</td><td>%.4f</td></tr>\n",
        HtmlEscape(report.NameOf(c)), m.support, m.precision, m.recall, m.f1);
  }
  return html + "</table>\n";
}

void AppendBytes(void* bytes, void* data, int size) {
  const auto* from = static_cast<const uint8_t*>(data);
  auto* to = static_cast<std::vector<uint8_t>*>(bytes);
  to->insert(to->end(), from, from + size);
}

}  // namespace

std::string HtmlEscape(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string ToHtml(const EvaluationReport& report) {
  const Evaluation& e = report.evaluation;
  const std::vector<double>& ms = report.latencies_ms;
  std::string html = absl::StrCat(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>",
      HtmlEscape(report.model), "</title><style>", kStyle, "</style></head><body>\n<h1>",
      HtmlEscape(report.model), " on ", HtmlEscape(report.folder), "</h1>\n");
  absl::StrAppendFormat(&html, "<p>%d pictures, top-1 <b>%.4f</b>, top-5 <b>%.4f</b>", e.count(),
                        e.top1(), e.top5());
  if (!report.unreadable.empty()) {
    absl::StrAppend(&html, "; ", report.unreadable.size(), " could not be read");
  }
  absl::StrAppendFormat(&html, "<br>latency in ms: p50 %.3f, p90 %.3f, p99 %.3f</p>\n",
                        Percentile(ms, 50), Percentile(ms, 90), Percentile(ms, 99));
  html += "<h2>Confusion matrix</h2>\n";
  html += e.Classes().size() <= kMaxMatrixClasses ? Matrix(report) : LargestMistakes(report);
  absl::StrAppend(&html, "<h2>Classes</h2>\n", ClassTable(report), "</body></html>\n");
  return html;
}

std::vector<uint8_t> ConfusionPng(const Evaluation& evaluation) {
  const std::vector<int> classes = evaluation.Classes();
  const int n = std::max(1, static_cast<int>(classes.size()));
  const int cell = std::clamp(kPictureSide / n, 1, kMaxCell), side = n * cell;
  std::vector<uint8_t> pixels(size_t{3} * side * side, 255);
  for (int row = 0; row < static_cast<int>(classes.size()); ++row) {
    for (int column = 0; column < static_cast<int>(classes.size()); ++column) {
      const int64_t count = evaluation.Confusions(classes[row], classes[column]);
      if (count == 0) continue;
      // From a light to a dark blue; the lightest can be told from white.
      const double light = 0.85 * (1 - Share(evaluation, classes[row], count));
      const uint8_t color[3] = {static_cast<uint8_t>(255 * light),
                                static_cast<uint8_t>(60 + 195 * light),
                                static_cast<uint8_t>(140 + 115 * light)};
      for (int y = row * cell; y < (row + 1) * cell; ++y) {
        for (int x = column * cell; x < (column + 1) * cell; ++x) {
          std::copy_n(color, 3, &pixels[3 * (size_t{1} * y * side + x)]);
        }
      }
    }
  }
  std::vector<uint8_t> png;
  stbi_write_png_to_func(AppendBytes, &png, side, side, 3, pixels.data(), 3 * side);
  return png;
}

}  // namespace edgetasks::cli
