// `edgetasks run`: continues a prompt with a language model.
#include <unistd.h>

#include <iostream>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/terminal.h"
#include "edgetasks/llm_inference.h"

namespace edgetasks::cli {
namespace {

struct Options {
  LlmInferenceOptions engine;
  LlmInferenceSessionOptions session;
  std::string model, prompt;
  bool stats = false;
};

const char* NameOf(FinishReason reason) {
  switch (reason) {
    case FinishReason::kStopToken:
      return "stop token";
    case FinishReason::kMaxOutputTokens:
      return "max output tokens";
    case FinishReason::kContextFull:
      return "context full";
    case FinishReason::kCancelled:
      return "cancelled";
    case FinishReason::kDeadline:
      return "deadline";
    case FinishReason::kStopString:
      return "stop string";
  }
  return "unknown";
}

void PrintStats(const LlmResponse& response, double load_s) {
  const double prefill_s = response.prefill_ms / 1000, decode_s = response.decode_ms / 1000;
  std::cerr << absl::StrFormat(
      "load %.3f s; prompt %d tokens in %.3f s; %d tokens in %.3f s (%.1f tokens/s), first after "
      "%.1f ms; ended by: %s; peak memory %s\n",
      load_s, response.prompt_tokens, prefill_s, response.output_tokens, decode_s,
      decode_s > 0 ? response.output_tokens / decode_s : 0.0, response.first_token_ms,
      NameOf(response.finish_reason), HumanBytes(PeakMemoryBytes()));
}

// Streams one response to stdout, nothing else.
absl::Status Respond(LlmInferenceSession& session, const std::string& prompt,
                     const Options& options, double load_s) {
  ET_RETURN_IF_ERROR(session.AddQueryChunk(prompt));
  ET_ASSIGN_OR_RETURN(auto future,
                      session.GenerateResponseAsync([](absl::string_view partial, bool done) {
                        std::cout << partial << std::flush;
                        if (done) std::cout << std::endl;
                      }));
  ET_ASSIGN_OR_RETURN(const LlmResponse response, future.Get());
  if (options.stats) PrintStats(response, load_s);
  return absl::OkStatus();
}

absl::Status Run(Options& options, bool has_prompt) {
  options.engine.base_options.model_asset_path = options.model;
  const Stopwatch load;
  ET_ASSIGN_OR_RETURN(auto llm, LlmInference::Create(options.engine));
  ET_ASSIGN_OR_RETURN(auto session, llm->CreateSession(options.session));
  const double load_s = load.seconds();
  if (has_prompt) return Respond(*session, options.prompt, options, load_s);

  const bool person = isatty(STDIN_FILENO) != 0;
  if (person) std::cerr << "Write a prompt and press Enter; Ctrl-D ends.\n";
  std::string line;
  while (true) {
    if (person) std::cerr << "> " << std::flush;
    if (!std::getline(std::cin, line)) break;
    if (line.empty()) continue;
    ET_RETURN_IF_ERROR(Respond(*session, line, options, load_s));
  }
  if (person) std::cerr << "\n";
  return absl::OkStatus();
}

}  // namespace

Action AddRunCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Continue a prompt with a language model");
  command->add_option("MODEL", options->model, "A .task, .litertlm or .tflite file")->required();
  CLI::Option* prompt = command->add_option(
      "--prompt", options->prompt, "The prompt (default: lines from the terminal, one session)");
  command->add_option("--top-k", options->session.top_k, "Choose among the k most probable tokens")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  command->add_option("--top-p", options->session.top_p, "... that together reach this probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      ->add_option("--temperature", options->session.temperature,
                   "0 always takes the most probable token")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--seed", options->session.random_seed, "The same seed gives the same text")
      ->capture_default_str();
  command
      ->add_option("--max-output-tokens", options->session.max_output_tokens,
                   "Stop after so many tokens (0: no such limit)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--max-tokens", options->engine.max_tokens,
                   "Size of the context in tokens (0: what the model holds)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--threads", options->engine.base_options.num_threads,
                   "Threads (0: the processors there are)")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--tokenizer", options->engine.tokenizer_path,
                      "A SentencePiece model, for a .tflite without one");
  command->add_flag("--stats", options->stats, "Print counts and times to stderr");
  command->footer(
      "Examples:\n"
      "  edgetasks run models/story/story.task --prompt 'Once upon a time' --temperature 0\n"
      "  edgetasks run model.tflite --tokenizer tokenizer.model --prompt Hello --stats\n"
      "  echo 'The dog' | edgetasks run models/story/story.litertlm");
  return [options, prompt] { return Run(*options, prompt->count() > 0); };
}

}  // namespace edgetasks::cli
