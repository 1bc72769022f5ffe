// Steps of several contexts made together, for every form of language model at hand and every set
// of instructions that the processor has: each context's logits are those that it gets alone, bit
// for bit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/base/cpu_features.h"
#include "core/llm/step_runner.h"
#include "tasks/llm_inference/language_model.h"
#include "tests/golden/golden_data.h"

namespace edgetasks {
namespace {

using Logits = std::vector<float>;

constexpr int kContexts = 8, kSteps = 6;

// Of step `step` of a context.
int32_t IdOf(int context, int step, int vocab_size) {
  return 1 + (context * 31 + step * 7) % (vocab_size - 1);
}

// Chooses the level for what is prepared from now on, as a user would.
class CpuLevelGuard {
 public:
  explicit CpuLevelGuard(CpuLevel level) {
    setenv("EDGETASKS_CPU", std::string(NameOf(level)).c_str(), 1);
  }
  ~CpuLevelGuard() {
    if (before_ == nullptr) {
      unsetenv("EDGETASKS_CPU");
    } else {
      setenv("EDGETASKS_CPU", saved_.c_str(), 1);
    }
    SelectCpuLevel().IgnoreError();
  }

 private:
  const char* before_ = std::getenv("EDGETASKS_CPU");
  std::string saved_ = before_ == nullptr ? "" : before_;
};

absl::StatusOr<tasks::LanguageModel> Load(const std::string& path, int threads = 2) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = path;
  options.base_options.num_threads = threads;
  return tasks::LoadLanguageModel(options);
}

// The decode step of a model, and contexts of it.
struct Steps {
  const llm::LlmGraph* graph = nullptr;
  std::unique_ptr<llm::StepRunner> runner;

  struct Context {
    llm::KvCache cache;
    std::shared_ptr<ir::StateStore> state = std::make_shared<ir::StateStore>();
    int position = 0;
    int32_t id = 0;
    Logits logits;
  };

  Context NewContext() const {
    std::vector<llm::CacheLayout> layouts;
    std::vector<bool> needs_spare;
    for (int c = 0; c < static_cast<int>(graph->caches.size()); ++c) {
      layouts.push_back(runner->cache_layout(c));
      needs_spare.push_back(!runner->updates_in_place(c));
    }
    return {*llm::KvCache::Create(layouts, needs_spare), std::make_shared<ir::StateStore>(), 0, 0,
            Logits(graph->vocab_size)};
  }

  static llm::StepInput InputOf(Context* context) {
    llm::StepInput input;
    input.ids = absl::MakeConstSpan(&context->id, 1);
    input.position = context->position++;
    input.cache = &context->cache;
    input.state = context->state;
    return input;
  }

  void Alone(Context* context) const {
    const absl::Status status = runner->Run(InputOf(context), context->logits.data());
    ASSERT_TRUE(status.ok()) << status;
  }

