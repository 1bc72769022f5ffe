#include "cpp_api/cli/profile_report.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cpp_api/cli/terminal.h"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;
using kernels::Arithmetic;

// Rows of ops by shape that the text shows; JSON has all.
constexpr size_t kShownOps = 30;

const char* NameOf(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::kInteger:
      return "integer";
    case Arithmetic::kFloat:
      return "float";
    case Arithmetic::kNone:
      break;
  }
  return "none";
}

Json RowsJson(const std::vector<exec::ProfileRow>& rows, double wall_ms) {
  Json result = Json::array();
  for (const exec::ProfileRow& row : rows) {
    Json json = {{"op", row.op}, {"fused", row.fused}};
    if (!row.shapes.empty()) json["shapes"] = row.shapes;
    if (!row.method.empty()) json["method"] = row.method;
    json["calls"] = row.calls;
    json["total_ms"] = row.total_ms;
    json["share"] = wall_ms > 0 ? row.total_ms / wall_ms : 0.0;
    json["bytes_read"] = row.cost.bytes_read;
    json["bytes_written"] = row.cost.bytes_written;
    json["macs"] = row.cost.macs;
    json["arithmetic"] = NameOf(row.cost.arithmetic);
    result.push_back(std::move(json));
  }
  return result;
}

void AddRates(const kernels::MachineLimits& limits, Json* row) {
  const double seconds = std::max((*row)["total_ms"].get<double>() / 1000, 1e-9);
  const double read = (*row)["bytes_read"].get<double>();
  const double written = (*row)["bytes_written"].get<double>();
  const double gmac_per_s = (*row)["macs"].get<double>() / seconds / 1e9;
  const bool integer = (*row)["arithmetic"] == NameOf(Arithmetic::kInteger);
  (*row)["gb_per_s"] = (read + written) / seconds / 1e9;
  (*row)["gmac_per_s"] = gmac_per_s;
  (*row)["of_read"] = read / seconds / 1e9 / limits.read_gb_per_s;
  (*row)["of_macs"] = gmac_per_s / (integer ? limits.integer_gmac_per_s : limits.float_gmac_per_s);
}

std::string RowText(const Json& row, int name_width) {
  std::string name = row["op"].get<std::string>();
  if (row["fused"].get<bool>()) name += " *";
  std::string line = absl::StrFormat(
      "  %-*s %7d %10.3f %6.1f%% %10s %8.1f %5.0f%% ", name_width, name,
      row["calls"].get<int64_t>(), row["total_ms"].get<double>(), row["share"].get<double>() * 100,
      HumanBytes(row["bytes_read"].get<int64_t>()), row["gb_per_s"].get<double>(),
      row["of_read"].get<double>() * 100);
  if (row["macs"].get<int64_t>() > 0) {
    absl::StrAppendFormat(&line, "%8.1f %5.0f%%", row["gmac_per_s"].get<double>(),
                          row["of_macs"].get<double>() * 100);
  } else {
    absl::StrAppendFormat(&line, "%8s %6s", "-", "-");
  }
  if (row.contains("shapes")) absl::StrAppend(&line, "  ", row["shapes"].get<std::string>());
  if (row.contains("method")) absl::StrAppend(&line, " (", row["method"].get<std::string>(), ")");
  return line + "\n";
}

std::string Header(const char* what, int name_width) {
  return absl::StrFormat("\n  %-*s %7s %10s %7s %10s %8s %6s %8s %6s\n", name_width, what, "calls",
                         "ms", "share", "read", "GB/s", "limit", "GMAC/s", "limit");
}

std::string PhaseText(const std::string& name, const Json& phase) {
  const double wall_ms = phase["wall_ms"].get<double>();
  std::string text = absl::StrFormat("\n%s: %.3f ms, of which %.3f ms in ops\n", Bold(name),
                                     wall_ms, phase["ops_ms"].get<double>());
  size_t width = 14;
  for (const Json& row : phase["kinds"]) {
    width = std::max(width, row["op"].get<std::string>().size() + 2);
  }
  const int name_width = static_cast<int>(width);
  text += Header("op", name_width);
  for (const Json& row : phase["kinds"]) text += RowText(row, name_width);
  const double other_ms = wall_ms - phase["ops_ms"].get<double>();
  absl::StrAppendFormat(&text, "  %-*s %7s %10.3f %6.1f%%\n", name_width, "outside of ops", "",
                        other_ms, wall_ms > 0 ? other_ms / wall_ms * 100 : 0);
  text += Header("op, shapes", name_width);
  const Json& ops = phase["ops"];
  for (size_t i = 0; i < std::min(kShownOps, ops.size()); ++i) text += RowText(ops[i], name_width);
  if (ops.size() > kShownOps) {
    absl::StrAppend(&text, "  and ", ops.size() - kShownOps, " more (--json shows all)\n");
  }
  return text;
}

}  // namespace

Json ProfileJson(const exec::Profile& profile, double wall_ms) {
  return {{"wall_ms", wall_ms},
          {"ops_ms", profile.ops_ms},
          {"kinds", RowsJson(profile.kinds, wall_ms)},
          {"ops", RowsJson(profile.rows, wall_ms)}};
}

Json WithLimits(Json phases, const kernels::MachineLimits& limits) {
  for (auto& [name, phase] : phases.items()) {
    for (const char* table : {"kinds", "ops"}) {
      for (Json& row : phase[table]) AddRates(limits, &row);
    }
  }
  return {{"limits",
           {{"read_gb_per_s", limits.read_gb_per_s},
            {"integer_gmac_per_s", limits.integer_gmac_per_s},
            {"float_gmac_per_s", limits.float_gmac_per_s}}},
          {"phases", std::move(phases)}};
}

std::string ProfileText(const Json& profile) {
  const Json& limits = profile["limits"];
  std::string text = absl::StrFormat(
      "\n%s: %.1f GB/s read, %.0f GMAC/s in 8-bit integers, %.0f GMAC/s in floats\n",
      Bold("limits of this machine at these threads"), limits["read_gb_per_s"].get<double>(),
      limits["integer_gmac_per_s"].get<double>(), limits["float_gmac_per_s"].get<double>());
  for (const auto& [name, phase] : profile["phases"].items()) text += PhaseText(name, phase);
  text +=
      "\n*: fused, stands for several ops of the file. read: what the operands hold, whether it "
      "comes from memory\nor from a cache, so that the share of the limit may exceed 100%.\n";
  return text;
}

}  // namespace edgetasks::cli
