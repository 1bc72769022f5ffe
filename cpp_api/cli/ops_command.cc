// `edgetasks ops`: the operators that run, as the table of README.md.
#include <iostream>
#include <map>

#include "CLI/CLI.hpp"
#include "core/kernels/registry.h"
#include "cpp_api/cli/commands.h"

namespace edgetasks::cli {
namespace {

absl::Status PrintOps() {
  // Sorted by name; control flow and composites are run by the executor, not by a kernel.
  std::map<std::string, std::string> rows = {
      {"CALL_ONCE", "any"},
      {"IF", "any"},
      {"STABLEHLO_COMPOSITE", "by its decomposition"},
      {"WHILE", "any"},
  };
  for (const ir::Kernel& kernel : kernels::AllKernels()) {
    if (kernel.code > ir::OpCode::kFirstFused) continue;  // our own: never in a file
    const bool custom = kernel.code == ir::OpCode::CUSTOM;
    rows[custom ? std::string("CUSTOM ") + kernel.custom_name : ir::NameOf(kernel.code)] =
        kernel.types;
  }
  std::cout << "| operator | types |\n| --- | --- |\n";
  for (const auto& [name, types] : rows) std::cout << "| " << name << " | " << types << " |\n";
  return absl::OkStatus();
}

}  // namespace

Action AddOpsCommand(CLI::App& app) {
  app.add_subcommand("ops", "List the operators that run, as a Markdown table");
  return PrintOps;
}

}  // namespace edgetasks::cli
