#include "cpp_api/cli/terminal.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace edgetasks::cli {
std::string Bold(const std::string& text) {
  static const bool colours = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
  return colours ? absl::StrCat("\033[1m", text, "\033[0m") : text;
}

std::string HumanBytes(int64_t bytes) {
  if (bytes < 1024) return absl::StrCat(bytes, " B");
  double value = static_cast<double>(bytes);
  const char* unit = "B";
  for (const char* next : {"KiB", "MiB", "GiB", "TiB"}) {
    if (value < 1024.0) break;
    value /= 1024.0;
    unit = next;
  }
  return absl::StrFormat("%.1f %s", value, unit);
}

int64_t PeakMemoryBytes() {
  // The system counts in ru_maxrss what this process held before it became this program, that is
  // what its parent held. VmHWM begins anew with each program.
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    int64_t kib = 0;
    if (std::sscanf(line.c_str(), "VmHWM: %" SCNd64, &kib) == 1) return kib * 1024;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return int64_t{usage.ru_maxrss} * 1024;
}

Progress::Progress(std::string what) : what_(std::move(what)) {}

Progress::~Progress() {
  if (visible_) std::cerr << "\r\033[K" << std::flush;
}

void Progress::Update(const std::string& detail) {
  if (isatty(STDERR_FILENO) == 0) return;
  const double now_s = since_start_.seconds();
  if (now_s < 1.0 || now_s - written_s_ < 0.1) return;
  written_s_ = now_s;
  visible_ = true;
  std::cerr << "\r\033[K" << what_ << ": " << detail << std::flush;
}

void Progress::Update(int64_t done, int64_t all) {
  constexpr int64_t kWidth = 30;
  const int64_t full = all > 0 ? done * kWidth / all : 0;
  Update(absl::StrCat("[", std::string(full, '#'), std::string(kWidth - full, ' '), "] ", done,
                      " of ", all));
}

}  // namespace edgetasks::cli
