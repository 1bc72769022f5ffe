// The models that ship, damaged, all the way through the tasks: what opens must also run, to an
// answer or to an error with a detail.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "tasks/image_classifier/image_classifier_task.h"
#include "tasks/llm_inference/llm_inference_task.h"
#include "tests/support/fuzz_limits.h"
#include "tests/support/mutator.h"

namespace edgetasks {
namespace {

using test::Mutator;

std::vector<uint8_t> Read(const std::string& path) {
  std::ifstream file(std::string(EDGETASKS_SOURCE_DIR) + "/models/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

template <typename T>
void ExpectDetail(const absl::StatusOr<T>& result) {
  if (!result.ok()) {
    ASSERT_NE(GetErrorDetail(result.status()), ErrorDetail::kNone) << result.status();
  }
}

// Opens and uses `count` mutants with `use`, which returns whether the mutant answered. Half of
// them are damaged anywhere, half in [begin, end).
template <typename Use>
void UseMutants(const std::vector<uint8_t>& original, size_t begin, size_t end, int count,
                const Use& use) {
  ASSERT_FALSE(original.empty());
  int answers = 0;
  for (const bool focus : {false, true}) {
    Mutator mutator(original, focus ? 71 : 72);
    if (focus) mutator.Focus(begin, end);
    for (int i = 0; i < count / 2; ++i) {
      const std::vector<uint8_t> mutant = mutator.Next();
      SCOPED_TRACE(mutator.description());
      const auto start = std::chrono::steady_clock::now();
      bool answered = false;
      ASSERT_NO_FATAL_FAILURE(use(mutant, &answered));
      if (answered) ++answers;
      ASSERT_LT(std::chrono::steady_clock::now() - start, test::kLongestRead);
    }
  }
  EXPECT_GT(answers, 0) << "mutants that all die early test little";
}

void Classify(const std::vector<uint8_t>& mutant, bool* answered) {
  ImageClassifierOptions options;
  options.base_options.model_asset_buffer = mutant;
  options.base_options.num_threads = 1;
  const auto task = tasks::ImageClassifierTask::Create(options);
  ASSERT_NO_FATAL_FAILURE(ExpectDetail(task));
  if (!task.ok()) return;
  const std::vector<uint8_t> pixels(20 * 30 * 3, 100);
  Image image;
  image.data = pixels;
  image.width = 20;
  image.height = 30;
  const auto result = (*task)->Classify(image, {});
  ASSERT_NO_FATAL_FAILURE(ExpectDetail(result));
  *answered = result.ok();
}

TEST(TaskFuzzTest, DamagedClassifiersAnswerOrFail) {
  const std::vector<uint8_t> file = Read("emoji/emoji_int8.tflite");
  // Its weights are mostly in the first 3/8; tables and metadata stand behind them.
  UseMutants(file, file.size() / 8 * 3, file.size(), test::MutantCount() / 10, Classify);
}

void Continue(const std::vector<uint8_t>& mutant, bool* answered) {
  LlmInferenceOptions options;
  options.base_options.model_asset_buffer = mutant;
  options.base_options.num_threads = 1;
  const auto task = tasks::LlmInferenceTask::Create(options);
  ASSERT_NO_FATAL_FAILURE(ExpectDetail(task));
  if (!task.ok()) return;
  LlmInferenceSessionOptions session_options;
  session_options.max_output_tokens = 4;
  const auto session = (*task)->CreateSession(session_options);
  ASSERT_NO_FATAL_FAILURE(ExpectDetail(session));
  if (!session.ok()) return;
  const absl::Status added = (*session)->AddQueryChunk("Once upon a time");
  if (!added.ok()) {
    ASSERT_NE(GetErrorDetail(added), ErrorDetail::kNone) << added;
    return;
  }
  const auto response = (*session)->GenerateResponse();
  ASSERT_NO_FATAL_FAILURE(ExpectDetail(response));
  *answered = response.ok();
}

TEST(TaskFuzzTest, DamagedLanguageModelsAnswerOrFail) {
  const std::vector<uint8_t> file = Read("story/story.task");
  // Tables first, weights behind them.
  UseMutants(file, 0, file.size() / 12 * 5, test::MutantCount() / 50, Continue);
}

}  // namespace
}  // namespace edgetasks
