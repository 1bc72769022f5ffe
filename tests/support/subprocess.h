// Runs a program as a user would.
#ifndef TESTS_SUPPORT_SUBPROCESS_H_
#define TESTS_SUPPORT_SUBPROCESS_H_

#include <string>
#include <vector>

namespace edgetasks::test {

struct ProcessResult {
  int exit_status = -1;  // 128 + the signal's number if a signal ended it
  std::string out, err;
};

// `arguments[0]` is the program's path. Nothing is interpreted by a shell. `input` goes to its
// stdin.
ProcessResult RunProcess(const std::vector<std::string>& arguments, const std::string& input = "");

// A new empty folder that is removed, with all in it, when this dies.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_SUBPROCESS_H_
