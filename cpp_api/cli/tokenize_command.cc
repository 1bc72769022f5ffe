// `edgetasks tokenize`: a text as the ids of a model's tokens, and back.
#include <iostream>
#include <iterator>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/str_join.h"
#include "core/base/status_macros.h"
#include "cpp_api/cli/commands.h"
#include "edgetasks/llm_inference.h"

namespace edgetasks::cli {
namespace {

struct Options {
  LlmInferenceOptions engine;
  std::string model, text;
  std::vector<int32_t> ids;
};

absl::Status Tokenize(const Options& options, bool has_text) {
  LlmInferenceOptions engine = options.engine;
  engine.base_options.model_asset_path = options.model;
  ET_ASSIGN_OR_RETURN(const auto llm, LlmInference::Create(engine));
  if (!options.ids.empty()) {
    ET_ASSIGN_OR_RETURN(const std::string text, llm->Detokenize(options.ids));
    std::cout << text << "\n";
    return absl::OkStatus();
  }
  std::string text = options.text;
  if (!has_text) text.assign(std::istreambuf_iterator<char>(std::cin), {});
  ET_ASSIGN_OR_RETURN(const std::vector<int32_t> ids, llm->Tokenize(text));
  std::cout << absl::StrJoin(ids, " ") << "\n";
  return absl::OkStatus();
}

}  // namespace

Action AddTokenizeCommand(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("tokenize", "Show a text as token ids, or ids as a text");
  command->add_option("model", options->model, "A .task, .litertlm or .tflite file")->required();
  CLI::Option* text = command->add_option("text", options->text, "Default: all of stdin");
  command->add_option("--ids", options->ids, "Token ids, to be shown as a text")->excludes(text);
  command->add_option("--tokenizer", options->engine.tokenizer_path,
                      "A tokenizer.model or tokenizer.json instead of the one inside");
  command->footer(
      "Examples:\n"
      "  edgetasks tokenize models/story/story.task 'Once upon a time'\n"
      "  edgetasks tokenize models/story/story.task --ids 403 407 261");
  return [options, text] { return Tokenize(*options, text->count() > 0); };
}

}  // namespace edgetasks::cli
