// The command line as a user meets it: results on stdout, notes on stderr, exit status 0, 1 or 2,
// and messages that name the way out.
#include <algorithm>
#include <fstream>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cpp_api/cli/npy.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/support/subprocess.h"
#include "tests/support/testdata.h"

namespace edgetasks {
namespace {

using nlohmann::json;
using test::ProcessResult;
using test::SourcePath;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

ProcessResult RunCli(std::vector<std::string> arguments, const std::string& input = "") {
  arguments.insert(arguments.begin(), EDGETASKS_COMMAND);
  return test::RunProcess(arguments, input);
}

const std::string kStory = SourcePath("models/story/story.task");
const std::string kEmoji = SourcePath("models/emoji/emoji_f32.tflite");

// What LiteRT-LM 0.18.1 says, greedy (models/story/README.md).
constexpr char kStoryText[] =
    ", there was a little girl named Lily. She loved to play outside in the park. One day, she saw "
    "a big, red ball. She wanted to play with it,";

TEST(CliRunTest, StreamsOnlyTheContinuation) {
  for (const char* file : {"story.task", "story.litertlm"}) {
    const ProcessResult result =
        RunCli({"run", SourcePath(std::string("models/story/") + file), "--prompt",
                "Once upon a time", "--temperature", "0", "--max-output-tokens", "64"});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_THAT(result.out, StartsWith(kStoryText));
    EXPECT_THAT(result.err, IsEmpty());
  }
}

TEST(CliTokenizeTest, ShowsIdsAndTheirText) {
  const ProcessResult ids = RunCli({"tokenize", kStory, "Once upon a time"});
  EXPECT_EQ(ids.exit_status, 0) << ids.err;
  EXPECT_THAT(ids.out, MatchesRegex("[0-9]+( [0-9]+)+\n"));
  std::vector<std::string> back = {"tokenize", kStory, "--ids"};
  for (const absl::string_view id : absl::StrSplit(absl::StripSuffix(ids.out, "\n"), ' ')) {
    back.emplace_back(id);
  }
  EXPECT_EQ(RunCli(back).out, "Once upon a time\n");
  // The model's tokenizer.json cuts as its SentencePiece model does.
  EXPECT_EQ(RunCli({"tokenize", kStory, "Once upon a time", "--tokenizer",
                    SourcePath("models/story/tokenizer.json")})
                .out,
            ids.out);
  EXPECT_EQ(RunCli({"tokenize", kStory}, "Once upon a time").out, ids.out);
  const ProcessResult beyond = RunCli({"tokenize", kStory, "--ids", "1048576"});
  EXPECT_EQ(beyond.exit_status, 1);
  EXPECT_THAT(beyond.err, HasSubstr("token id 1048576 is outside"));
}

TEST(CliRunTest, TopK1IsGreedy) {
  const ProcessResult greedy = RunCli(
      {"run", kStory, "--prompt", "The dog", "--temperature", "0", "--max-output-tokens", "20"});
  const ProcessResult top1 =
      RunCli({"run", kStory, "--prompt", "The dog", "--top-k", "1", "--max-output-tokens", "20"});
  EXPECT_EQ(greedy.exit_status, 0);
  EXPECT_EQ(greedy.out, top1.out);
}

TEST(CliRunTest, TheSeedDecides) {
  const auto text = [](const char* seed) {
    return RunCli({"run", kStory, "--prompt", "The dog", "--temperature", "1.5", "--seed", seed,
                   "--max-output-tokens", "40"})
        .out;
  };
  EXPECT_EQ(text("1"), text("1"));
  EXPECT_NE(text("1"), text("2"));
}

TEST(CliRunTest, ReadsPromptsFromItsInput) {
  const ProcessResult result =
      RunCli({"run", kStory, "--temperature", "0", "--max-output-tokens", "8"},
             "Once upon a time\nThe end.\n");
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 2);
}

TEST(CliRunTest, StatsGoToStderr) {
  const ProcessResult result = RunCli({"run", kStory, "--prompt", "Once", "--temperature", "0",
                                       "--max-output-tokens", "4", "--stats"});
  EXPECT_THAT(result.err, AllOf(HasSubstr("4 tokens in"), HasSubstr("ended by: max output tokens"),
                                HasSubstr("peak memory")));
}

TEST(CliRunTest, StopsAtAText) {
  const ProcessResult result = RunCli({"run", kStory, "--prompt", "Once upon a time",
                                       "--temperature", "0", "--stop", "She", "--stop", "Lily"});
  EXPECT_EQ(result.out, ", there was a little girl named \n");
}

TEST(CliRunTest, HoldsResponsesToAFormat) {
  ProcessResult result =
      RunCli({"run", kStory, "--prompt", "The dog was", "--regex", " (big|small) and [a-z]{3}"});
  EXPECT_THAT(result.out, MatchesRegex(" (big|small) and [a-z]+\n"));
  result = RunCli({"run", kStory, "--prompt", "The dog was", "--choice", " x", "--choice", " y"});
  EXPECT_TRUE(result.out == " x\n" || result.out == " y\n") << result.out;
  result = RunCli({"run", kStory, "--prompt", "x", "--regex", "a(b"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("regular expression"));
  EXPECT_EQ(RunCli({"run", kStory, "--regex", "a", "--choice", "b"}).exit_status, 2);
}

TEST(CliRunTest, PrintsLogProbabilities) {
  const ProcessResult result =
      RunCli({"run", kStory, "--prompt", "Once upon a time", "--temperature", "0",
              "--max-output-tokens", "3", "--logprobs", "1"});
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 3);
  EXPECT_THAT(result.err, HasSubstr("\" there\"  |"));
}

TEST(CliRunTest, BiasesAndPenaltiesChangeTheChoice) {
  const std::vector<std::string> base = {
      "run", kStory, "--prompt", "Once upon a time", "--temperature", "0", "--max-output-tokens",
      "30"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), base.begin(), base.end());
    return RunCli(more);
  };
  const std::string plain = with({}).out;
  EXPECT_NE(with({"--repetition-penalty", "2"}).out, plain);
  EXPECT_NE(with({"--no-repeat-ngram", "1"}).out, plain);
  EXPECT_NE(with({"--suppress", "983"}).out, plain);
  EXPECT_NE(with({"--logit-bias", "975=100"}).out, plain);
  EXPECT_EQ(with({"--logit-bias", "here=100"}).exit_status, 1);
  EXPECT_EQ(with({"--min-p", "2"}).exit_status, 2);
}

