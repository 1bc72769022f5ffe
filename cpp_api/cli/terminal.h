// What the command line prints with: colours and progress only where a person looks.
#ifndef CPP_API_CLI_TERMINAL_H_
#define CPP_API_CLI_TERMINAL_H_

#include <chrono>
#include <cstdint>
#include <string>

namespace edgetasks::cli {

// `text`, bold if stdout is a terminal and NO_COLOR is not set.
std::string Bold(const std::string& text);

// "1.5 MiB".
std::string HumanBytes(int64_t bytes);

// The peak memory of this process so far, in bytes (the resident set's high-water mark).
int64_t PeakMemoryBytes();

// Time since it was made.
class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Shows on stderr how far something is that takes longer than a second; wipes the line when it
// dies. Silent where stderr is not a terminal.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Replaces the line by "what: detail". Call it as often as you like: it writes at most ten times
  // a second.
  void Update(const std::string& detail);
  // The same with a bar: "what [#####     ] 120 of 240".
  void Update(int64_t done, int64_t all);

 private:
  std::string what_;
  Stopwatch since_start_;
  double written_s_ = 0;
  bool visible_ = false;
};

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_TERMINAL_H_
