// What the passes recognise in every model at hand, pinned in data/plans_*.txt: a line a step of a
// language model, or a signature. A pattern that is no longer recognised is slower, not wrong, so
// no other test would notice.
//
// After a change that was meant: EDGETASKS_UPDATE_GOLDEN=1 ctest --preset dev -R PlanGolden
// and look at the difference before it is committed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/support/subprocess.h"
#include "tests/support/testdata.h"

namespace edgetasks {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// Elsewhere the tests run under an emulator, which cannot start this machine's programs.
#if defined(__x86_64__)
constexpr bool kCanUnpack = true;
#else
constexpr bool kCanUnpack = false;
#endif

std::string Counts(const char* title, const json& counts) {
  std::vector<std::string> parts;
  for (const auto& [name, count] : counts.items()) {
    parts.push_back(absl::StrCat(name, " x", count.dump()));
  }
  return parts.empty() ? "" : absl::StrCat("; ", title, " ", absl::StrJoin(parts, ", "));
}

// Nothing of it depends on the machine.
std::string Line(const std::string& name, const json& plan) {
  const std::string head = absl::StrCat(name, " ", plan["name"].get<std::string>(), ": ");
  if (plan.contains("error")) return absl::StrCat(head, "cannot run");
  std::string line =
      absl::StrCat(head, plan["ops_in_file"].dump(), " ops, ", plan["ops_run"].dump(), " run",
                   Counts("fused", plan["fused"]), Counts("left", plan["unfused"]),
                   Counts("inlined", plan["inlined_composites"]));
  if (plan["aliases_allowed"] != plan["aliases_granted"]) {
    absl::StrAppend(&line, "; ", plan["aliases_granted"].dump(), " of ",
                    plan["aliases_allowed"].dump(), " caches in place");
  }
  return line;
}

// The lines of the models under `root`, each with its path below it in front.
std::vector<std::string> PlansOf(const fs::path& root) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    const absl::string_view packed = absl::StripSuffix(name, ".xz");
    for (const char* extension : {".tflite", ".task", ".litertlm"}) {
      if (entry.is_regular_file() && absl::EndsWith(packed, extension))
        files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::vector<std::string> lines;
  for (const fs::path& file : files) {
    const test::TemporaryFolder folder;
    std::string model = file.string();
    if (file.extension() == ".xz") {
      if (!kCanUnpack) continue;
      model = absl::StrCat(folder.path(), "/", file.stem().string());
      const test::ProcessResult unpacked =
          test::RunProcess({"/bin/sh", "-c", "xz -dc \"$0\" > \"$1\"", file.string(), model});
      EXPECT_EQ(unpacked.exit_status, 0) << file << ": " << unpacked.err;
    }
    const std::string name = fs::relative(file, root).string();
    const test::ProcessResult result =
        test::RunProcess({EDGETASKS_COMMAND, "inspect", "--plan", "--json", model});
    const json report = json::parse(result.out, nullptr, /*allow_exceptions=*/false);
    if (result.exit_status != 0 || report.is_discarded()) {
      ADD_FAILURE() << name << ": " << result.err;
      continue;
    }
    for (const json& plan : report["plans"]) lines.push_back(Line(name, plan));
  }
  return lines;
}

// Holds `lines` against those pinned in `name`, or pins them.
void Compare(const std::vector<std::string>& lines, const std::string& name) {
  const std::string path = test::SourcePath(absl::StrCat("tests/golden/data/", name));
  if (std::getenv("EDGETASKS_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << absl::StrJoin(lines, "\n") << "\n";
    return;
  }
  std::set<std::string> before;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (kCanUnpack || !absl::StrContains(line, ".xz ")) before.insert(line);
  }
  const std::set<std::string> now(lines.begin(), lines.end());
  std::string difference;
  for (const std::string& line : before) {
    if (now.count(line) == 0) absl::StrAppend(&difference, "- ", line, "\n");
  }
  for (const std::string& line : now) {
    if (before.count(line) == 0) absl::StrAppend(&difference, "+ ", line, "\n");
  }
  EXPECT_TRUE(difference.empty()) << "Plans differ from " << path << ":\n"
                                  << difference
                                  << "If that was meant: EDGETASKS_UPDATE_GOLDEN=1 ctest --preset "
                                     "dev -R PlanGolden, and commit "
                                     "the file.";
  EXPECT_FALSE(lines.empty());
}

TEST(PlanGoldenTest, TheModelsThatShip) {
  Compare(PlansOf(test::SourcePath("models")), "plans_models.txt");
}

TEST(PlanGoldenTest, TheTestData) {
  const std::string root = test::TestDataPath("");
  if (!fs::exists(root)) GTEST_SKIP() << "test data is absent: " << root;
  Compare(PlansOf(root), "plans_testdata.txt");
}

}  // namespace
}  // namespace edgetasks