TEST(CliRunTest, ChatsAsATemplateSays) {
  const test::TemporaryFolder folder;
  std::ofstream(folder.path() + "/template")
      << "{% for m in messages %}{{ m.content }}. {% endfor %}";
  const auto chat = [&](std::vector<std::string> more, const std::string& input = "") {
    std::vector<std::string> arguments = {
        "run", kStory, "--temperature", "0", "--max-output-tokens", "8"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments, input);
  };
  const ProcessResult result = chat({"--chat-template", "@" + folder.path() + "/template",
                                     "--system", "Tom had a dog", "--prompt", "Lily had a cat"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_EQ(result.out, chat({"--prompt", "Tom had a dog. Lily had a cat. "}).out);
  const ProcessResult none = chat({"--chat", "--prompt", "x"});
  EXPECT_EQ(none.exit_status, 1);
  EXPECT_THAT(none.err, HasSubstr("chat_template"));
}

// A process that was ended in between makes no difference.
TEST(CliRunTest, ASavedSessionGoesOn) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path() + "/session";
  const auto run = [&](const std::string& prompt, std::vector<std::string> more) {
    std::vector<std::string> arguments = {
        "run", kStory, "--temperature", "0", "--max-output-tokens", "12"};
    if (!prompt.empty()) arguments.insert(arguments.end(), {"--prompt", prompt});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return RunCli(arguments, "Once upon a time\nThe dog\n");
  };
  const std::string first = run("Once upon a time", {"--session", file}).out;
  const std::string second = run("The dog", {"--session", file}).out;
  EXPECT_EQ(first + second, run("", {}).out);
  std::ofstream(file) << "EdgeTasksSession that is none";
  const ProcessResult broken = run("x", {"--session", file});
  EXPECT_EQ(broken.exit_status, 1);
  EXPECT_THAT(broken.err, HasSubstr(file));
}

TEST(CliErrorTest, AMissingFileIsNamed) {
  const ProcessResult result = RunCli({"run", "no-such-file.task", "--prompt", "x"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, AllOf(HasSubstr("no-such-file.task: cannot open the file"),
                                HasSubstr("No such file"), HasSubstr("check the path")));
}

TEST(CliErrorTest, AFileOfAnotherKindIsRefusedByContent) {
  const ProcessResult result = RunCli({"inspect", SourcePath("models/emoji/samples/owl.png")});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("owl.png"), HasSubstr(".tflite"), HasSubstr(".task"),
                                HasSubstr(".litertlm")));
}

