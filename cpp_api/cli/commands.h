// The subcommands of `edgetasks`, one file each.
#ifndef CPP_API_CLI_COMMANDS_H_
#define CPP_API_CLI_COMMANDS_H_

#include <functional>

#include "CLI/App.hpp"
#include "absl/status/status.h"

namespace edgetasks::cli {

// Adds a subcommand with its options to `app`, and returns what runs it after parsing.
// Results go to stdout, everything else to stderr.
using Action = std::function<absl::Status()>;

Action AddRunCommand(CLI::App& app);
Action AddClassifyCommand(CLI::App& app);
Action AddDemoCommand(CLI::App& app);
Action AddEvaluateCommand(CLI::App& app);
Action AddInspectCommand(CLI::App& app);
Action AddInvokeCommand(CLI::App& app);
Action AddBenchCommand(CLI::App& app);
Action AddOpsCommand(CLI::App& app);
Action AddTokenizeCommand(CLI::App& app);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_COMMANDS_H_
