#include "tests/support/subprocess.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace edgetasks::test {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// What a cross build runs programs with, from CMAKE_CROSSCOMPILING_EMULATOR (parts joined by '|');
// empty where the processor is the one that was built for.
std::vector<std::string> EmulatorCommand() {
  std::istringstream parts(EDGETASKS_EMULATOR);
  std::vector<std::string> command;
  for (std::string part; std::getline(parts, part, '|');) command.push_back(part);
  return command;
}

}  // namespace

ProcessResult RunProcess(const std::vector<std::string>& arguments, const std::string& input) {
  // Files instead of pipes: no deadlock, whatever the program reads and writes first.
  const TemporaryFolder folder;
  const std::string in = folder.path() + "/in", out = folder.path() + "/out",
                    err = folder.path() + "/err";
  std::ofstream(in, std::ios::binary) << input;
  std::vector<char*> argv;
  static const std::vector<std::string> emulator = EmulatorCommand();
  for (const std::string& part : emulator) argv.push_back(const_cast<char*>(part.c_str()));
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    dup2(open(in.c_str(), O_RDONLY), 0);
    dup2(open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    dup2(open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    execv(argv[0], argv.data());
    std::perror(argv[0]);
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  ProcessResult result;
  result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = ReadAll(out);
  result.err = ReadAll(err);
  return result;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "edgetasks-XXXXXX").string();
  if (mkdtemp(name.data()) != nullptr) path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

}  // namespace edgetasks::test
