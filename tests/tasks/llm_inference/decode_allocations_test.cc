// A decode step allocates nothing: from the first token of a response to its last, whatever thread
// works for it.
#include <ostream>

#include "gtest/gtest.h"
#include "tasks/llm_inference/llm_inference_task.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/testdata.h"

namespace edgetasks::tasks {
namespace {

struct Case {
  const char* name;
  const char* model;
  int threads;
  float temperature;
  KvCacheType kv_cache_type = KvCacheType::kFloat32;
};

void PrintTo(const Case& test, std::ostream* out) { *out << test.name; }

class DecodeAllocationsTest : public ::testing::TestWithParam<Case> {};

TEST_P(DecodeAllocationsTest, NoneAfterTheFirstToken) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = test::SourcePath(GetParam().model);
  options.base_options.num_threads = GetParam().threads;
  options.kv_cache_type = GetParam().kv_cache_type;
  auto task = LlmInferenceTask::Create(options);
  ASSERT_TRUE(task.ok()) << task.status();
  LlmInferenceSessionOptions session_options;
  session_options.temperature = GetParam().temperature;
  session_options.max_output_tokens = 200;
  auto session = (*task)->CreateSession(session_options);
  ASSERT_TRUE(session.ok()) << session.status();
  for (int response = 0; response < 2; ++response) {
    ASSERT_TRUE((*session)->AddQueryChunk("Once upon a time").ok());
    int64_t first = -1, last = -1;
    int parts = 0;
    const auto progress = [&](absl::string_view, bool done) {
      if (done) return;
      last = test::AllocationCount();
      if (parts++ == 0) first = last;
    };
    const auto future = (*session)->GenerateResponseAsync(progress);
    ASSERT_TRUE(future.ok()) << future.status();
    const auto result = future->Get();
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_GT(parts, 20) << result->text;
    EXPECT_EQ(last - first, 0) << "in response " << response << " of " << parts << " parts";
  }
}

INSTANTIATE_TEST_SUITE_P(
    Story, DecodeAllocationsTest,
    ::testing::Values(Case{"Greedy", "models/story/story.task", 1, 0.0f},
                      Case{"Sampled", "models/story/story.task", 1, 0.8f},
                      Case{"TwoThreads", "models/story/story.task", 2, 0.8f},
                      Case{"HalfFloatCache", "models/story/story.task", 2, 0.0f,
                           KvCacheType::kFloat16},
                      Case{"ByteCache", "models/story/story.task", 2, 0.0f, KvCacheType::kInt8},
                      Case{"OtherExporter", "models/story/story.litertlm", 1, 0.8f}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace edgetasks::tasks
