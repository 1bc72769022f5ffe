#include "cpp_api/cli/session_flags.h"

#include <fstream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "core/base/status_macros.h"

namespace edgetasks::cli {
namespace {

using Format = LlmResponseFormat;

absl::StatusOr<LlmLogitBias> ParseBias(const std::string& text) {
  const size_t at = text.find('=');
  LlmLogitBias bias;
  if (at == std::string::npos || !absl::SimpleAtoi(text.substr(0, at), &bias.token) ||
      !absl::SimpleAtof(text.substr(at + 1), &bias.bias)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--logit-bias ", text, ": expected TOKEN=BIAS, such as 42=-5; `edgetasks tokenize` lists ",
        "the tokens of a text"));
  }
  return bias;
}

void AddChoiceFlags(CLI::App* command, LlmInferenceSessionOptions* o) {
  command->add_option("--top-k", o->top_k, "Choose among the k most probable tokens")
      ->check(CLI::Range(1, 1 << 30))
      ->capture_default_str();
  command->add_option("--top-p", o->top_p, "... that together reach this probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--min-p", o->min_p, "... of at least so much of the best one's")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--typical-p", o->typical_p, "... the most typical that reach this")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--temperature", o->temperature, "0 always takes the most probable token")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--seed", o->random_seed, "The same seed gives the same text")
      ->capture_default_str();
}

void AddRuleFlags(CLI::App* command, SessionFlags* flags) {
  LlmInferenceSessionOptions* o = &flags->options;
  const std::string group = "Penalties and bans";
  const auto add = [&](const char* name, auto* value, const char* what) {
    command->add_option(name, *value, what)->group(group)->capture_default_str();
  };
  add("--repetition-penalty", &o->repetition_penalty, "For tokens of the context; 1: none");
  add("--presence-penalty", &o->presence_penalty, "For tokens that the response has");
  add("--frequency-penalty", &o->frequency_penalty, "... once for each time");
  add("--penalty-window", &o->penalty_window, "They look at so many last tokens (0: all)");
  add("--no-repeat-ngram", &o->no_repeat_ngram_size, "No run of so many tokens comes twice");
  command->add_option("--logit-bias", flags->logit_bias, "TOKEN=BIAS, as often as wanted")
      ->group(group);
  command->add_option("--suppress", o->suppressed_tokens, "Token ids that are never chosen")
      ->group(group);
}

void AddEndFlags(CLI::App* command, SessionFlags* flags) {
  LlmInferenceSessionOptions* o = &flags->options;
  const std::string group = "End of a response";
  command
      ->add_option("--max-output-tokens", o->max_output_tokens,
                   "Stop after so many tokens (0: no such limit)")
      ->check(CLI::NonNegativeNumber)
      ->group(group)
      ->capture_default_str();
  command->add_option("--stop", o->stop_strings, "Stop before this text, as often as wanted")
      ->group(group);
  command->add_option("--stop-token", o->stop_tokens, "Stop at this token id")->group(group);
  command->add_option("--timeout", o->timeout_ms, "Stop after so many milliseconds (0: never)")
      ->check(CLI::NonNegativeNumber)
      ->group(group)
      ->capture_default_str();
  command
      ->add_option("--overflow", flags->overflow,
                   "When the context is full: stop, error (before it is), drop (the oldest turns)")
      ->check(CLI::IsMember({"stop", "error", "drop"}))
      ->group(group)
      ->capture_default_str();
  command->add_option("--keep", o->keep_tokens, "--overflow drop keeps the first so many tokens")
      ->check(CLI::NonNegativeNumber)
      ->group(group)
      ->capture_default_str();
}

void AddFormatFlags(CLI::App* command, SessionFlags* flags) {
  CLI::Option_group* group = command->add_option_group(
      "Response format", "What a response must be; a text, or @FILE. At most one of them");
  group->add_option("--json-schema", flags->json_schema, "JSON that validates");
  group->add_option("--regex", flags->regex, "A match of this regular expression");
  group->add_option("--grammar", flags->grammar, "A text of this EBNF grammar");
  group->add_option("--choice", flags->choices, "One of these, each given with --choice");
  group->add_flag("--json", flags->json, "Any JSON object");
  group->require_option(0, 1);
}

}  // namespace

absl::StatusOr<std::string> TextOrFile(const std::string& value, absl::string_view flag) {
  absl::string_view path = value;
  if (!absl::ConsumePrefix(&path, "@")) return value;
  std::ifstream file{std::string(path)};
  if (!file) return absl::NotFoundError(absl::StrCat(flag, ": cannot read the file ", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

void AddSessionFlags(CLI::App* command, SessionFlags* flags) {
  AddChoiceFlags(command, &flags->options);
  AddRuleFlags(command, flags);
  AddEndFlags(command, flags);
  AddFormatFlags(command, flags);
}

absl::StatusOr<LlmInferenceSessionOptions> ToSessionOptions(const SessionFlags& flags) {
  LlmInferenceSessionOptions options = flags.options;
  for (const std::string& text : flags.logit_bias) {
    ET_ASSIGN_OR_RETURN(const LlmLogitBias bias, ParseBias(text));
    options.logit_bias.push_back(bias);
  }
  if (flags.overflow == "error") options.overflow_policy = LlmOverflowPolicy::kError;
  if (flags.overflow == "drop") options.overflow_policy = LlmOverflowPolicy::kDropOldest;
  Format& format = options.response_format;
  if (!flags.json_schema.empty()) {
    format.kind = Format::Kind::kJsonSchema;
    ET_ASSIGN_OR_RETURN(format.source, TextOrFile(flags.json_schema, "--json-schema"));
  } else if (!flags.regex.empty()) {
    format.kind = Format::Kind::kRegex;
    ET_ASSIGN_OR_RETURN(format.source, TextOrFile(flags.regex, "--regex"));
  } else if (!flags.grammar.empty()) {
    format.kind = Format::Kind::kGrammar;
    ET_ASSIGN_OR_RETURN(format.source, TextOrFile(flags.grammar, "--grammar"));
  } else if (!flags.choices.empty()) {
    format.kind = Format::Kind::kChoice;
    format.choices = flags.choices;
  } else if (flags.json) {
    format.kind = Format::Kind::kJson;
  }
  return options;
}

}  // namespace edgetasks::cli
