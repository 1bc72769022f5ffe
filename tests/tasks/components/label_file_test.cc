#include "tasks/components/label_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "core/base/error.h"

namespace edgetasks::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Parse(absl::string_view text) {
  return ParseLabels({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

TEST(LabelFileTest, FinalLineEndStartsNoLabel) {
  EXPECT_THAT(Parse("cat\ndog\n"), ElementsAre("cat", "dog"));
  EXPECT_THAT(Parse("cat\ndog"), ElementsAre("cat", "dog"));
}

TEST(LabelFileTest, EmptyLinesAreLabelsToo) {
  EXPECT_THAT(Parse("\ncat\n\n"), ElementsAre("", "cat", ""));
  EXPECT_THAT(Parse(""), IsEmpty());
}

TEST(LabelFileTest, WindowsLineEndsAndByteOrderMarkAreNoPartOfLabels) {
  EXPECT_THAT(Parse("\xef\xbb\xbf"
                    "cat\r\nbig dog\r\n"),
              ElementsAre("cat", "big dog"));
}

TEST(LabelFileTest, ReadsAFile) {
  const std::string path = ::testing::TempDir() + "/label_file_test.txt";
  std::ofstream(path) << "Katze\nGr\xc3\xbcnfink\n";
  const auto labels = ReadLabels(path);
  std::remove(path.c_str());
  ASSERT_TRUE(labels.ok()) << labels.status();
  EXPECT_THAT(*labels, ElementsAre("Katze", "Gr\xc3\xbcnfink"));
}

TEST(LabelFileTest, MissingFileNamesTheOptionAndThePath) {
  const absl::Status status = ReadLabels("/nonexistent/labels.txt").status();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kFileNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("labels_path: "));
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nonexistent/labels.txt"));
}

}  // namespace
}  // namespace edgetasks::tasks
