// What a session's surroundings cost a decode step: a context that could hold more (max_tokens),
// and another session of the same model. Through the C++ API, near position 64, greedy. Prints one
// line of JSON: milliseconds a token, medians of ROUNDS rounds that take the cases in turn, so that
// what else the machine does hits all of them.
//
//   session_bench MODEL THREADS ROUNDS
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "edgetasks/llm_inference.h"

namespace edgetasks {
namespace {

using Clock = std::chrono::steady_clock;
using Session = std::unique_ptr<LlmInferenceSession>;

// Tokens before those that are counted, and the counted ones: around position 64.
constexpr int kBefore = 44, kCounted = 32;
constexpr int kSmall = 128, kLarge = 1024;  // max_tokens

double MsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

absl::StatusOr<std::unique_ptr<LlmInference>> Load(const char* model, int threads, int max_tokens) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = model;
  options.base_options.num_threads = threads;
  options.max_tokens = max_tokens;
  return LlmInference::Create(options);
}

LlmInferenceSessionOptions Greedy(int max_output_tokens) {
  LlmInferenceSessionOptions options;
  options.temperature = 0;
  options.max_output_tokens = max_output_tokens;
  return options;
}

// A session that has answered with kBefore tokens, and from now on answers with `tokens`.
absl::StatusOr<Session> At(LlmInference& llm, int tokens) {
  auto session = llm.CreateSession(Greedy(kBefore));
  if (!session.ok()) return session.status();
  absl::Status status = (*session)->AddQueryChunk("Once upon a time");
  if (status.ok()) status = (*session)->GenerateResponse().status();
  if (status.ok()) status = (*session)->UpdateOptions(Greedy(tokens));
  if (!status.ok()) return status;
  return session;
}

// Milliseconds a token of one long response.
absl::StatusOr<double> LongResponse(LlmInference& llm) {
  auto session = At(llm, kCounted);
  if (!session.ok()) return session.status();
  const auto response = (*session)->GenerateResponse();
  if (!response.ok()) return response.status();
  return response->decode_ms / response->output_tokens;
}

// Milliseconds a token of responses of one token each, by `count` sessions in turn.
absl::StatusOr<double> InTurn(LlmInference& llm, int count) {
  std::vector<Session> sessions;
  for (int i = 0; i < count; ++i) {
    auto session = At(llm, 1);
    if (!session.ok()) return session.status();
    sessions.push_back(*std::move(session));
  }
  const auto start = Clock::now();
  for (int i = 0; i < kCounted; ++i) {
    const auto response = sessions[i % count]->GenerateResponse();
    if (!response.ok()) return response.status();
  }
  return MsSince(start) / kCounted;
}

// Milliseconds a token of two long responses at once, each of half the tokens.
absl::StatusOr<double> AtOnce(LlmInference& llm) {
  auto a = At(llm, kCounted / 2), b = At(llm, kCounted / 2);
  if (!a.ok()) return a.status();
  if (!b.ok()) return b.status();
  const auto start = Clock::now();
  const auto first = (*a)->GenerateResponseAsync(nullptr);
  const auto second = (*b)->GenerateResponseAsync(nullptr);
  for (const auto* future : {&first, &second}) {
    if (!future->ok()) return future->status();
    if (const auto response = (*future)->Get(); !response.ok()) return response.status();
  }
  return MsSince(start) / kCounted;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

absl::Status Run(const char* model, int threads, int rounds) {
  auto small = Load(model, threads, kSmall), large = Load(model, threads, kLarge);
  if (!small.ok()) return small.status();
  if (!large.ok()) return large.status();
  const char* const names[] = {"max_tokens_128_ms", "max_tokens_1024_ms", "one_session_ms",
                               "two_in_turn_ms", "two_at_once_ms"};
  std::vector<std::vector<double>> times(5);
  for (int round = 0; round < rounds; ++round) {
    const absl::StatusOr<double> measured[] = {LongResponse(**small), LongResponse(**large),
                                               InTurn(**large, 1), InTurn(**large, 2),
                                               AtOnce(**large)};
    for (size_t i = 0; i < times.size(); ++i) {
      if (!measured[i].ok()) return measured[i].status();
      times[i].push_back(*measured[i]);
    }
  }
  for (size_t i = 0; i < times.size(); ++i) {
    std::printf("%s\"%s\": %.4f", i == 0 ? "{" : ", ", names[i], Median(times[i]));
  }
  std::printf("}\n");
  return absl::OkStatus();
}

}  // namespace
}  // namespace edgetasks

int main(int argc, char** argv) {
  if (argc != 4 || std::atoi(argv[3]) < 1) {
    std::fprintf(stderr, "usage: session_bench MODEL THREADS ROUNDS\n");
    return 2;
  }
  const absl::Status status = edgetasks::Run(argv[1], std::atoi(argv[2]), std::atoi(argv[3]));
  if (status.ok()) return 0;
  std::fprintf(stderr, "session_bench: %s\n", std::string(status.message()).c_str());
  return 1;
}
