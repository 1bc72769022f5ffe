// Times one classification and one streamed token through the C++ API; java_overhead.py compares it
// with OverheadHarness.java, which does the same through Java. Prints one line of JSON.
//
//   api_bench STORY_MODEL CLASSIFIER_MODEL
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "edgetasks/image_classifier.h"
#include "edgetasks/llm_inference.h"

namespace edgetasks {
namespace {

using Clock = std::chrono::steady_clock;

// The same numbers as in OverheadHarness.java.
constexpr int kSide = 64, kWarmUp = 200, kRuns = 1000, kResponses = 12, kTokens = 200;

double MicrosecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

absl::StatusOr<double> ClassifyUs(const char* model) {
  ImageClassifierOptions options;
  options.base_options.model_asset_path = model;
  options.base_options.num_threads = 1;
  auto classifier = ImageClassifier::Create(options);
  if (!classifier.ok()) return classifier.status();
  std::vector<uint8_t> pixels(kSide * kSide * 3);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = i % 251;
  Image image;
  image.data = pixels;
  image.width = image.height = kSide;
  std::vector<double> times;
  for (int i = 0; i < kWarmUp + kRuns; ++i) {
    const auto start = Clock::now();
    const auto result = (*classifier)->Classify(image);
    if (!result.ok()) return result.status();
    if (i >= kWarmUp) times.push_back(MicrosecondsSince(start));
  }
  return Median(times);
}

// From the first part to the last one, divided by the steps between them.
absl::StatusOr<double> ResponseUs(LlmInference& llm) {
  LlmInferenceSessionOptions options;
  options.temperature = 0;
  options.max_output_tokens = kTokens;
  auto session = llm.CreateSession(options);
  if (!session.ok()) return session.status();
  if (const auto status = (*session)->AddQueryChunk("Once upon a time"); !status.ok())
    return status;
  std::vector<Clock::time_point> times;
  auto future = (*session)->GenerateResponseAsync(
      [&](absl::string_view /*part*/, bool /*done*/) { times.push_back(Clock::now()); });
  if (!future.ok()) return future.status();
  if (const auto response = future->Get(); !response.ok()) return response.status();
  return std::chrono::duration<double, std::micro>(times.back() - times.front()).count() /
         (times.size() - 1);
}

absl::StatusOr<double> TokenUs(const char* model) {
  LlmInferenceOptions options;
  options.base_options.model_asset_path = model;
  options.base_options.num_threads = 1;
  auto llm = LlmInference::Create(options);
  if (!llm.ok()) return llm.status();
  std::vector<double> times;
  for (int i = 0; i < kResponses; ++i) {
    auto time = ResponseUs(**llm);
    if (!time.ok()) return time;
    if (i >= 2) times.push_back(*time);
  }
  return Median(times);
}

}  // namespace
}  // namespace edgetasks

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: api_bench STORY_MODEL CLASSIFIER_MODEL\n");
    return 2;
  }
  const auto token = edgetasks::TokenUs(argv[1]);
  const auto classify = edgetasks::ClassifyUs(argv[2]);
  for (const auto* time : {&token, &classify}) {
    if (time->ok()) continue;
    std::fprintf(stderr, "api_bench: %s\n", std::string(time->status().message()).c_str());
    return 1;
  }
  std::printf("{\"classify_us\": %.2f, \"token_us\": %.2f}\n", *classify, *token);
  return 0;
}
