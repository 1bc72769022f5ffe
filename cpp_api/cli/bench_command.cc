// `edgetasks bench`: how fast a model runs here, and how much memory it takes.
#include <algorithm>
#include <cstring>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "core/base/error.h"
#include "core/base/mapped_file.h"
#include "core/base/status_macros.h"
#include "core/exec/profiler.h"
#include "core/exec/runner.h"
#include "core/kernels/machine_limits.h"
#include "core/model/model_file.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/llm_options.h"
#include "cpp_api/cli/profile_report.h"
#include "cpp_api/cli/terminal.h"
#include "cpp_api/cli/trace_file.h"
#include "nlohmann/json.hpp"
#include "tasks/llm_inference/llm_benchmark.h"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  LlmInferenceOptions engine;  // of language models
  std::string model, trace;
  int threads = 0, prefill = 0, decode = 0, runs = 0;
  bool json = false, profile = false;

  bool watched() const { return profile || !trace.empty(); }
};

// What is measured, and with --profile where the time of each phase went.
struct Figures {
  Json figures;
  Json phases = Json::object();
  std::vector<TracePhase> trace;
};

absl::StatusOr<Figures> BenchLanguageModel(const Options& options) {
  LlmInferenceOptions engine = options.engine;
  engine.base_options.model_asset_path = options.model;
  engine.base_options.num_threads = options.threads;
  tasks::LlmProfile profile;
  profile.keep_trace = !options.trace.empty();
  ET_ASSIGN_OR_RETURN(const LlmBenchmark figures,
                      tasks::RunLlmBenchmark(engine, options.prefill, options.decode,
                                             options.watched() ? &profile : nullptr));
  Figures result;
  result.figures = {{"model", options.model},
                    {"threads", options.threads},
                    {"prefill_tokens", options.prefill},
                    {"decode_tokens", options.decode},
                    {"prefill_tokens_per_s", figures.prefill_tokens_per_s},
                    {"decode_tokens_per_s", figures.decode_tokens_per_s},
                    {"load_s", figures.load_s}};
  if (options.profile) {
    result.phases["prefill"] = ProfileJson(profile.prefill.ops, profile.prefill.wall_ms);
    result.phases["decode"] = ProfileJson(profile.decode.ops, profile.decode.wall_ms);
  }
  result.trace = {{"prefill", std::move(profile.prefill.ops.trace)},
                  {"decode", std::move(profile.decode.ops.trace)}};
  return result;
}

// Any content will do for the time of a run; zeros would let a CPU be faster than it is on real
// pixels where it skips them, so a fixed pattern is used.
void FillInputs(exec::Runner& runner) {
  for (size_t i = 0; i < runner.inputs().size(); ++i) {
    const int input = static_cast<int>(i);
    const int64_t bytes = runner.input_bytes(input);
    if (runner.inputs()[i].tensor->dtype == ir::DType::kFloat32) {
      auto* values = runner.Input<float>(input);
      for (int64_t k = 0; k < bytes / 4; ++k) values[k] = static_cast<float>(k % 251) / 251.0f;
    } else if (ir::BitsOf(runner.inputs()[i].tensor->dtype) == 8) {
      auto* values = runner.Input<uint8_t>(input);
      for (int64_t k = 0; k < bytes; ++k) values[k] = static_cast<uint8_t>(k % 127);
    } else {
      std::memset(runner.input_data(input), 0, bytes);
    }
  }
}

// The same runs again: watching takes time of its own, which the figures shall not show.
absl::Status WatchRuns(const Options& options, exec::Runner& runner, exec::Engine& engine,
                       Figures* result) {
  exec::Profiler profiler(!options.trace.empty(), engine.pool.num_threads());
  if (!options.trace.empty()) engine.pool.SetRangeObserver(&profiler);
  exec::RunOptions run_options;
  run_options.observer = &profiler;
  const Stopwatch wall;
  for (int i = 0; i < options.runs; ++i) ET_RETURN_IF_ERROR(runner.Run(run_options));
  const double wall_ms = wall.seconds() * 1000;
  engine.pool.SetRangeObserver(nullptr);
  exec::Profile profile = profiler.Take();
  if (options.profile) result->phases["runs"] = ProfileJson(profile, wall_ms);
  result->trace = {{"runs", std::move(profile.trace)}};
  return absl::OkStatus();
}