TEST(CliErrorTest, AClassifierIsNoLanguageModel) {
  const ProcessResult result = RunCli({"run", kEmoji, "--prompt", "x"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("emoji_f32.tflite"));
}

TEST(CliErrorTest, ALanguageModelIsNoClassifier) {
  const ProcessResult result =
      RunCli({"classify", kStory, SourcePath("models/emoji/samples/owl.png")});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("story.task"));
}

TEST(CliErrorTest, ABareTfliteAsksForItsTokenizer) {
  const std::string model = test::TestDataPath("llm/stories260K/stories260K_q8_ekv512.tflite");
  if (!std::ifstream(model)) GTEST_SKIP() << "test data is absent: " << model;
  const ProcessResult result = RunCli({"run", model, "--prompt", "x"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("tokenizer"));
  const ProcessResult with =
      RunCli({"run", model, "--tokenizer", test::TestDataPath("llm/stories260K/hf/tokenizer.model"),
              "--prompt", "Once upon a time", "--temperature", "0", "--max-output-tokens", "8"});
  EXPECT_EQ(with.exit_status, 0) << with.err;
  EXPECT_THAT(with.out, StartsWith(", there was a"));
}

TEST(CliErrorTest, APromptThatIsTooLongNamesBothCounts) {
  std::string prompt;
  for (int i = 0; i < 2000; ++i) prompt += " dog";
  const ProcessResult result = RunCli({"run", kStory, "--prompt", prompt});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("1024"), HasSubstr("tokens")));
}

TEST(CliErrorTest, MaxTokensBeyondTheModelNamesItsLimit) {
  const ProcessResult result = RunCli({"run", kStory, "--prompt", "x", "--max-tokens", "20000000"});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, AllOf(HasSubstr("20000000"), HasSubstr("1024")));
}

TEST(CliErrorTest, AWrongCommandLineExitsWith2) {
  EXPECT_EQ(RunCli({}).exit_status, 2);
  EXPECT_EQ(RunCli({"run"}).exit_status, 2);
  EXPECT_EQ(RunCli({"run", kStory, "--temperature", "-1"}).exit_status, 2);
  EXPECT_EQ(RunCli({"no-such-command"}).exit_status, 2);
  EXPECT_EQ(RunCli({"bench", kEmoji}).exit_status, 2);
}

TEST(CliHelpTest, EveryCommandHasHelp) {
  EXPECT_EQ(RunCli({"--help"}).exit_status, 0);
  for (const char* command :
       {"run", "classify", "demo", "evaluate", "inspect", "invoke", "bench"}) {
    const ProcessResult result = RunCli({command, "--help"});
    EXPECT_EQ(result.exit_status, 0);
    EXPECT_THAT(result.out, HasSubstr("Example"));
  }
}

// MediaPipe 1.2.2's scores (models/emoji/README.md).
TEST(CliClassifyTest, NamesTheSamplePictures) {
  const std::vector<std::pair<std::string, double>> expected = {
      {"owl", 0.965}, {"panda", 0.902}, {"pizza", 0.836}, {"rocket", 0.982}};
  std::vector<std::string> arguments = {"classify", kEmoji, "--json", "--max-results", "1"};
  for (const auto& [name, score] : expected) {
    arguments.push_back(SourcePath("models/emoji/samples/" + name + ".png"));
  }
  const ProcessResult result = RunCli(arguments);
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json report = json::parse(result.out);
  ASSERT_EQ(report.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    const json& best = report[i]["classifications"][0]["categories"][0];
    EXPECT_EQ(best["category_name"], expected[i].first);
    EXPECT_NEAR(best["score"], expected[i].second, 0.01);  // the issue's bound for float models
  }
}

