#include "core/base/cpu_features.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace edgetasks {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class CpuFeaturesTest : public ::testing::Test {
 protected:
  void TearDown() override {
    unsetenv("EDGETASKS_CPU");
    ASSERT_TRUE(SelectCpuLevel().ok());
  }
};

TEST_F(CpuFeaturesTest, ScalarIsAlwaysTheLastResort) {
  ASSERT_FALSE(SupportedCpuLevels().empty());
  EXPECT_EQ(SupportedCpuLevels().back(), CpuLevel::kScalar);
}

TEST_F(CpuFeaturesTest, TheBestLevelIsTheDefault) {
  unsetenv("EDGETASKS_CPU");
  ASSERT_TRUE(SelectCpuLevel().ok());
  EXPECT_EQ(ActiveCpuLevel(), SupportedCpuLevels().front());
}

TEST_F(CpuFeaturesTest, TakesEverySupportedLevelByName) {
  for (CpuLevel level : SupportedCpuLevels()) {
    ASSERT_TRUE(SelectCpuLevel(NameOf(level)).ok());
    EXPECT_EQ(ActiveCpuLevel(), level);
  }
}

#if defined(__x86_64__) && defined(__linux__)
// The system's own list of what it lets programs use.
TEST_F(CpuFeaturesTest, LevelsAreThoseThatTheSystemLists) {
  const std::vector<CpuLevel>& levels = SupportedCpuLevels();
  if (levels.size() == 1) GTEST_SKIP() << "built without SIMD, or nothing to list";
  std::ifstream cpuinfo("/proc/cpuinfo");
  std::string line;
  while (std::getline(cpuinfo, line) && line.rfind("flags", 0) != 0) {
  }
  ASSERT_FALSE(line.empty()) << "/proc/cpuinfo has no flags";
  const std::pair<CpuLevel, const char*> flags[] = {{CpuLevel::kAvx2, " avx2 "},
                                                    {CpuLevel::kAvxVnni, " avx_vnni "},
                                                    {CpuLevel::kAvx512, " avx512vl "},
                                                    {CpuLevel::kAvx512Vnni, " avx512_vnni "}};
  for (const auto& [level, flag] : flags) {
    const bool listed = (line + " ").find(flag) != std::string::npos;
    EXPECT_EQ(std::count(levels.begin(), levels.end(), level), listed ? 1 : 0) << flag;
  }
}
#endif

TEST_F(CpuFeaturesTest, TheEnvironmentForcesALevel) {
  setenv("EDGETASKS_CPU", "scalar", 1);
  ASSERT_TRUE(SelectCpuLevel().ok());
  EXPECT_EQ(ActiveCpuLevel(), CpuLevel::kScalar);
}

TEST_F(CpuFeaturesTest, AnUnknownLevelIsAnErrorThatListsTheKnown) {
  setenv("EDGETASKS_CPU", "avx3", 1);
  const absl::Status status = SelectCpuLevel();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("EDGETASKS_CPU is \"avx3\""), HasSubstr("scalar")));
}

TEST_F(CpuFeaturesTest, ALevelOfAnotherProcessorIsAnErrorAndChangesNothing) {
#if defined(__x86_64__)
  const char* foreign = "neon";
#else
  const char* foreign = "avx2";
#endif
  const CpuLevel before = ActiveCpuLevel();
  EXPECT_THAT(std::string(SelectCpuLevel(foreign).message()), HasSubstr("does not have"));
  EXPECT_EQ(ActiveCpuLevel(), before);
}

}  // namespace
}  // namespace edgetasks
