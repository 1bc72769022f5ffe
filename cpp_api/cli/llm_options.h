// Options of a language model that several commands have.
#ifndef CPP_API_CLI_LLM_OPTIONS_H_
#define CPP_API_CLI_LLM_OPTIONS_H_

#include "CLI/CLI.hpp"
#include "tasks/llm_inference/llm_inference_options.h"

namespace edgetasks::cli {

// --kv-cache and --weights. `options` must outlive the command.
void AddLlmMemoryOptions(CLI::App* command, LlmInferenceOptions* options);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_LLM_OPTIONS_H_
