// What the command line prints with: colours and progress only where a person looks.
#ifndef CPP_API_CLI_TERMINAL_H_
#define CPP_API_CLI_TERMINAL_H_

#include <cstdint>
#include <string>

namespace edgetasks::cli {

// `text`, bold if stdout is a terminal and NO_COLOR is not set.
std::string Bold(const std::string& text);

// "1.5 MiB".
std::string HumanBytes(int64_t bytes);

// The peak memory of this process so far, in bytes (the resident set's high-water mark).
int64_t PeakMemoryBytes();

// Says "what ..." on stderr if it is still alive after a second, and what it is at with Update();
// wipes the line when it dies. Silent where stderr is not a terminal.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Replaces the line by "what: detail". Call it as often as you like: it writes at most ten times
  // a second.
  void Update(const std::string& detail);

 private:
  std::string what_;
  int64_t started_ms_, written_ms_ = 0;
  bool visible_ = false;
};

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_TERMINAL_H_
