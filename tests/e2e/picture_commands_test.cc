// `edgetasks classify` and `edgetasks evaluate` on folders of pictures.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/support/subprocess.h"
#include "tests/support/testdata.h"

namespace edgetasks {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::ProcessResult;
using test::SourcePath;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kEmoji = SourcePath("models/emoji/emoji_int8.tflite");

ProcessResult RunCli(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), EDGETASKS_COMMAND);
  return test::RunProcess(arguments);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// root/{owl,panda,pizza,rocket}/... with two copies of each sample, one of them deeper; and files
// that are no pictures.
class PictureFolderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"owl", "panda", "pizza", "rocket"}) {
      const fs::path sample = SourcePath(std::string("models/emoji/samples/") + name + ".png");
      fs::create_directories(root() / name / "more, \"and\" more");
      fs::copy_file(sample, root() / name / "1.png");
      fs::copy_file(sample, root() / name / "more, \"and\" more" / "2.PNG");
    }
    std::ofstream(root() / "owl" / "broken.png") << "no picture";
    std::ofstream(root() / "owl" / "notes.txt") << "no picture either";
    fs::create_directory(root() / ".hidden");
    std::ofstream(root() / ".hidden" / "3.png") << "not looked at";
  }
  fs::path root() const { return fs::path(folder_.path()) / "pictures"; }
  std::string Out(const char* name) const { return folder_.path() + "/" + name; }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(PictureFolderTest, ClassifyGoesThroughFoldersAndReportsWhatItCannotRead) {
  for (const char* jobs : {"1", "2", "5"}) {
    const ProcessResult result = RunCli(
        {"classify", kEmoji, root().string(), "--json", "--max-results", "1", "--jobs", jobs});
    EXPECT_EQ(result.exit_status, 1);
    EXPECT_THAT(result.err, AllOf(HasSubstr("owl/broken.png: not a picture"),
                                  Not(HasSubstr("notes.txt")), Not(HasSubstr("hidden"))));
    const json report = json::parse(result.out);
    ASSERT_EQ(report.size(), 8u);
    for (size_t i = 0; i < report.size(); ++i) {
      const std::string picture = report[i]["picture"];
      EXPECT_THAT(picture, HasSubstr(i % 2 == 0 ? "/1.png" : "/2.PNG"));
      const std::string label = report[i]["classifications"][0]["categories"][0]["category_name"];
      EXPECT_THAT(picture, HasSubstr("/" + label + "/"));
    }
  }
}

TEST_F(PictureFolderTest, CsvHasALineForEachClassOfEachPicture) {
  fs::remove(root() / "owl" / "broken.png");
  const ProcessResult result =
      RunCli({"classify", kEmoji, root().string(), "--csv", "--max-results", "2"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.out,
              AllOf(StartsWith("picture,head,rank,index,score,category_name,display_name\r\n"),
                    HasSubstr("/owl/1.png,0,1,"), HasSubstr(",0.953125,owl,\r\n"),
                    HasSubstr("/owl/more, \"\"and\"\" more/2.PNG\",0,2,")));
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 1 + 8 * 2);
  EXPECT_EQ(RunCli({"classify", kEmoji, root().string(), "--csv", "--json"}).exit_status, 2);
}