absl::StatusOr<Figures> BenchGraph(const Options& options) {
  const Stopwatch load;
  ET_ASSIGN_OR_RETURN(auto mapped, MappedFile::Open(options.model));
  ET_ASSIGN_OR_RETURN(auto file, model::OpenModelFile(std::move(mapped)));
  const ir::Model& model = file->main_model();
  ET_ASSIGN_OR_RETURN(auto engine, exec::Engine::Create(options.threads));
  if (model.graphs.empty()) return InvalidGraph(options.model, ": has no graph to run");
  ET_ASSIGN_OR_RETURN(auto runner, exec::Runner::ForGraph(model, 0, engine));
  ET_RETURN_IF_ERROR(runner->Prepare());
  const double load_s = load.seconds();
  FillInputs(*runner);
  Progress progress("running");
  constexpr int kWarmUp = 20;
  std::vector<double> times_ms;
  for (int i = 0; i < kWarmUp + options.runs; ++i) {
    const Stopwatch run;
    ET_RETURN_IF_ERROR(runner->Run());
    if (i >= kWarmUp) times_ms.push_back(run.seconds() * 1000);
    progress.Update(absl::StrFormat("%d of %d", i + 1, kWarmUp + options.runs));
  }
  std::sort(times_ms.begin(), times_ms.end());
  Figures result;
  result.figures = {{"model", options.model},
                    {"threads", options.threads},
                    {"runs", options.runs},
                    {"latency_ms", times_ms[times_ms.size() / 2]},
                    {"latency_min_ms", times_ms.front()},
                    {"latency_max_ms", times_ms.back()},
                    {"load_s", load_s},
                    {"arena_bytes", runner->arena_bytes()}};
  if (options.watched()) ET_RETURN_IF_ERROR(WatchRuns(options, *runner, *engine, &result));
  return result;
}

absl::Status Bench(const Options& options) {
  const bool language_model = options.prefill > 0 || options.decode > 0;
  if (language_model == (options.runs > 0)) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     "give --prefill and --decode for a language model, or --runs for any other");
  }
  ET_ASSIGN_OR_RETURN(auto measured,
                      language_model ? BenchLanguageModel(options) : BenchGraph(options));
  auto& [figures, phases, trace] = measured;
  figures["peak_memory_bytes"] = PeakMemoryBytes();  // before the limits are measured
  Json profile;
  if (options.profile) {
    ThreadPool pool(options.threads);
    ET_ASSIGN_OR_RETURN(const kernels::MachineLimits limits, kernels::MeasureMachineLimits(pool));
    profile = WithLimits(std::move(phases), limits);
  }
  if (!options.trace.empty()) ET_RETURN_IF_ERROR(WriteTrace(options.trace, trace));
  if (options.json) {
    if (options.profile) figures["profile"] = std::move(profile);
    std::cout << figures.dump() << "\n";
  } else {
    for (const auto& [name, value] : figures.items()) {
      std::cout << absl::StrFormat("%-22s %s\n", name,
                                   value.is_string() ? value.get<std::string>() : value.dump());
    }
    if (options.profile) std::cout << ProfileText(profile);
  }
  return absl::OkStatus();
}

}  // namespace

Action AddBenchCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("bench", "Measure speed and memory");
  command->add_option("MODEL", options->model, "A .tflite, .task or .litertlm file")->required();
  command->add_option("--threads", options->threads, "Threads (0: the processors there are)")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--prefill", options->prefill, "Language models: tokens of the prompt")
      ->check(CLI::PositiveNumber);
  command->add_option("--decode", options->decode, "Language models: tokens to generate")
      ->check(CLI::PositiveNumber);
  AddLlmMemoryOptions(command, &options->engine);
  command
      ->add_option("--runs", options->runs,
                   "Other models: counted runs of the first graph, after 20 uncounted ones")
      ->check(CLI::PositiveNumber);
  command->add_flag("--profile", options->profile,
                    "Also show where the time goes, op by op, and how near each is to what this "
                    "machine can do");
  command->add_option("--trace", options->trace,
                      "Write when each op ran, and what the threads did, to this file, for "
                      "chrome://tracing or ui.perfetto.dev");
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Examples:\n  edgetasks bench model.litertlm --threads 2 --prefill 512 --decode 128\n"
      "  edgetasks bench classifier.tflite --threads 1 --runs 100 --json\n"
      "  edgetasks bench model.litertlm --threads 1 --prefill 128 --decode 32 --profile");
  return [options] { return Bench(*options); };
}

}  // namespace edgetasks::cli