TEST(CliClassifyTest, AnUnreadablePictureDoesNotStopTheOthers) {
  const ProcessResult result =
      RunCli({"classify", kEmoji, "no-such.png", SourcePath("models/emoji/samples/owl.png"),
              "--max-results", "1"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.out, HasSubstr("owl"));
  EXPECT_THAT(result.err, HasSubstr("no-such.png"));
}

TEST(CliInspectTest, TheJsonListsSignatures) {
  const ProcessResult result = RunCli({"inspect", kStory, "--json"});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  const json report = json::parse(result.out);
  EXPECT_EQ(report["container"], "task");
  std::vector<std::string> names;
  for (const json& signature : report["signatures"]) names.push_back(signature["name"]);
  std::sort(names.begin(), names.end());
  EXPECT_THAT(names, ElementsAre("decode", "prefill_128", "prefill_32"));
  bool found = false;
  for (const json& signature : report["signatures"]) {
    if (signature["name"] != "decode") continue;
    for (const json& tensor : signature["outputs"]) {
      if (tensor["name"] != "logits") continue;
      found = true;
      EXPECT_EQ(tensor["dtype"], "float32");
      EXPECT_EQ(tensor["shape"], json({1, 1, 1024}));
    }
  }
  EXPECT_TRUE(found);
  EXPECT_TRUE(report["missing"].empty());
}

class CliInvokeTest : public ::testing::Test {
 protected:
  std::string Npy(const std::string& name, const cli::NpyArray& array) {
    const std::string path = folder_.path() + "/" + name;
    EXPECT_TRUE(cli::WriteNpy(path, array).ok());
    return path;
  }
  test::TemporaryFolder folder_;
};

TEST_F(CliInvokeTest, AWrongShapeNamesTheTensor) {
  cli::NpyArray picture{ir::DType::kFloat32, {1, 8, 8, 3}, std::vector<uint8_t>(8 * 8 * 3 * 4)};
  const ProcessResult result = RunCli(
      {"invoke", kEmoji, "--input", "0=" + Npy("x.npy", picture), "--output-dir", folder_.path()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("expected shape [1, 96, 96, 3]"), HasSubstr("got [1, 8, 8, 3]")));
}

TEST_F(CliInvokeTest, AWrongTypeNamesBoth) {
  cli::NpyArray picture{ir::DType::kInt32, {1, 96, 96, 3}, std::vector<uint8_t>(96 * 96 * 3 * 4)};
  const ProcessResult result = RunCli(
      {"invoke", kEmoji, "--input", "0=" + Npy("x.npy", picture), "--output-dir", folder_.path()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, HasSubstr("expected float32, got int32"));
}

TEST_F(CliInvokeTest, AMissingInputIsNamed) {
  const ProcessResult result = RunCli({"invoke", kEmoji, "--output-dir", folder_.path()});
  EXPECT_EQ(result.exit_status, 2);
  EXPECT_THAT(result.err, HasSubstr("give it with --input 0=FILE.npy"));
}

TEST_F(CliInvokeTest, AnUnknownSignatureListsThoseThereAre) {
  const ProcessResult result =
      RunCli({"invoke", kStory, "--signature", "nope", "--output-dir", folder_.path()});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("'nope'"), HasSubstr("prefill_128")));
}

TEST(CliInspectTest, ThePlanSaysWhatWasRecognised) {
  const json report = json::parse(RunCli({"inspect", "--plan", "--json", kStory}).out);
  EXPECT_EQ(report["kind"], "language model");
  ASSERT_GE(report["plans"].size(), 2u);  // decode and prefills
  const json& decode = report["plans"][0];
  EXPECT_EQ(decode["name"], "decode");
  EXPECT_GT(decode["fused"].size(), 0u);
  EXPECT_LT(decode["ops_run"], decode["ops_in_file"]);
  EXPECT_EQ(decode["aliases_granted"], decode["aliases_allowed"]);
  int methods = 0;
  for (const auto& [name, count] : decode["methods"].items()) {
    if (absl::StartsWith(name, "FULLY_CONNECTED: ")) methods += count.get<int>();
  }
  EXPECT_EQ(methods, decode["ops"].value("FULLY_CONNECTED", 0));
  const std::string text = RunCli({"inspect", "--plan", kEmoji}).out;
  EXPECT_THAT(text, AllOf(HasSubstr("CONV_2D"), HasSubstr("to work in")));
}

