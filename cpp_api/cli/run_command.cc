// `edgetasks run`: continues a prompt with a language model.
#include <unistd.h>

#include <iostream>
#include <memory>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "cpp_api/cli/chat_terminal.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/llm_options.h"
#include "cpp_api/cli/session_flags.h"
#include "cpp_api/cli/terminal.h"
#include "edgetasks/llm_inference.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {
namespace {

struct Options {
  LlmInferenceOptions engine;
  SessionFlags session;
  std::string model, prompt, session_file, system, chat_template;
  bool stats = false, chat = false;
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

// A line for each token: its log-probability, its bytes, and the most probable ones.
void PrintLogprobs(const LlmResponse& response) {
  const auto print = [](const LlmTokenLogprob& token) {
    std::cerr << absl::StrFormat(
        "%9.4f %6d %s", token.logprob, token.id,
        nlohmann::json(token.bytes).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
  };
  for (const LlmResponseToken& token : response.tokens) {
    print(token.chosen);
    for (const LlmTokenLogprob& other : token.top) {
      std::cerr << "  | ";
      print(other);
    }
    std::cerr << "\n";
  }
}

absl::Status Run(Options& options, bool has_prompt) {
  ET_ASSIGN_OR_RETURN(LlmInferenceSessionOptions session_options,
                      ToSessionOptions(options.session));
  ET_ASSIGN_OR_RETURN(session_options.chat_template,
                      TextOrFile(options.chat_template, "--chat-template"));
  const bool chat =
      options.chat || !options.system.empty() || !session_options.chat_template.empty();
  options.engine.base_options.model_asset_path = options.model;
  const Stopwatch load;
  ET_ASSIGN_OR_RETURN(auto llm, LlmInference::Create(options.engine));
  const bool resumed =
      !options.session_file.empty() && access(options.session_file.c_str(), F_OK) == 0;
  ET_ASSIGN_OR_RETURN(auto session, resumed
                                        ? llm->LoadSession(options.session_file, session_options)
                                        : llm->CreateSession(session_options));
  const double load_s = load.seconds();
  ChatTerminal terminal(llm.get(), std::move(session), session_options, chat,
                        [&](const LlmResponse& response) {
                          PrintLogprobs(response);
                          if (options.stats) PrintStats(response, load_s);
                        });
  if (!resumed) ET_RETURN_IF_ERROR(terminal.SetSystem(options.system));
  ET_RETURN_IF_ERROR(has_prompt ? terminal.Respond(options.prompt) : terminal.Run());
  if (options.session_file.empty()) return absl::OkStatus();
  return terminal.session().Save(options.session_file);
}

}  // namespace

Action AddRunCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("run", "Continue a prompt with a language model");
  command->add_option("MODEL", options->model, "A .task, .litertlm or .tflite file")->required();
  CLI::Option* prompt = command->add_option(
      "--prompt", options->prompt, "The prompt (default: lines from the terminal, one session)");
  AddSessionFlags(command, &options->session);
  command
      ->add_option(
          "--max-tokens", options->engine.max_tokens,
          "Size of the context in tokens (0: what the model holds; more where it allows it)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--threads", options->engine.base_options.num_threads,
                   "Threads (0: the processors there are)")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--tokenizer", options->engine.tokenizer_path,
                      "A SentencePiece model, for a .tflite without one");
  AddLlmMemoryOptions(command, &options->engine);
  command->add_flag("--chat", options->chat,
                    "Prompts are messages of the user, written as the model's template says");
  command->add_option("--system", options->system, "What the system says first; implies --chat");
  command->add_option("--chat-template", options->chat_template,
                      "A Jinja template instead of the model's, or @FILE; implies --chat");
  command->add_option("--session", options->session_file,
                      "Go on from this saved session if the file exists, and save it in the end");
  command
      ->add_option("--logprobs", options->session.options.num_logprobs,
                   "Print each token's log-probability and the N most probable to stderr")
      ->check(CLI::Range(0, 100));
  command->add_flag("--stats", options->stats, "Print counts and times to stderr");
  command->footer(
      "Examples:\n"
      "  edgetasks run models/story/story.task --prompt 'Once upon a time' --temperature 0\n"
      "  edgetasks run model.tflite --tokenizer tokenizer.model --prompt Hello --stats\n"
      "  echo 'The dog' | edgetasks run models/story/story.litertlm\n"
      "  edgetasks run model.litertlm --session chat.bin --overflow drop\n"
      "  edgetasks run model.litertlm --prompt 'A cat as JSON:' --json-schema @cat.json");
  return [options, prompt] { return Run(*options, prompt->count() > 0); };
}

}  // namespace edgetasks::cli
