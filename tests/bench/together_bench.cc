// What several sessions of a model make in sum, where their steps are made together and where they
// take turns: each on a thread of its own, with a prompt of its own, sampling. Prints a line for
// each number of sessions: tokens a second in sum, medians of ROUNDS rounds that take the cases in
// turn, so that what else the machine does hits all of them; and the memory that it took.
//
//   together_bench MODEL THREADS ROUNDS TOKENS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/llm/generate.h"
#include "tasks/llm_inference/language_model.h"

namespace edgetasks {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kSessions[] = {1, 2, 3, 4, 6, 8};
constexpr int kPromptTokens = 16;

struct Session {
  std::unique_ptr<llm::LlmExecutor> context;
  std::vector<int32_t> pending;
  absl::Status status;
};

absl::StatusOr<Session> Open(llm::LlmModel* model, int seed) {
  Session session;
  auto context = model->NewContext();
  if (!context.ok()) return context.status();
  session.context = *std::move(context);
  for (int i = 0; i < kPromptTokens; ++i) {
    session.pending.push_back(1 + (seed * 7919 + i * 104729) % (model->graph().vocab_size - 1));
  }
  const absl::Status fed = session.context->Prefill(
      absl::MakeConstSpan(session.pending).subspan(0, kPromptTokens - 1), nullptr);
  if (!fed.ok()) return fed;
  session.pending.erase(session.pending.begin(), session.pending.end() - 1);
  return session;
}

void Answer(Session* session, int seed, int tokens) {
  llm::SamplerParams params;
  params.seed = seed;
  llm::Sampler sampler(params);
  llm::StopDetector stop({});
  llm::GenerateParams generate;
  generate.max_output_tokens = tokens;
  generate.max_context_tokens = session->context->capacity();
  generate.sampler = &sampler;
  generate.stop = &stop;
  llm::GenerateStats stats;
  session->status =
      llm::Generate(
          session->context.get(), &session->pending, generate, [](int32_t) { return true; }, &stats)
          .status();
}

// Tokens a second of so many sessions at once.
absl::StatusOr<double> Measure(llm::LlmModel* model, int count, int tokens, int max_together) {
  model->SetMaxTogether(max_together);
  std::vector<Session> sessions;
  for (int i = 0; i < count; ++i) {
    auto session = Open(model, i);
    if (!session.ok()) return session.status();
    sessions.push_back(*std::move(session));
  }
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] { Answer(&sessions[i], i, tokens); });
  }
  for (std::thread& thread : threads) thread.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (const Session& session : sessions) {
    if (!session.status.ok()) return session.status;
  }
  return count * tokens / seconds;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

absl::Status Run(const char* path, int threads, int rounds, int tokens) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = path;
  options.base_options.num_threads = threads;
  auto loaded = tasks::LoadLanguageModel(options);
  if (!loaded.ok()) return loaded.status();
  llm::LlmModel* model = loaded->model.get();
  std::vector<std::vector<double>> in_turn(std::size(kSessions)), together(in_turn);
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < std::size(kSessions); ++i) {
      const auto turns = Measure(model, kSessions[i], tokens, 1);
      if (!turns.ok()) return turns.status();
      const auto joined = Measure(model, kSessions[i], tokens, llm::LlmModel::kMaxTogether);
      if (!joined.ok()) return joined.status();
      in_turn[i].push_back(*turns);
      together[i].push_back(*joined);
    }
  }
  std::printf("sessions  in turn  together  tokens/s in sum\n");
  for (size_t i = 0; i < std::size(kSessions); ++i) {
    const double a = Median(in_turn[i]), b = Median(together[i]);
    std::printf("%8d %8.1f  %8.1f  x%.2f\n", kSessions[i], a, b, b / a);
  }
  std::printf("%lld steps together, %.1f MB\n", static_cast<long long>(model->steps_together()),
              static_cast<double>(model->together_bytes()) / 1e6);
  return absl::OkStatus();
}

}  // namespace
}  // namespace edgetasks

int main(int argc, char** argv) {
  if (argc != 5 || std::atoi(argv[3]) < 1 || std::atoi(argv[4]) < 1) {
    std::fprintf(stderr, "usage: together_bench MODEL THREADS ROUNDS TOKENS\n");
    return 2;
  }
  const absl::Status status =
      edgetasks::Run(argv[1], std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]));
  if (status.ok()) return 0;
  std::fprintf(stderr, "together_bench: %s\n", std::string(status.message()).c_str());
  return 1;
}
