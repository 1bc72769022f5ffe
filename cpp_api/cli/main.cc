// The `edgetasks` command: results on stdout, everything else on stderr; exit status 0, 1 when
// something failed, 2 when the command line was wrong.
#include <iostream>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "core/base/error.h"
#include "cpp_api/cli/commands.h"

namespace {

constexpr int kFailure = 1;
constexpr int kUsage = 2;

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Language models and picture classifiers on this machine's processor.", "edgetasks");
  app.set_version_flag("--version", EDGETASKS_VERSION);
  app.require_subcommand(1);
  app.footer("`edgetasks COMMAND --help` shows the options and examples of a command.");

  using edgetasks::cli::Action;
  std::vector<Action> actions = {
      edgetasks::cli::AddRunCommand(app),     edgetasks::cli::AddClassifyCommand(app),
      edgetasks::cli::AddDemoCommand(app),    edgetasks::cli::AddEvaluateCommand(app),
      edgetasks::cli::AddInspectCommand(app), edgetasks::cli::AddInvokeCommand(app),
      edgetasks::cli::AddBenchCommand(app),   edgetasks::cli::AddOpsCommand(app),
      edgetasks::cli::AddTokenizeCommand(app)};
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kUsage;
  }
  const std::vector<CLI::App*> commands = app.get_subcommands({});
  for (size_t i = 0; i < commands.size(); ++i) {
    if (!commands[i]->parsed()) continue;
    const absl::Status status = actions[i]();
    if (status.ok()) return 0;
    std::cerr << "edgetasks " << commands[i]->get_name() << ": " << status.message() << "\n";
    const bool usage = edgetasks::GetErrorDetail(status) == edgetasks::ErrorDetail::kInvalidOption;
    return usage ? kUsage : kFailure;
  }
  return kUsage;
}
