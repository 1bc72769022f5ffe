#include "cpp_api/cli/folder_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/base/error.h"

namespace edgetasks::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kLabels = {"Granny Smith", "crane", "T-shirt", "crane", "", "7"};

std::string ErrorOf(const std::vector<std::string>& folders,
                    const std::vector<std::string>& labels = kLabels) {
  const auto status = MatchFolders(folders, labels).status();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
  return std::string(status.message());
}

TEST(FolderLabelsTest, NamesAreLabelsThenPlainLabelsThenIndices) {
  const auto classes = MatchFolders({"granny_smith", "T-shirt", "4", "3", "7"}, kLabels);
  ASSERT_TRUE(classes.ok()) << classes.status();
  EXPECT_THAT(*classes, ElementsAre(0, 2, 4, 3, 5));
  const auto case_counts = MatchFolders({"a", "A"}, {"A", "a"});
  ASSERT_TRUE(case_counts.ok()) << case_counts.status();
  EXPECT_THAT(*case_counts, ElementsAre(1, 0));
}

TEST(FolderLabelsTest, EveryFolderWithoutAClassIsNamedWithWhatIsMostAlike) {
  EXPECT_THAT(ErrorOf({"t_shirts", "T-shirt", "crain"}),
              AllOf(HasSubstr("'t_shirts' is no label of the model and no class index from 0 to 5; "
                              "most alike: 'T-shirt', "),
                    HasSubstr("'crain' is no label"), HasSubstr("most alike: 'crane', "),
                    HasSubstr("--labels FILE"), Not(HasSubstr("'T-shirt' is"))));
  EXPECT_THAT(ErrorOf({"6"}), HasSubstr("'6' is no label"));
  EXPECT_THAT(ErrorOf({"-1"}), HasSubstr("'-1' is no label"));
  EXPECT_THAT(ErrorOf({"x"}, {"", ""}), HasSubstr("the model has no labels"));
}

TEST(FolderLabelsTest, LabelsOfTwoClassesAndClassesOfTwoFoldersAreErrors) {
  EXPECT_THAT(ErrorOf({"crane"}), HasSubstr("'crane' stands for the classes 1, 3; name it by one"));
  EXPECT_THAT(ErrorOf({"2", "t shirt"}), HasSubstr("'2' and 't shirt' both stand for class 2"));
}

}  // namespace
}  // namespace edgetasks::cli
