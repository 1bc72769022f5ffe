// The options of a session as flags of a command.
#ifndef CPP_API_CLI_SESSION_FLAGS_H_
#define CPP_API_CLI_SESSION_FLAGS_H_

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "edgetasks/llm_inference_options.h"

namespace edgetasks::cli {

// Flags as they were given. `options` takes the plain ones directly.
struct SessionFlags {
  LlmInferenceSessionOptions options;
  std::vector<std::string> logit_bias;  // ID=VALUE
  std::string overflow = "stop";
  std::string json_schema, regex, grammar;  // a text, or @FILE
  std::vector<std::string> choices;
  bool json = false;
};

// The text itself, or after an @ what the file of that name holds. NOT_FOUND names the flag.
absl::StatusOr<std::string> TextOrFile(const std::string& value, absl::string_view flag);

// Adds them to `command`; `flags` must outlive it.
void AddSessionFlags(CLI::App* command, SessionFlags* flags);

// The session options that they ask for. INVALID_ARGUMENT, NOT_FOUND name the flag.
absl::StatusOr<LlmInferenceSessionOptions> ToSessionOptions(const SessionFlags& flags);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_SESSION_FLAGS_H_
