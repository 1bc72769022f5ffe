// This file is compiled without instruction-set flags: it runs before anything is known.
#include "core/base/cpu_features.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

#include <atomic>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/base/error.h"

namespace edgetasks {
namespace {

struct LevelName {
  CpuLevel level;
  absl::string_view name;
};
constexpr LevelName kNames[] = {
    {CpuLevel::kScalar, "scalar"},         {CpuLevel::kAvx2, "avx2"},
    {CpuLevel::kAvxVnni, "avxvnni"},       {CpuLevel::kAvx512, "avx512"},
    {CpuLevel::kAvx512Vnni, "avx512vnni"}, {CpuLevel::kNeon, "neon"},
    {CpuLevel::kDotprod, "dotprod"},       {CpuLevel::kI8mm, "i8mm"},
};

#if defined(EDGETASKS_SIMD) && defined(__x86_64__)
// Of a processor whose system saves 256-bit registers. Not every compiler's builtin knows the name.
bool HasAvxVnni() {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  constexpr unsigned kAvxVnniBit = 1u << 4;  // of EAX, leaf 7, subleaf 1
  return __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & kAvxVnniBit) != 0;
}
#endif

// Worst first. The compiler's builtins read cpuid and ask the system (xgetbv) whether it saves the
// wide registers.
std::vector<CpuLevel> DetectLevels() {
  std::vector<CpuLevel> levels = {CpuLevel::kScalar};
#if defined(EDGETASKS_SIMD) && defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
      !__builtin_cpu_supports("f16c")) {
    return levels;
  }
  levels.push_back(CpuLevel::kAvx2);
  if (HasAvxVnni()) levels.push_back(CpuLevel::kAvxVnni);
  if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
      !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) {
    return levels;
  }
  levels.push_back(CpuLevel::kAvx512);
  if (__builtin_cpu_supports("avx512vnni")) levels.push_back(CpuLevel::kAvx512Vnni);
#elif defined(EDGETASKS_SIMD) && defined(__aarch64__)
  levels.push_back(CpuLevel::kNeon);  // part of the architecture
  // The system's bits (HWCAP_ASIMDDP, HWCAP2_I8MM): older headers do not name them.
  constexpr uint64_t kDotprodBit = 1u << 20, kI8mmBit = 1u << 13;
  if ((getauxval(AT_HWCAP) & kDotprodBit) == 0) return levels;
  levels.push_back(CpuLevel::kDotprod);
  if ((getauxval(AT_HWCAP2) & kI8mmBit) != 0) levels.push_back(CpuLevel::kI8mm);
#endif
  return levels;
}

std::string NamesOf(const std::vector<CpuLevel>& levels) {
  return absl::StrJoin(
      levels, ", ", [](std::string* out, CpuLevel level) { absl::StrAppend(out, NameOf(level)); });
}

// -1: not chosen yet.
std::atomic<int> chosen_level{-1};

}  // namespace

absl::string_view NameOf(CpuLevel level) {
  for (const LevelName& row : kNames) {
    if (row.level == level) return row.name;
  }
  return "unknown";
}

const std::vector<CpuLevel>& SupportedCpuLevels() {
  static const auto* const levels = [] {
    std::vector<CpuLevel> worst_first = DetectLevels();
    return new std::vector<CpuLevel>(worst_first.rbegin(), worst_first.rend());
  }();
  return *levels;
}

absl::Status SelectCpuLevel(absl::string_view name) {
  const std::vector<CpuLevel>& supported = SupportedCpuLevels();
  absl::string_view source = "the CPU level";
  if (name.empty()) {
    source = "EDGETASKS_CPU";
    const char* environment = std::getenv("EDGETASKS_CPU");
    if (environment != nullptr) name = environment;
  }
  if (name.empty()) {
    chosen_level = static_cast<int>(supported.front());
    return absl::OkStatus();
  }
  for (CpuLevel level : supported) {
    if (NameOf(level) != name) continue;
    chosen_level = static_cast<int>(level);
    return absl::OkStatus();
  }
  bool known = false;
  for (const LevelName& row : kNames) known |= row.name == name;
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                   absl::StrCat(source, " is \"", name, "\", which ",
                                known ? "this processor or this build does not have"
                                      : "is not a level that EdgeTasks knows",
                                "; possible here: ", NamesOf(supported)));
}

CpuLevel ActiveCpuLevel() {
  const int level = chosen_level;
  return level < 0 ? SupportedCpuLevels().front() : static_cast<CpuLevel>(level);
}

}  // namespace edgetasks
