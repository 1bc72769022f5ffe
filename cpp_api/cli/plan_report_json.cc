#include "cpp_api/cli/plan_report_json.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/cpu_features.h"
#include "core/base/status_macros.h"
#include "core/exec/runner.h"
#include "core/model/model_file.h"
#include "cpp_api/cli/terminal.h"
#include "tasks/components/model_source.h"
#include "tasks/llm_inference/language_model.h"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

template <typename Count>
Json CountsJson(const std::map<std::string, Count>& counts) {
  Json json = Json::object();
  for (const auto& [name, count] : counts) json[name] = count;
  return json;
}

Json PlanJson(const std::string& name, const exec::PlanReport& report) {
  return {{"name", name},
          {"ops_in_file", report.ops_in_file},
          {"ops_lowered", report.ops_lowered},
          {"ops_run", report.ops_run},
          {"fused", CountsJson(report.fused)},
          {"unfused", CountsJson(report.unfused)},
          {"inlined_composites", CountsJson(report.inlined_composites)},
          {"methods", CountsJson(report.methods)},
          {"ops", CountsJson(report.ops)},
          {"aliases_allowed", report.aliases_allowed},
          {"aliases_granted", report.aliases_granted},
          {"arena_bytes", report.arena_bytes},
          {"io_bytes", report.io_bytes}};
}

Json EntryJson(const std::string& name, absl::StatusOr<std::unique_ptr<exec::Runner>> runner) {
  const absl::Status status = runner.ok() ? (*runner)->Prepare() : runner.status();
  if (!status.ok()) return {{"name", name}, {"error", std::string(status.message())}};
  return PlanJson(name, (*runner)->Report());
}

absl::StatusOr<Json> EntriesJson(const model::ModelFile& file) {
  const ir::Model& model = file.main_model();
  ET_ASSIGN_OR_RETURN(auto engine, exec::Engine::Create(1));
  Json plans = Json::array();
  for (size_t i = 0; i < model.signatures.size(); ++i) {
    plans.push_back(EntryJson(model.signatures[i].key,
                              exec::Runner::ForSignature(model, static_cast<int>(i), engine)));
  }
  if (plans.empty() && !model.graphs.empty()) {
    plans.push_back(EntryJson(model.graphs[0].name, exec::Runner::ForGraph(model, 0, engine)));
  }
  return plans;
}

std::string CountsText(const char* title, const Json& counts) {
  if (counts.empty()) return "";
  std::string text = absl::StrFormat("  %-12s", title);
  for (const auto& [name, count] : counts.items()) {
    absl::StrAppend(&text, " ", name, " x", count.dump(), ",");
  }
  text.back() = '\n';
  return text;
}

}  // namespace

absl::StatusOr<Json> InspectPlans(const std::string& path) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = path;
  options.base_options.num_threads = 1;
  // The file first: its errors are those of the command.
  ET_ASSIGN_OR_RETURN(const auto file, tasks::OpenModel(options.base_options));
  Json result = {{"kind", "language model"}};
  const auto language_model = tasks::LoadLanguageModel(options);
  Json plans = Json::array();
  if (language_model.ok()) {
    for (const auto& [name, report] : language_model->model->Reports()) {
      plans.push_back(PlanJson(name, report));
    }
  } else {
    result["kind"] = "graphs";
    ET_ASSIGN_OR_RETURN(plans, EntriesJson(*file));
  }
  result["cpu_level"] = std::string(NameOf(ActiveCpuLevel()));
  result["plans"] = std::move(plans);
  return result;
}

std::string PlansText(const Json& plans) {
  std::string text = absl::StrCat("kernels for ", plans["cpu_level"].get<std::string>(), "\n");
  for (const Json& plan : plans["plans"]) {
    absl::StrAppend(&text, "\n", Bold(plan["name"].get<std::string>()), "\n");
    if (plan.contains("error")) {
      absl::StrAppend(&text, "  cannot run: ", plan["error"].get<std::string>(), "\n");
      continue;
    }
    absl::StrAppend(&text, "  ops          ", plan["ops_in_file"].dump(), " in the file, ",
                    plan["ops_lowered"].dump(), " after the passes, ", plan["ops_run"].dump(),
                    " in a run\n");
    text += CountsText("fused", plan["fused"]);
    text += CountsText("not fused", plan["unfused"]);
    text += CountsText("composites", plan["inlined_composites"]);
    text += CountsText("computed by", plan["methods"]);
    text += CountsText("runs", plan["ops"]);
    absl::StrAppend(&text, "  memory       ", HumanBytes(plan["arena_bytes"].get<int64_t>()),
                    " to work in, ", HumanBytes(plan["io_bytes"].get<int64_t>()),
                    " for inputs and outputs");
    if (plan["aliases_allowed"].get<int>() > 0) {
      absl::StrAppend(&text, "; ", plan["aliases_granted"].dump(), " of ",
                      plan["aliases_allowed"].dump(), " caches are updated in place");
    }
    text += "\n";
  }
  return text;
}

}  // namespace edgetasks::cli