TEST(CliBenchTest, PrintsTheFieldsAsJson) {
  const json llm = json::parse(
      RunCli({"bench", kStory, "--threads", "1", "--prefill", "16", "--decode", "8", "--json"})
          .out);
  for (const char* key :
       {"prefill_tokens_per_s", "decode_tokens_per_s", "load_s", "peak_memory_bytes"}) {
    EXPECT_GT(llm[key].get<double>(), 0) << key;
  }
  const json graph =
      json::parse(RunCli({"bench", kEmoji, "--threads", "1", "--runs", "3", "--json"}).out);
  EXPECT_GT(graph["latency_ms"].get<double>(), 0);
}

TEST(CliBenchTest, TheProfileNamesOpsAndLimits) {
  const json llm = json::parse(RunCli({"bench", kStory, "--threads", "1", "--prefill", "16",
                                       "--decode", "8", "--profile", "--json"})
                                   .out)["profile"];
  for (const char* key : {"read_gb_per_s", "integer_gmac_per_s", "float_gmac_per_s"}) {
    EXPECT_GT(llm["limits"][key].get<double>(), 0) << key;
  }
  for (const char* name : {"prefill", "decode"}) {
    const json& phase = llm["phases"][name];
    double share = 0;
    bool has_products = false;
    for (const json& row : phase["kinds"]) {
      share += row["share"].get<double>();
      has_products |= row["macs"].get<int64_t>() > 0 && row["gmac_per_s"].get<double>() > 0;
    }
    EXPECT_GT(share, 0.0) << name;
    EXPECT_LE(share, 1.0) << name;
    EXPECT_TRUE(has_products) << name;
    EXPECT_GE(phase["ops"].size(), phase["kinds"].size()) << name;
  }
  const std::string text =
      RunCli({"bench", kEmoji, "--threads", "1", "--runs", "2", "--profile"}).out;
  EXPECT_THAT(text, AllOf(HasSubstr("CONV_2D"), HasSubstr("GB/s read"), HasSubstr("runs: ")));
}

TEST(CliBenchTest, TheTraceIsWhatViewersRead) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path() + "/trace.json";
  const ProcessResult result = RunCli(
      {"bench", kStory, "--threads", "2", "--prefill", "128", "--decode", "4", "--trace", path});
  ASSERT_EQ(result.exit_status, 0) << result.err;
  std::ifstream file(path);
  const json trace = json::parse(file);
  std::map<int, std::string> tracks;
  std::map<std::string, int> names;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == "M") {
      EXPECT_EQ(event["name"], "thread_name");
      tracks[event["tid"]] = event["args"]["name"];
      continue;
    }
    EXPECT_EQ(event["ph"], "X");
    EXPECT_GE(event["ts"].get<double>(), 0);
    EXPECT_GE(event["dur"].get<double>(), 0);
    ++names[event["name"]];
  }
  EXPECT_EQ(names["prefill"], 1);
  EXPECT_EQ(names["decode"], 1);
  EXPECT_GT(names["FULLY_CONNECTED"], 10);
  EXPECT_GT(names["part of FULLY_CONNECTED"], 1);
  EXPECT_GE(tracks.size(), 2u);
  for (const json& event : trace["traceEvents"]) EXPECT_EQ(tracks.count(event["tid"]), 1u);
}

TEST(CliBenchTest, ATraceThatCannotBeWrittenIsNamed) {
  const ProcessResult result =
      RunCli({"bench", kEmoji, "--runs", "1", "--trace", "no-such-folder/trace.json"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("no-such-folder/trace.json"), HasSubstr("cannot be written")));
}

TEST(CliDocumentationTest, TheReadmeListsTheOperatorsOfTheRegistry) {
  const ProcessResult result = RunCli({"ops"});
  ASSERT_EQ(result.exit_status, 0);
  std::ifstream file(SourcePath("README.md"));
  const std::string readme((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
  EXPECT_THAT(readme, HasSubstr(result.out))
      << "Paste the output of `edgetasks ops` into README.md";
}

}  // namespace
}  // namespace edgetasks
