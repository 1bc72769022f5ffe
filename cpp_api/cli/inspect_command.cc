// `edgetasks inspect`: what is in a model file, and whether it can run here.
#include <iostream>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "core/base/mapped_file.h"
#include "core/base/status_macros.h"
#include "core/model/model_file.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/inspect_report.h"
#include "cpp_api/cli/plan_report_json.h"
#include "cpp_api/cli/terminal.h"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  bool json = false, plan = false;
};

std::string Text(const Json& json) {
  return json.is_string() ? json.get<std::string>() : json.dump();
}

void PrintTensors(const char* direction, const Json& tensors) {
  for (const Json& tensor : tensors) {
    std::cout << absl::StrFormat("    %-3s %-28s %-8s %s", direction, Text(tensor["name"]),
                                 Text(tensor["dtype"]), tensor["shape"].dump());
    if (tensor.contains("scale")) {
      std::cout << absl::StrFormat("  scale %g, zero point %d", tensor["scale"].get<double>(),
                                   tensor["zero_point"].get<int>());
    }
    std::cout << "\n";
  }
}

void PrintEntries(const Json& report) {
  const bool has_signatures = !report["signatures"].empty();
  const Json& entries = has_signatures ? report["signatures"] : report["graphs"];
  std::cout << "\n" << Bold(has_signatures ? "Signatures" : "Graphs (no signatures)") << "\n";
  for (const Json& entry : entries) {
    std::cout << "  " << Text(entry["name"]) << "\n";
    PrintTensors("in", entry["inputs"]);
    PrintTensors("out", entry["outputs"]);
  }
}

void PrintMemory(const Json& memory) {
  std::cout << "\n" << Bold("Memory") << "\n";
  std::cout << "  weights (stay in the mapped file) " << HumanBytes(memory["weights_bytes"])
            << "\n";
  for (const Json& entry : memory["signatures"]) {
    if (entry.contains("error")) continue;
    std::cout << "  " << Text(entry["name"]) << ": working memory "
              << HumanBytes(entry["arena_bytes"]) << ", inputs " << HumanBytes(entry["input_bytes"])
              << "\n";
  }
}

void PrintReport(const std::string& path, const Json& report) {
  std::cout << Bold(path) << ": " << Text(report["container"]) << ", "
            << HumanBytes(report["file_bytes"]) << "\n";
  if (report["sections"].size() > 1) {
    std::cout << "\n" << Bold("Sections") << "\n";
    for (const Json& section : report["sections"]) {
      std::cout << absl::StrFormat("  %-24s at %-10s %s", Text(section["type"]),
                                   section["offset"].dump(), HumanBytes(section["size"]));
      if (section.contains("model_type")) std::cout << "  " << Text(section["model_type"]);
      std::cout << "\n";
    }
  }
  PrintEntries(report);
  std::cout << "\n" << Bold("Ops") << "\n ";
  for (const auto& [name, count] : report["ops"].items()) {
    std::cout << " " << name << " x" << count.dump();
  }
  std::cout << "\n\n" << Bold("Constants") << "\n";
  for (const Json& row : report["quantization"]) {
    std::cout << absl::StrFormat("  %-24s %6s tensors %12s\n", Text(row["type"]),
                                 row["constants"].dump(), HumanBytes(row["bytes"]));
  }
  for (const char* key : {"llm", "tokenizer", "metadata", "system_metadata"}) {
    if (!report.contains(key) || report[key].is_null()) continue;
    std::cout << "\n" << Bold(key) << "\n";
    for (const auto& [name, value] : report[key].items()) {
      std::cout << "  " << name << ": " << Text(value) << "\n";
    }
  }
  PrintMemory(report["memory"]);
  std::cout << "\n" << Bold("Can it run here?") << "\n";
  if (report["missing"].empty()) {
    bool runs = true;
    for (const Json& entry : report["memory"]["signatures"]) {
      if (!entry.contains("error")) continue;
      runs = false;
      std::cout << "  no: " << Text(entry["error"]) << "\n";
    }
    if (runs) std::cout << "  yes: every operator is there\n";
  }
  for (const Json& op : report["missing"]) std::cout << "  no: missing " << Text(op) << "\n";
}

absl::Status RunInspect(const Options& options) {
  if (options.plan) {
    ET_ASSIGN_OR_RETURN(const Json plans, InspectPlans(options.model));
    std::cout << (options.json ? plans.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"
                               : PlansText(plans));
    return absl::OkStatus();
  }
  ET_ASSIGN_OR_RETURN(auto mapped, MappedFile::Open(options.model));
  ET_ASSIGN_OR_RETURN(auto file, model::OpenModelFile(std::move(mapped)));
  const Json report = Inspect(*file);
  if (options.json) {
    // Names in a file may be any bytes: what is not UTF-8 is replaced.
    std::cout << report.dump(1, ' ', false, Json::error_handler_t::replace) << "\n";
  } else {
    PrintReport(options.model, report);
  }
  return absl::OkStatus();
}

}  // namespace

Action AddInspectCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("inspect", "Show what is in a model file and what it needs to run");
  command->add_option("MODEL", options->model, "A .tflite, .task or .litertlm file")->required();
  command->add_flag("--plan", options->plan,
                    "Show instead what becomes of the graphs on their way to running: which "
                    "patterns were recognised, and which were left as they are");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Example:\n  edgetasks inspect models/story/story.task\n"
      "  edgetasks inspect model.tflite --json | jq .signatures");
  return [options] { return RunInspect(*options); };
}

}  // namespace edgetasks::cli