  void Together(const std::vector<Context*>& contexts) const {
    std::vector<llm::StepLane> lanes;
    for (Context* context : contexts) {
      lanes.push_back({InputOf(context), context->logits.data(), absl::OkStatus()});
    }
    const absl::Status status = runner->RunTogether(absl::MakeSpan(lanes), nullptr);
    ASSERT_TRUE(status.ok()) << status;
    for (const llm::StepLane& lane : lanes) ASSERT_TRUE(lane.status.ok()) << lane.status;
  }
};

absl::StatusOr<Steps> DecodeOf(const tasks::LanguageModel& model, ir::DType keep_as) {
  Steps steps;
  steps.graph = &model.model->graph();
  auto engine = exec::Engine::Create(2);
  if (!engine.ok()) return engine.status();
  auto runner =
      llm::StepRunner::Create(model.file->main_model(), *steps.graph, steps.graph->decode, *engine,
                              std::vector<bool>(steps.graph->caches.size(), true), keep_as);
  if (!runner.ok()) return runner.status();
  steps.runner = *std::move(runner);
  return steps;
}

// Context c joins at step c % 3 and leaves again and again; lanes are in another order each time.
void ExpectSameBits(const Steps& steps) {
  ASSERT_TRUE(steps.runner->can_run_together());
  std::vector<Steps::Context> alone, together;
  for (int c = 0; c < kContexts; ++c) {
    alone.push_back(steps.NewContext());
    together.push_back(steps.NewContext());
  }
  for (int step = 0; step < kSteps; ++step) {
    std::vector<int> taking_part;
    for (int i = 0; i < kContexts; ++i) {
      const int c = (i + step) % kContexts;
      if (step == kSteps - 1 || (step >= c % 3 && (step + c) % 4 != 0)) taking_part.push_back(c);
    }
    std::vector<Steps::Context*> contexts;
    for (const int c : taking_part) {
      alone[c].id = together[c].id = IdOf(c, step, steps.graph->vocab_size);
      steps.Alone(&alone[c]);
      contexts.push_back(&together[c]);
    }
    steps.Together(contexts);
    for (const int c : taking_part) {
      ASSERT_EQ(std::memcmp(alone[c].logits.data(), together[c].logits.data(),
                            alone[c].logits.size() * sizeof(float)),
                0)
          << "context " << c << " in step " << step << " of " << taking_part.size();
    }
  }
}

class StepsTogetherTest : public ::testing::TestWithParam<const char*> {};

TEST_P(StepsTogetherTest, EqualStepsAlone) {
  SKIP_WITHOUT_TESTDATA();
  for (const CpuLevel level : SupportedCpuLevels()) {
    SCOPED_TRACE(NameOf(level));
    const CpuLevelGuard guard(level);
    const auto model = Load(testing::TestdataDir() + "/llm/" + GetParam());
    ASSERT_TRUE(model.ok()) << model.status();
    const auto steps = DecodeOf(*model, ir::DType::kFloat32);
    ASSERT_TRUE(steps.ok()) << steps.status();
    ExpectSameBits(*steps);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Models, StepsTogetherTest,
    ::testing::Values("stories260K/stories260K_f32.task", "stories260K/stories260K_q8.task",
                      "stories260K/stories260K_fp16_ekv512.tflite",
                      "stories260K/stories260K_mask_q8_ekv512.tflite",
                      "stories260K/stories260K_q4_block32_ekv512.tflite",
                      "stories260K/stories260K_q8_wo_ekv512.tflite",
                      "stories260K/stories260K_tr_q8_ekv512.tflite",
                      "stories260K/stories260K_tr_q8.litertlm",
                      "stories260K/stories260K_hfexport_default.litertlm",
                      "stories260K/stories260K_hfexport_q4.litertlm",
                      "stories260K/stories260K_hfexport_wo8.litertlm", "zoo/amd_f32_ekv128.tflite",
                      "zoo/deepseek_mask_tr_q8_ekv128.tflite", "zoo/gemma1_f32_ekv128.tflite",
                      "zoo/gemma2_mask_tr_mask_tr_f32_ekv128.tflite",
                      "zoo/llama32_fp16_fp16_ekv128.tflite", "zoo/phi2_f32_ekv128.tflite",
                      "zoo/qwen25_q8_ekv128.tflite", "zoo/qwen3_q8_ekv128.tflite",
                      "zoo/smollm2_f32_ekv128.tflite", "zoo/tinyllama_q4_block32_ekv128.tflite"));

// With caches in fewer bits as well.
TEST(StepsTogetherStoryTest, EqualStepsAloneWithAnyCache) {
  const auto model = Load(std::string(EDGETASKS_SOURCE_DIR) + "/models/story/story.litertlm");
  ASSERT_TRUE(model.ok()) << model.status();
  for (const ir::DType type : {ir::DType::kFloat32, ir::DType::kFloat16, ir::DType::kInt8}) {
    SCOPED_TRACE(ir::NameOf(type));
    const auto steps = DecodeOf(*model, type);
    ASSERT_TRUE(steps.ok()) << steps.status();
    ExpectSameBits(*steps);
  }
}

// By threads that come and go as they like: a context of its own each, or a clone that shares its
// beginning with the others until it runs.
TEST(StepsTogetherStoryTest, ThreadsGetWhatTheyGetAlone) {
  const auto loaded = Load(std::string(EDGETASKS_SOURCE_DIR) + "/models/story/story.litertlm");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  llm::LlmModel& model = *loaded->model;
  auto common = model.NewContext();
  ASSERT_TRUE(common.ok());
  ASSERT_TRUE((*common)->Prefill({1, 5, 9, 13}, nullptr).ok());
  // The sum of the bits of all logits tells.
  const auto run = [&](llm::LlmExecutor* context, int c, int steps) {
    uint64_t sum = 0;
    for (int step = 0; step < steps; ++step) {
      const auto logits = context->Decode(IdOf(c, step, model.graph().vocab_size), nullptr);
      EXPECT_TRUE(logits.ok()) << logits.status();
      if (!logits.ok()) return sum;
      for (const float logit : *logits) {
        uint32_t bits;
        std::memcpy(&bits, &logit, sizeof(bits));
        sum = sum * 1099511628211u + bits;
      }
    }
    return sum;
  };
  std::vector<uint64_t> expected(kContexts), got(kContexts);
  model.SetMaxTogether(1);
  for (int c = 0; c < kContexts; ++c) expected[c] = run((*common)->Clone()->get(), c, 40 + c);
  EXPECT_EQ(model.steps_together(), 0);
  EXPECT_EQ(model.together_bytes(), 0);
  model.SetMaxTogether(llm::LlmModel::kMaxTogether);
  std::vector<std::unique_ptr<llm::LlmExecutor>> clones;
  for (int c = 0; c < kContexts; ++c) clones.push_back(*(*common)->Clone());
  std::vector<std::thread> threads;
  for (int c = 0; c < kContexts; ++c) {
    threads.emplace_back([&, c] { got[c] = run(clones[c].get(), c, 40 + c); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(got, expected);
  EXPECT_GT(model.steps_together(), 0);
  EXPECT_GT(model.together_bytes(), 0);
}

}  // namespace
}  // namespace edgetasks