TEST_F(PictureFolderTest, AFolderWithoutPicturesDoesNotStopTheOthers) {
  fs::create_directory(root() / "empty");
  const ProcessResult result = RunCli({"classify", kEmoji, (root() / "empty").string(),
                                       (root() / "panda").string(), "--max-results", "1"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("panda"));
  EXPECT_THAT(result.err, HasSubstr("empty: the folder holds no pictures; expected files"));
}

TEST_F(PictureFolderTest, EvaluateCountsAndWritesItsReports) {
  // A rocket among the pandas: 7 of 8 are right.
  fs::copy_file(SourcePath("models/emoji/samples/rocket.png"), root() / "panda" / "1.png",
                fs::copy_options::overwrite_existing);
  const std::string html = Out("report.html"), png = Out("confusion.png");
  const ProcessResult result =
      RunCli({"evaluate", kEmoji, root().string(), "--json", "--html", html, "--png", png});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("left out: "));
  const json report = json::parse(result.out);
  EXPECT_EQ(report["pictures"], 8);
  EXPECT_EQ(report["unreadable"].size(), 1u);
  EXPECT_EQ(report["top1"], 7.0 / 8);
  EXPECT_EQ(report["confusions"].size(), 5u);
  EXPECT_GT(report["latency_ms"]["p50"], 0);
  EXPECT_GE(report["latency_ms"]["p99"], report["latency_ms"]["p50"]);
  for (const json& c : report["classes"]) {
    EXPECT_EQ(c["support"], 2);
    EXPECT_EQ(c["recall"], c["label"] == "panda" ? 0.5 : 1.0);
    EXPECT_NEAR(c["precision"].get<double>(), c["label"] == "rocket" ? 2.0 / 3 : 1.0, 1e-15);
  }
  EXPECT_THAT(ReadFile(html), AllOf(StartsWith("<!doctype html>"), HasSubstr("<b>0.8750</b>")));
  EXPECT_THAT(ReadFile(png), StartsWith("\x89PNG\r\n"));
  const ProcessResult text = RunCli({"evaluate", kEmoji, root().string()});
  EXPECT_THAT(text.out, AllOf(HasSubstr("8 pictures, top-1 0.8750"), HasSubstr("rocket (1)")));
}

// What the model does not say is said to all three commands with the same words.
TEST_F(PictureFolderTest, CommandsTakeTheSameModelOptions) {
  const std::string path = root().string();
  const std::vector<std::string> commands[] = {
      {"classify", kEmoji, path}, {"evaluate", kEmoji, path}, {"demo", kEmoji, "--port", "0"}};
  for (std::vector<std::string> command : commands) {
    command.insert(command.end(), {"--input-layout", "nchw"});
    const ProcessResult result = RunCli(command);
    EXPECT_EQ(result.exit_status, 2) << command[0];
    EXPECT_THAT(result.err, HasSubstr("input_layout is NCHW, but input")) << command[0];
    command.back() = "diagonal";
    EXPECT_THAT(RunCli(command).err, HasSubstr("--input-layout")) << command[0];
  }
  // Blue for red makes the panda no other animal, but the scores others.
  std::vector<std::string> evaluate = {"evaluate", kEmoji, path, "--json"};
  const json plain = json::parse(RunCli(evaluate).out);
  evaluate.insert(evaluate.end(), {"--color-order", "bgr", "--resize-mode", "center-crop",
                                   "--resize-filter", "area", "--softmax", "auto"});
  const ProcessResult other = RunCli(evaluate);
  ASSERT_EQ(other.exit_status, 0) << other.err;
  EXPECT_EQ(json::parse(other.out)["pictures"], plain["pictures"]);
  EXPECT_LT(json::parse(other.out)["top1"], plain["top1"]);
}

TEST_F(PictureFolderTest, EvaluateSaysWhichFoldersAreNoClasses) {
  fs::rename(root() / "owl", root() / "ovl");
  const ProcessResult result = RunCli({"evaluate", kEmoji, root().string()});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("'ovl' is no label of the model"));
  EXPECT_THAT(result.err, HasSubstr("'owl'"));
  EXPECT_THAT(result.out, IsEmpty());
  const ProcessResult flat = RunCli({"evaluate", kEmoji, SourcePath("models/emoji/samples")});
  EXPECT_EQ(flat.exit_status, 2);
  EXPECT_THAT(flat.err, HasSubstr("expected a folder for each class"));
  EXPECT_THAT(RunCli({"evaluate", kEmoji, root().string(), "--head", "1"}).err,
              HasSubstr("the model has no such head"));
}

}  // namespace
}  // namespace edgetasks
